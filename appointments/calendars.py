"""Reads what `availability` calculates with: the doctors' hours and exceptions, and their busy time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from appointments import availability, repository
from appointments.availability import Calendar, DateException, Reason, Rule, Slot, Visit
from appointments.slot_code import SlotCode
from doctors import repository as doctors_repository
from doctors.models import Location, Offering

A_DAY = timedelta(days=1)  # a night's visit reaches into the days beside


def visit_of(*, offering: Offering, relaxed: bool = False) -> Visit:
    """How a doctor does this visit type. `relaxed` drops the minimum notice: past the rules."""
    kind = offering.visit_type
    return Visit(
        duration=offering.duration or kind.duration,
        buffer_before=kind.buffer_before,
        buffer_after=kind.buffer_after,
        step=kind.step,
        minimum_notice=0 if relaxed else kind.minimum_notice,
        horizon_days=kind.horizon_days,
    )


def read(
    *,
    visits: dict[UUID, Visit],
    first: date,
    last: date,
    now: datetime,
    location: UUID | None = None,
    without: UUID | None = None,
) -> dict[UUID, Calendar]:
    """Calendars of these doctors for these local days, in four queries whatever their number.

    `location` keeps only the hours there; `without` leaves one appointment's busy time out (one being moved).
    """
    doctors = list(visits)
    rules: dict[UUID, list[Rule]] = defaultdict(list)
    for row in doctors_repository.hours(doctors=doctors, first=first - A_DAY, last=last + A_DAY):
        if location is None or row.location == location:
            rules[row.doctor].append(Rule(**row._asdict()))
    everyone, own = _exceptions(doctors, first, last)
    busy = repository.busy(doctors=doctors, first=first, last=last, now=now, without=without)
    return {
        doctor: Calendar(
            rules=rules[doctor], exceptions=[*everyone, *own[doctor]], busy=busy.get(doctor, ()), visit=visit
        )
        for doctor, visit in visits.items()
    }


def _exceptions(
    doctors: Sequence[UUID], first: date, last: date
) -> tuple[list[DateException], dict[UUID, list[DateException]]]:
    everyone: list[DateException] = []
    own: dict[UUID, list[DateException]] = defaultdict(list)
    for row in doctors_repository.exceptions(doctors=doctors, first=first - A_DAY, last=last + A_DAY):
        entry = DateException(**{**row._asdict(), "zone": row.zone or ""})
        (everyone if row.doctor is None else own[row.doctor]).append(entry)
    return everyone, own


def of_doctor(
    *, offering: Offering, first: date, last: date, now: datetime, relaxed: bool = False, without: UUID | None = None
) -> Calendar:
    """One doctor's calendar for one of the visit types offered."""
    visits = {offering.doctor_id: visit_of(offering=offering, relaxed=relaxed)}
    return read(visits=visits, first=first, last=last, now=now, without=without)[offering.doctor_id]


def earliest(
    *, offerings: Iterable[Offering], location: Location | None, first: date, last: date, now: datetime, limit: int
) -> list[Slot]:
    """The first free slots among these doctors, in time order; of each doctor the shortest visit type given."""
    visits: dict[UUID, Visit] = {}
    for offering in offerings:
        visits.setdefault(offering.doctor_id, visit_of(offering=offering))
    place = None if location is None else location.pk
    calendars = read(visits=visits, first=first, last=last, now=now, location=place)
    return availability.earliest(calendars=calendars.values(), now=now, first=first, last=last, limit=limit)


def nearest(
    *, offering: Offering, around: datetime, now: datetime, limit: int = 5, without: UUID | None = None
) -> list[Slot]:
    """The free slots of one doctor nearest to a start that was taken, within two weeks of it."""
    first, last = (around - timedelta(days=14)).date(), (around + timedelta(days=14)).date()
    calendar = of_doctor(offering=offering, first=first, last=last, now=now, without=without)
    parts = _parts(calendar)
    return availability.nearest(**parts, now=now, first=first, last=last, around=around, limit=limit)


def _parts(calendar: Calendar) -> dict[str, Any]:
    return {
        "rules": calendar.rules,
        "exceptions": calendar.exceptions,
        "busy": calendar.busy,
        "visit": calendar.visit,
    }


def obstacle(
    *,
    offering: Offering,
    location: UUID,
    starts_at: datetime,
    now: datetime,
    relaxed: bool = False,
    without: UUID | None = None,
) -> Reason | None:
    """Why a start cannot be booked with this doctor, or None."""
    day = starts_at.astimezone(UTC).date()
    first, last = day - A_DAY, day + A_DAY
    calendar = of_doctor(offering=offering, first=first, last=last, now=now, relaxed=relaxed, without=without)
    return availability.fits(**_parts(calendar), now=now, location=location, starts_at=starts_at)


def with_chosen(
    slots: list[Slot], *, chosen: SlotCode | None, offering: Offering, now: datetime, without: UUID | None = None
) -> list[Slot]:
    """The same slots and the chosen one, which stays in sight while it can be booked, though the list has shifted."""
    if chosen is None or (chosen.doctor, chosen.visit_type) != (offering.doctor_id, offering.visit_type_id):
        return slots
    place = doctors_repository.location_by_id(chosen.location)
    if place is None or any((slot.location, slot.starts_at) == (place.pk, chosen.starts_at) for slot in slots):
        return slots
    asked: dict[str, Any] = {"location": place.pk, "starts_at": chosen.starts_at}
    if obstacle(offering=offering, now=now, without=without, **asked) is not None:
        return slots
    ends_at = chosen.starts_at + timedelta(minutes=visit_of(offering=offering).duration)
    kept = Slot(doctor=offering.doctor_id, ends_at=ends_at, zone=place.zone, **asked)
    return sorted([*slots, kept], key=availability.by_start)


def week(
    *,
    offering: Offering,
    location: Location | None,
    first: date,
    now: datetime,
    without: UUID | None = None,
    days: int = 7,
) -> list[Slot]:
    """All free slots of one doctor from a local day on, for so many days."""
    last = first + timedelta(days=days - 1)
    visits = {offering.doctor_id: visit_of(offering=offering)}
    place = None if location is None else location.pk
    calendar = read(visits=visits, first=first, last=last, now=now, location=place, without=without)[offering.doctor_id]
    return list(availability.slots(**_parts(calendar), now=now, first=first, last=last))
