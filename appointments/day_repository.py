"""A day of the clinic as its staff sees it: read in few questions, and always as many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from appointments import repository
from appointments.models import Appointment, AppointmentQuerySet, Status, blocks
from citas.db import by_index
from doctors.models import Doctor, Location

UNSHOWN = ("events", "answers", "busy", "visit", "reason", "cancellation_reason", "request_key")


class Tally(NamedTuple):
    """How many visits a doctor has at a place."""

    place: UUID
    doctor: UUID
    visits: int


def tallies(*, user: Any, day: date, now: datetime, places: Iterable[Location]) -> list[Tally]:
    """Who has visits where on a local day, each place by its own clock; a doctor is told of the own ones only."""
    shown = by_index(_shown(user=user, now=now).filter(_on(day, places)), "appointment_time").order_by()
    rows = shown.values_list("location_id", "doctor_id").annotate(visits=Count("pk"))
    return [Tally(*row) for row in rows]


def visits(
    *, user: Any, day: date, now: datetime, places: Iterable[Location], doctors: Iterable[Doctor]
) -> list[Appointment]:
    """The visits of these doctors at these places on a local day, in order.

    Cancelled ones and holds that have run out are left out.
    """
    shown = _shown(user=user, now=now).filter(_on(day, places), doctor__in=[doctor.pk for doctor in doctors])
    shown = by_index(shown, "appointment_doctor_time")
    # Many visits are of few kinds, and each patient mostly has one: two more questions are quicker than joins.
    return list(shown.prefetch_related("patient", "visit_type").defer(*UNSHOWN).order_by("starts_at", "id"))


def _shown(*, user: Any, now: datetime) -> AppointmentQuerySet:
    shown = repository.of(user).filter(blocks(now) | Q(status=Status.NO_SHOW))
    return shown.filter(doctor__in=Doctor.objects.filter(user=user)) if user.role == "doctor" else shown


def _on(day: date, places: Iterable[Location]) -> Q:
    """What starts on this day by the clock of its place, which is one of these."""
    by_zone: dict[ZoneInfo, list[UUID]] = {}
    for place in places:
        by_zone.setdefault(place.tz, []).append(place.pk)
    found, bounds = Q(location__in=[]), []
    for zone, keys in by_zone.items():
        start, end = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
        found |= Q(location__in=keys, starts_at__gte=start, starts_at__lt=end)
        bounds += [start, end]
    if not bounds:
        return found
    # The same said of all together, so that an index of the time serves.
    return found & Q(starts_at__gte=min(bounds), starts_at__lt=max(bounds))
