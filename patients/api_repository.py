"""Patients as the API reads and writes them: plain rows out, one guarded change in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from citas.db import together
from citas.errors import DomainError
from citas.ties import Ties
from patients import finding, repository
from patients.models import Patient, PatientQuerySet

visits = Ties()  # appointments of a patient, past ones too
DESK = ("receptionist", "manager")


class KnownAlready(DomainError):
    """An account has one record of oneself: it is changed, not added again."""

    status = 409
    code = "oneself-known"
    message = _("This account has a record of oneself already. Change that one.")


class PatientRow(NamedTuple):
    id: UUID
    relationship: str
    given_names: str
    first_surname: str
    second_surname: str
    birth_date: date | None
    document_country: str
    document_type: str
    document_number: str
    phone: str
    email: str
    language: str
    updated_at: Any


def visible(user: Any) -> PatientQuerySet:
    """Those whom the account may see: all for the desk, else one's own."""
    if user.role in DESK:
        # Proofs and trials book for those whom no word finds.
        return Patient.objects.filter(active=True).exclude(search=[])
    return Patient.objects.of(user)


def found(patients: PatientQuerySet, text: str) -> PatientQuerySet:
    return finding.find(patients, text) if text.strip() else patients


def page(patients: PatientQuerySet, *, after: UUID | None, limit: int) -> list[PatientRow]:
    """So many rows and one more, in the order in which they were added."""
    rest = patients.filter(pk__gt=after) if after else patients
    return [PatientRow(*row) for row in rest.order_by("id").values_list(*PatientRow._fields)[: limit + 1]]


def stamps(patients: PatientQuerySet, *, after: UUID | None, limit: int) -> list[tuple[UUID, Any]]:
    """Key and time of the last change of the same rows: all that tells whether a page has changed."""
    rest = patients.filter(pk__gt=after) if after else patients
    return list(rest.order_by("id").values_list("id", "updated_at")[: limit + 1])


def row(patient: UUID, *, user: Any) -> PatientRow:
    """Raises Http404 for strangers."""
    rows = page(visible(user).filter(pk=patient), after=None, limit=1)
    if not rows:
        raise Http404
    return rows[0]


def stamp(patient: UUID, *, user: Any) -> tuple[UUID, Any]:
    """Raises Http404 for strangers."""
    stamped = stamps(visible(user).filter(pk=patient), after=None, limit=1)
    if not stamped:
        raise Http404
    return stamped[0]


def by_id(patient: UUID) -> Patient | None:
    return Patient.objects.filter(pk=patient).first()


def of_account(patient: UUID, *, user: Any) -> Patient:
    """The patient, whom this account may change. Raises Http404."""
    known = visible(user).filter(pk=patient).first()
    if known is None:
        raise Http404
    return known


def register(*, patient: Patient) -> Patient:
    """Store a patient of reception's, who has no account. Raises IntegrityError for a known key."""
    patient.save(force_insert=True)
    return patient


def check_oneself(*, user: Any, relationship: str) -> None:
    """Raises KnownAlready."""
    if relationship == Patient.Relationship.SELF and repository.of(user).filter(relationship=relationship).exists():
        raise KnownAlready


def change(*, patient: UUID, user: Any, still: Callable[[], None], now: Any, **details: Any) -> None:
    """Change some details in one transaction; `still` raises when they are not as whoever asks has seen them."""

    def write() -> None:
        _hold(patient)
        still()
        repository.change(patient=of_account(patient, user=user), now=now, **details)

    together(write)


def deactivate(*, patient: UUID, user: Any, still: Callable[[], None], now: Any) -> None:
    """Take a patient off the list, who may be off it already. Raises StillNeeded, Oneself or Http404."""

    def write() -> None:
        if _is_off(patient, user):
            return
        known = of_account(patient, user=user)
        _hold(patient)
        still()
        visits.check(patient, now=now)
        if user.role in DESK:
            Patient.objects.filter(pk=patient).update(active=False)
        else:
            repository.deactivate(patient=known)

    together(write)


def _is_off(patient: UUID, user: Any) -> bool:
    whose = {} if user.role in DESK else {"account": user}
    return Patient.objects.filter(pk=patient, active=False, **whose).exists()


def _hold(patient: UUID) -> None:
    """Keep others from changing a patient until the transaction ends. Raises Http404 for whom is off the list."""
    if not Patient.objects.filter(pk=patient, active=True).update(active=True):
        raise Http404
