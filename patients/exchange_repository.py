"""Patients of a file: looked up by the hundred, stored together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.db.models import Q

from citas.exchange.repository import BATCH, ChangedMeanwhile, batches
from patients.models import Patient, PatientQuerySet

NAMES = ("given_names", "first_surname", "second_surname")


def with_documents(numbers: Collection[str]) -> Iterator[Patient]:
    """Everybody with one of these document numbers, whatever its type."""
    for some in batches(sorted(numbers)):
        yield from _known().filter(document_number__in=some)


def with_names(wanted: Collection[tuple[str, ...]]) -> Iterator[Patient]:
    """Everybody who is called exactly so: given names, first and second surname."""
    for some in batches(sorted(wanted)):
        called = Q()
        for one in some:
            called |= Q(**dict(zip(NAMES, one, strict=True)))
        yield from _known().filter(called)


def _known() -> PatientQuerySet:
    """Without those whom no word finds: proofs and trials book for them."""
    return Patient.objects.exclude(search=[])


def store(*, new: list[Patient], changed: Iterable[tuple[Patient, list[str]]]) -> None:
    """New patients, and those of whom the named columns are other than before. Belongs into a transaction.

    Raises ChangedMeanwhile when one of them is no longer as the file was compared with.
    """
    changed = list(changed)
    _check_unchanged([patient for patient, _names in changed])
    for patient in new:
        patient.refresh_search()
    for some in batches(new):
        Patient.objects.bulk_create(some, batch_size=BATCH)
    for patient, names in changed:
        country = ["document_country"] if {"document_type", "document_number"} & set(names) else []
        patient.save(update_fields=[*names, *country])


def _check_unchanged(patients: list[Patient]) -> None:
    """Also keeps others from changing them until the transaction ends.

    What finds a patient is made of all names, document and phone: of old ones it would find who is no longer called so.
    """
    for some in batches(sorted(patients, key=lambda each: each.pk)):
        seen = {(patient.pk, patient.updated_at) for patient in some}
        found = Patient.objects.filter(pk__in=[pk for pk, _at in seen]).order_by("pk").select_for_update()
        if set(found.values_list("pk", "updated_at")) != seen:
            raise ChangedMeanwhile
