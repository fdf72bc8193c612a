"""Doctors and hours of a file: looked up at once, stored together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import combinations
from typing import Any

from django.db.models import F, QuerySet

from citas.exchange.repository import ChangedMeanwhile, batches
from doctors.forms import overlap
from doctors.models import Doctor, Location, Specialty, WorkingHours

RULE = ("weekday", "starts", "ends", "valid_from", "valid_until")
Changed = Iterable[tuple[Any, list[str]]]


def doctors(slugs: Collection[str]) -> dict[str, Doctor]:
    """Doctors by their short names, the hidden too."""
    wanted = sorted(slugs)
    return {
        found.slug: found
        for some in batches(wanted)
        for found in Doctor.objects.filter(slug__in=some).select_related("specialty")
    }


def specialties() -> dict[str, Specialty]:
    return {found.slug: found for found in Specialty.objects.filter(active=True)}


def locations() -> dict[str, Location]:
    return {found.slug: found for found in Location.objects.filter(active=True)}


def rules(doctors: list[Doctor]) -> QuerySet[WorkingHours]:
    """The weekly hours of these doctors."""
    return WorkingHours.objects.filter(doctor__in=doctors).select_related("doctor", "location")


def hours_of(listed: QuerySet[Doctor]) -> QuerySet[WorkingHours]:
    """The weekly hours of the doctors of a list, in the order of their short names."""
    bare = listed.prefetch_related(None).select_related(None).order_by()
    found = WorkingHours.objects.filter(doctor__in=bare.values("pk")).select_related("doctor", "location")
    return found.order_by("doctor__slug", "weekday", "starts", "id")


def store(*, new: list[Any], changed: Changed) -> None:
    """New rows, and those whose named columns are other than before. Belongs into a transaction."""
    for row in new:
        row.save(force_insert=True)
    for row, names in changed:
        row.save(update_fields=names)


def store_hours(*, new: list[WorkingHours], changed: Changed) -> None:
    """The same for weekly hours. Raises ChangedMeanwhile when they overlap what others have just stored."""
    changed = list(changed)
    concerned = {rule.doctor_id for rule in [*new, *(rule for rule, _names in changed)]}
    # Whoever changes hours of these doctors through the API waits: see doctors.api_repository.
    Doctor.objects.filter(pk__in=concerned).update(version=F("version") + 1)
    store(new=new, changed=changed)
    days: dict[Any, list[dict[str, Any]]] = {}
    for rule in WorkingHours.objects.filter(doctor__in=concerned).values("doctor", *RULE):
        days.setdefault((rule["doctor"], rule["weekday"]), []).append(rule)
    if any(overlap(one, two) for rules in days.values() for one, two in combinations(rules, 2)):
        raise ChangedMeanwhile
