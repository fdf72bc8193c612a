"""What the six endpoints answer, as model instances with what they name."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.shortcuts import get_object_or_404

from appointments import api_repository as appointments_repository
from appointments import availability, calendars
from appointments.availability import Calendar, DateException, Rule, Slot
from appointments.models import Appointment
from appointments.repository import LONGEST_VISIT
from doctors import api_repository as doctors_repository
from doctors.models import Doctor, Location, Offering, ScheduleException, WorkingHours
from patients import api_repository as patients_repository
from patients.models import Patient

A_DAY = timedelta(days=1)
Row = dict[str, Any]


class Days(NamedTuple):
    """Local dates, both included."""

    first: date
    last: date

    @property
    def wide(self) -> tuple[date, date]:
        """With the days beside them, into which a night's visit reaches."""
        return self.first - A_DAY, self.last + A_DAY


class Free(NamedTuple):
    """A free start of an offering. Sorts by time, then doctor, then visit type."""

    place: tuple[datetime, UUID, UUID]
    slot: Slot


def doctors(*, limit: int) -> list[Doctor]:
    found = doctors_repository.listed().select_related("specialty")
    return list(found.order_by("surnames", "given_names", "id")[:limit])


def doctor(key: UUID) -> Doctor:
    return get_object_or_404(Doctor.objects.listed().select_related("specialty"), pk=key)


def offered(doctor: Doctor) -> list[Offering]:
    found = doctor.offerings.filter(visit_type__active=True).select_related("visit_type")
    return list(found.order_by("visit_type__position", "id"))


def places(doctor: Doctor) -> list[Location]:
    return list(Location.objects.filter(pk__in=doctor.hours.values("location"), active=True).order_by("name", "id"))


def patients(*, user: Any, limit: int) -> list[Patient]:
    return list(patients_repository.visible(user).order_by("id")[:limit])


def appointments(*, user: Any, limit: int) -> list[Appointment]:
    found = appointments_repository.wanted(user=user).select_related("location")
    return list(found.order_by("starts_at", "id")[:limit])


def free(*, since: datetime, until: datetime, now: datetime, limit: int) -> list[Free]:
    """The first free starts of everybody from `since` on and before `until`."""
    days = Days((since - A_DAY).date(), (until + A_DAY).date())
    found = Offering.objects.filter(visit_type__active=True, doctor__in=doctors_repository.listed().values("pk"))
    offerings = list(found.select_related("visit_type").order_by("doctor_id", "visit_type_id"))
    keys = {offering.doctor_id for offering in offerings}
    read = _rules(keys, days), _exceptions(keys, days), _busy(keys, days, now)
    streams = [_free(offering, *read, since=since, until=until, now=now) for offering in offerings]
    return list(islice(heapq.merge(*streams, key=lambda one: one.place), limit))


def _rules(doctors: Iterable[UUID], days: Days) -> dict[UUID, list[Rule]]:
    found: dict[UUID, list[Rule]] = defaultdict(list)
    first, last = days.wide
    rows = WorkingHours.objects.filter(doctor__in=list(doctors), location__active=True, valid_from__lte=last)
    for row in rows.select_related("location").order_by("doctor_id", "weekday", "starts"):
        if row.valid_until is None or row.valid_until >= first:
            place: Row = {"doctor": row.doctor_id, "location": row.location_id, "zone": row.location.zone}
            clock: Row = {"weekday": row.weekday, "starts": row.starts, "ends": row.ends}
            found[row.doctor_id].append(Rule(**place, **clock, valid_from=row.valid_from, valid_until=row.valid_until))
    return found


def _exceptions(doctors: Iterable[UUID], days: Days) -> dict[UUID | None, list[DateException]]:
    """Of each doctor, and under None those of the whole clinic."""
    found: dict[UUID | None, list[DateException]] = defaultdict(list)
    rows = ScheduleException.objects.filter(active=True, date__range=days.wide).select_related("location")
    for row in rows:
        if row.location is None or row.location.active:
            zone = row.location.zone if row.location else ""
            place: Row = {"doctor": row.doctor_id, "location": row.location_id, "zone": zone}
            opens = row.kind == ScheduleException.Kind.OPENS
            clock: Row = {"date": row.date, "starts": row.starts, "ends": row.ends, "opens": opens}
            found[row.doctor_id].append(DateException(**place, **clock))
    return found


def _busy(doctors: Iterable[UUID], days: Days, now: datetime) -> dict[UUID, list[tuple[datetime, datetime]]]:
    found: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    begin, end = (datetime.combine(day, time(), now.tzinfo) for day in days)
    around = {"starts_at__gte": begin - LONGEST_VISIT, "starts_at__lt": end + LONGEST_VISIT}
    for row in Appointment.objects.blocking(now).filter(doctor__in=list(doctors), **around):
        found[row.doctor_id].append((row.busy.start, row.busy.end))
    return found


def _free(
    offering: Offering, rules: Any, exceptions: Any, busy: Any, *, since: datetime, until: datetime, now: datetime
) -> Iterator[Free]:
    doctor = offering.doctor_id
    calendar = Calendar(
        rules=rules[doctor],
        exceptions=[*exceptions[None], *exceptions[doctor]],
        busy=busy[doctor],
        visit=calendars.visit_of(offering=offering),
    )
    days = {"first": (since - A_DAY).date(), "last": (until + A_DAY).date()}
    found = availability.slots(
        rules=calendar.rules, exceptions=calendar.exceptions, busy=calendar.busy, visit=calendar.visit, now=now, **days
    )
    for slot in found:
        if slot.starts_at >= until:
            return
        if slot.starts_at >= since:
            yield Free((slot.starts_at, doctor, offering.visit_type_id), slot)
