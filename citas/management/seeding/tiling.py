"""Fills the doctors' working time with visits, one after the other, as the availability that patients see reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from appointments.availability import DateException, Rule, working_intervals
from doctors import repository
from doctors.models import Offering


@dataclass(slots=True, frozen=True)
class Tile:
    """Room for one visit: the visit itself and what its buffers add to it, aware UTC instants."""

    offering: Offering
    location: UUID
    starts_at: datetime
    ends_at: datetime
    busy_from: datetime
    busy_until: datetime


def tiles(*, offerings: Iterable[Offering], first: date, last: date, random: Random) -> list[Tile]:
    """All the visits that would fit on the local dates from `first` to `last`, of whatever type comes up."""
    offered: dict[UUID, list[Offering]] = defaultdict(list)
    for offering in offerings:
        offered[offering.doctor_id].append(offering)
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


def _tile(worked: Iterable[tuple], choice: list[Offering], random: Random) -> Iterator[Tile]:
    weights = [1 / (place + 1) for place in range(len(choice))]
    free_from = datetime.min.replace(tzinfo=UTC)
    for start, end, location, _zone in worked:
        while True:
            tile = _next(random.choices(choice, weights)[0], location, start, free_from)
            if tile.ends_at > end:
                break
            yield tile
            free_from = tile.busy_until


def _next(offering: Offering, location: UUID, opens: datetime, free_from: datetime) -> Tile:
    kind = offering.visit_type
    # Buffers may stick out of the hours, but not into the visit before.
    starts_at = max(opens, free_from + timedelta(minutes=kind.buffer_before))
    ends_at = starts_at + timedelta(minutes=offering.duration or kind.duration)
    return Tile(
        offering=offering,
        location=location,
        starts_at=starts_at,
        ends_at=ends_at,
        busy_from=starts_at - timedelta(minutes=kind.buffer_before),
        busy_until=ends_at + timedelta(minutes=kind.buffer_after),
    )
