"""Fills the doctors' working time with visits, one after the other, as the availability that patients see reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random
from uuid import UUID

from appointments.availability import DateException, Rule, working_intervals
from citas.db.intervals import Interval
from doctors import repository
from doctors.models import Offering


@dataclass(slots=True)
class Fit:
    """An offering with its times: the visit's length, and the buffers around it."""

    offering: Offering
    specialty: str
    before: timedelta
    length: timedelta
    after: timedelta

    @classmethod
    def of(cls, offering: Offering) -> Fit:
        kind = offering.visit_type
        minutes = (kind.buffer_before, offering.duration or kind.duration, kind.buffer_after)
        return cls(offering, offering.doctor.specialty.slug, *(timedelta(minutes=number) for number in minutes))


@dataclass(slots=True)
class Tile:
    """Room for one visit at a place, from an aware instant in UTC."""

    fit: Fit
    location: UUID
    starts_at: datetime

    @property
    def offering(self) -> Offering:
        return self.fit.offering

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.fit.length

    @property
    def busy(self) -> Interval:
        return Interval(self.starts_at - self.fit.before, self.ends_at + self.fit.after)


def tiles(*, offerings: Iterable[Offering], first: date, last: date, random: Random) -> list[Tile]:
    """All the visits that would fit on the local dates from `first` to `last`, of whatever type comes up."""
    offered: dict[UUID, list[Fit]] = defaultdict(list)
    for offering in offerings:
        offered[offering.doctor_id].append(Fit.of(offering))
    rules: dict[UUID, list[Rule]] = defaultdict(list)
    for row in repository.hours(doctors=None, first=first, last=last):
        rules[row.doctor].append(Rule(**row._asdict()))
    closed = [
        DateException(**{**row._asdict(), "zone": row.zone or ""})
        for row in repository.exceptions(doctors=None, first=first, last=last)
    ]
    found: list[Tile] = []
    for doctor, choice in offered.items():
        mine = [entry for entry in closed if entry.doctor in (None, doctor)]
        worked = working_intervals(rules=rules[doctor], exceptions=mine, day_from=first, day_to=last)
        found += _tile(worked, choice, random)
    return found


def _tile(worked: Iterable[tuple], choice: list[Fit], random: Random) -> Iterator[Tile]:
    """One visit after the other; the types that come first in the doctor's list more often."""
    weights = list(accumulate(1 / (place + 1) for place in range(len(choice))))
    free_from = datetime.min.replace(tzinfo=UTC)
    for start, end, location, _zone in worked:
        while True:
            [fit] = random.choices(choice, cum_weights=weights)
            # Buffers may stick out of the hours, but not into the visit before.
            starts_at = max(start, free_from + fit.before)
            ends_at = starts_at + fit.length
            if ends_at > end:
                break
            yield Tile(fit, location, starts_at)
            free_from = ends_at + fit.after
