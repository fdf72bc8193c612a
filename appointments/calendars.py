"""Reads what `availability` calculates with: the doctors' hours and exceptions, and their busy time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from appointments import availability, repository
from appointments.availability import Calendar, DateException, Rule, Slot, Visit
from doctors import repository as doctors_repository
from doctors.models import Location, Offering


def visit_of(*, offering: Offering, relaxed: bool = False) -> Visit:
    """How a doctor does this visit type. `relaxed` drops the minimum notice, for the clinic's own staff."""
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
    """Calendars of these doctors for these local days, in three queries whatever their number.

    `location` keeps only the hours there; `without` leaves one appointment's busy time out (one being moved).
    """
    doctors = list(visits)
    rules: dict[UUID, list[Rule]] = defaultdict(list)
    for row in doctors_repository.hours(doctors=doctors, first=first - timedelta(days=1), last=last):
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
    for row in doctors_repository.exceptions(doctors=doctors, first=first - timedelta(days=1), last=last):
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
    return availability.nearest(
        rules=calendar.rules,
        exceptions=calendar.exceptions,
        busy=calendar.busy,
        visit=calendar.visit,
        now=now,
        first=first,
        last=last,
        around=around,
        limit=limit,
    )


def week(
    *,
    offering: Offering,
    location: Location | None,
    first: date,
    now: datetime,
    relaxed: bool = False,
    without: UUID | None = None,
    days: int = 7,
) -> list[Slot]:
    """All free slots of one doctor from a local day on, for so many days."""
    last = first + timedelta(days=days - 1)
    visits = {offering.doctor_id: visit_of(offering=offering, relaxed=relaxed)}
    place = None if location is None else location.pk
    calendar = read(visits=visits, first=first, last=last, now=now, location=place, without=without)[offering.doctor_id]
    return list(
        availability.slots(
            rules=calendar.rules,
            exceptions=calendar.exceptions,
            busy=calendar.busy,
            visit=calendar.visit,
            now=now,
            first=first,
            last=last,
        )
    )
