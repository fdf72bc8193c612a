"""The earliest free slots across doctors: what the first page answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from uuid import UUID

from appointments import availability, calendars
from appointments.availability import Slot
from doctors import repository as doctors_repository
from doctors.models import Doctor, Location, Offering, VisitType

SPAN = timedelta(days=28)
SLOTS_EACH = 6
DOCTORS_A_PAGE = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A doctor with the first slots for one visit type, in time order; none when nothing is free within four weeks."""

    offering: Offering
    slots: list[Slot]

    @property
    def doctor(self) -> Doctor:
        return self.offering.doctor

    @property
    def place(self) -> str:
        """Where this doctor stands in the list: sorts as the list does, and stays when others come and go."""
        return f"{self.slots[0].starts_at:%Y%m%dT%H%M}.{self.doctor.pk.hex}"


def earliest_by_doctor(
    *, offerings: Iterable[Offering], location: Location | None, now: datetime, first: date | None = None
) -> list[Found]:
    """Doctors in the order of their first free slot from a day on; four queries whatever their number."""
    chosen: dict[UUID, Offering] = {}
    for offering in offerings:
        chosen.setdefault(offering.doctor_id, offering)
    start = first or (now.astimezone(UTC) - timedelta(days=1)).date()
    visits = {doctor: calendars.visit_of(offering=offering) for doctor, offering in chosen.items()}
    place = None if location is None else location.pk
    read = calendars.read(visits=visits, first=start, last=start + SPAN, now=now, location=place)
    found = [Found(chosen[doctor], _first_slots(calendar, now, start)) for doctor, calendar in read.items()]
    return sorted((entry for entry in found if entry.slots), key=lambda entry: entry.place)


def _first_slots(calendar: availability.Calendar, now: datetime, first: date) -> list[Slot]:
    slots = availability.slots(
        rules=calendar.rules,
        exceptions=calendar.exceptions,
        busy=calendar.busy,
        visit=calendar.visit,
        now=now,
        first=first,
        last=first + SPAN,
    )
    return list(islice(slots, SLOTS_EACH))


def page_of(found: list[Found], *, after: str) -> tuple[list[Found], str]:
    """One page of doctors after a place in the list, and the place after which the next page begins ("" at the end)."""
    rest = [entry for entry in found if entry.place > after]
    page = rest[:DOCTORS_A_PAGE]
    return page, page[-1].place if len(rest) > len(page) else ""


def offerings(*, specialty: str, location: str, doctor: str) -> list[Offering]:
    """What patients can choose, by short names; an empty one means any. In the order of lists."""
    listed = doctors_repository.listed(specialty=specialty or None, location=location or None, doctor=doctor or None)
    offered = doctors_repository.offerings(doctors=listed)
    return sorted(offered, key=lambda offering: (offering.visit_type.position, offering.visit_type.name))


def visit_types(offerings: Iterable[Offering]) -> list[VisitType]:
    """The different visit types among these, in the order of lists."""
    return list(dict.fromkeys(offering.visit_type for offering in offerings))
