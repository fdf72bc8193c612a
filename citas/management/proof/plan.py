"""Who asks for what: rivals whose visits all have some minutes in common, so that one can win and the others cannot."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from citas.db.intervals import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of visit and when a rival asks for it: minutes after the round's start, negative ones before."""

    slug: str
    offset: int
    duration: int
    buffer_before: int = 0
    buffer_after: int = 0

    def starts_at(self, start: datetime) -> datetime:
        return start + timedelta(minutes=self.offset)

    def visit(self, start: datetime) -> Interval:
        begins = self.starts_at(start)
        return Interval(begins, begins + timedelta(minutes=self.duration))

    def busy(self, start: datetime) -> Interval:
        visit = self.visit(start)
        return Interval(
            visit.start - timedelta(minutes=self.buffer_before), visit.end + timedelta(minutes=self.buffer_after)
        )


SAME = Kind(slug="prueba-mismo-inicio", offset=0, duration=30)
# All of these visits are under way from the 10th to the 15th minute.
OVERLAPPING = (
    Kind(slug="prueba-despues", offset=10, duration=20, buffer_after=5),
    Kind(slug="prueba-antes", offset=-20, duration=45),
    Kind(slug="prueba-corta", offset=10, duration=15, buffer_before=15),
    Kind(slug="prueba-larga", offset=-45, duration=60, buffer_after=15),
)
# This one begins when the first has ended: only the time kept free before it is in the way, and only for the doctor.
BY_BUFFER = Kind(slug="prueba-margen", offset=30, duration=20, buffer_before=30)
KINDS = (SAME, *OVERLAPPING, BY_BUFFER)


def kind_of(*, client: int, scarce: str) -> Kind:
    """What a client asks for: every other the same start, the rest overlapping ones. `scarce` is doctor or patient."""
    if client % 2 == 0:
        return SAME
    others = (*OVERLAPPING, BY_BUFFER) if scarce == "doctor" else OVERLAPPING
    return others[client // 2 % len(others)]


def count_overlaps(taken: Iterable[Interval]) -> int:
    """How many pairs of these intervals overlap."""
    pairs = 0
    ends: list[datetime] = []
    for interval in sorted(taken, key=lambda each: each.start):
        while ends and ends[0] <= interval.start:
            heapq.heappop(ends)
        pairs += len(ends)
        heapq.heappush(ends, interval.end)
    return pairs
