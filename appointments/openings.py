"""Free time across doctors and visit types as plain values: what programs search."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from appointments import availability, calendars
from appointments.availability import Calendar, Visit
from appointments.slot_code import SlotCode

A_DAY = timedelta(days=1)
Place = tuple[datetime, UUID, UUID]


class Offer(NamedTuple):
    """A visit type of a doctor, by their keys."""

    doctor: UUID
    visit_type: UUID
    visit: Visit


class Opening(NamedTuple):
    """A start that can be booked; instants in UTC. Sorts by time, then doctor, then visit type."""

    starts_at: datetime
    doctor: UUID
    visit_type: UUID
    location: UUID
    ends_at: datetime
    zone: str

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return self.starts_at, self.doctor, self.visit_type

    @property
    def code(self) -> str:
        return str(SlotCode(self.doctor, self.visit_type, self.location, self.starts_at))


def between(
    *,
    offers: Iterable[Offer],
    location: UUID | None,
    since: datetime,
    until: datetime,
    now: datetime,
    after: Place | None,
    limit: int,
) -> list[Opening]:
    """The first openings from `since` on and before `until`, after a place in the list: three queries."""
    offers = list(offers)
    begin = max(since, now, after[0] if after else since)
    until = min(until, _nothing_after(offers, now))
    if begin >= until:
        return []
    read = _calendars(offers, location, begin, until, now)
    streams = [_openings(offer, read[offer.doctor], begin, until, now) for offer in offers]
    found = heapq.merge(*streams)
    return list(islice((one for one in found if after is None or one.place > after), limit))


def next_free(*, offers: Iterable[Offer], location: UUID | None, since: datetime, now: datetime) -> Opening | None:
    """The first opening from `since` on, however far ahead visits are booked: three queries."""
    offers = list(offers)
    far = _nothing_after(offers, now)
    found = between(offers=offers, location=location, since=since, until=far, now=now, after=None, limit=1)
    return found[0] if found else None


def _nothing_after(offers: list[Offer], now: datetime) -> datetime:
    """An instant after which nothing can be booked yet."""
    return now + A_DAY * (2 + max((offer.visit.horizon_days for offer in offers), default=0))


def _calendars(
    offers: list[Offer], location: UUID | None, since: datetime, until: datetime, now: datetime
) -> dict[UUID, Calendar]:
    # Local days begin up to a day earlier or later than those in UTC.
    first, last = (since.astimezone(UTC) - A_DAY).date(), (until.astimezone(UTC) + A_DAY).date()
    visits = {offer.doctor: offer.visit for offer in offers}
    return calendars.read(visits=visits, first=first, last=last, now=now, location=location)


def _openings(offer: Offer, calendar: Calendar, since: datetime, until: datetime, now: datetime) -> Iterator[Opening]:
    found = availability.slots(
        rules=calendar.rules,
        exceptions=calendar.exceptions,
        busy=calendar.busy,
        visit=offer.visit,
        now=now,
        first=(since.astimezone(UTC) - A_DAY).date(),
        last=(until.astimezone(UTC) + A_DAY).date(),
    )
    for slot in found:
        if slot.starts_at >= until:
            return
        if slot.starts_at >= since:
            yield Opening(slot.starts_at, offer.doctor, offer.visit_type, slot.location, slot.ends_at, slot.zone)
