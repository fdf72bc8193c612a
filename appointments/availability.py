"""When a doctor is free: rules, exceptions and busy time in, slots out. Pure, standard library only.

The visit lies in the working hours of one location; its buffers may stick out of them, but never overlap busy time.
Every call is about one doctor (`earliest` takes many), and every interval is half-open.
"""

import enum
import heapq
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from operator import attrgetter
from typing import Any

from appointments.calendar_time import (
    DAY,
    EPOCH,
    GRID,
    MINUTE,
    Interval,
    day_starts,
    instant,
    join,
    local_day,
    on_grid,
    since_epoch,
    subtract,
)
from appointments.working_time import DateException, Place, Rule, only_doctor, working_time

__all__ = [
    "Calendar",
    "DateException",
    "Reason",
    "Rule",
    "Slot",
    "Visit",
    "earliest",
    "fits",
    "nearest",
    "slots",
    "working_intervals",
]

Busy = Iterable[Sequence[datetime]] | Iterable[Sequence[int]]
by_start = attrgetter("starts_at")


class Reason(enum.StrEnum):
    """Why a start cannot be booked, in the order in which it is asked."""

    OFF_GRID = "off_grid"
    PAST = "past"
    TOO_SOON = "too_soon"
    BEYOND_HORIZON = "beyond_horizon"
    OUTSIDE_HOURS = "outside_hours"
    CLOSED = "closed"
    BUSY = "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is to be booked, in minutes; `step` None is the duration.

    ValueError unless the duration (at most a day), the buffers and the step are multiples of five.
    """

    duration: int
    buffer_before: int = 0
    buffer_after: int = 0
    step: int | None = None
    minimum_notice: int = 0
    horizon_days: int = 90

    def __post_init__(self) -> None:
        if not (0 < self.duration <= DAY and self.every > 0 and min(self.buffer_before, self.buffer_after) >= 0):
            raise ValueError("a visit lasts up to a day, steps forward and has no negative buffer")
        if any(minutes % GRID for minutes in (self.duration, self.every, self.buffer_before, self.buffer_after)):
            raise ValueError(f"durations, steps and buffers are multiples of {GRID} minutes")

    @property
    def every(self) -> int:
        return self.duration if self.step is None else self.step


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A start at which a visit fits: aware UTC instants of the visit itself, and the zone to show them in."""

    doctor: Any
    location: Any
    starts_at: datetime
    ends_at: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """All that is known of one doctor: what `slots` takes, for `earliest`."""

    rules: Sequence[Rule]
    visit: Visit
    exceptions: Sequence[DateException] = ()
    busy: Busy = ()


def working_intervals(
    *, rules: Sequence[Rule], exceptions: Sequence[DateException], day_from: date, day_to: date
) -> list[tuple[datetime, datetime, Hashable, str]]:
    """The working time on those local dates (inclusive) as (start, end, location, zone) in UTC, in time order."""
    only_doctor(rules, exceptions)
    hours = working_time(rules, exceptions, day_from.toordinal(), day_to.toordinal())
    found = [(lo, hi, *place) for place, intervals in hours.items() for lo, hi in intervals]
    found.sort(key=lambda interval: interval[:2])
    return [(instant(lo), instant(hi), location, zone) for lo, hi, location, zone in found]


def slots(
    *,
    rules: Sequence[Rule],
    exceptions: Sequence[DateException],
    busy: Busy,
    visit: Visit,
    now: datetime,
    first: date,
    last: date,
) -> Iterator[Slot]:
    """The slots of one doctor on the local dates `first` to `last` (inclusive), lazily and in time order.

    From the beginning of each free gap in steps of the visit. Where the notice has swallowed every step of a gap and
    some start still fits, the first such start is listed: nothing that fits stays unseen.

    `busy` holds the doctor's blocked time, buffers included, in any order: aware datetimes, or (faster) minutes since
    1970 in UTC. ValueError when rules or exceptions name two doctors, or a moment is naive.
    """
    doctor = only_doctor(rules, exceptions)
    today = EPOCH.toordinal() + since_epoch(now).days
    begin, end = max(first.toordinal(), today - 1), min(last.toordinal(), today + 1 + visit.horizon_days)
    if end < begin:
        return iter(())
    ordered: list[Any] = sorted(busy)
    streams = [
        _listed(
            doctor, place, subtract(hours, _blocked(ordered, visit)), visit, _bounds(place[1], visit, now, begin, end)
        )
        for place, hours in working_time(rules, exceptions, begin, end + 1).items()
    ]
    return heapq.merge(*streams, key=by_start)


def fits(
    *,
    rules: Sequence[Rule],
    exceptions: Sequence[DateException],
    busy: Busy,
    visit: Visit,
    now: datetime,
    location: Hashable,
    starts_at: datetime,
) -> Reason | None:
    """Why the visit cannot start there and then, or None when it can. Inputs and errors as for `slots`."""
    only_doctor(rules, exceptions)
    if since_epoch(starts_at) % (GRID * MINUTE):
        return Reason.OFF_GRID
    if since_epoch(starts_at) < since_epoch(now):
        return Reason.PAST
    if starts_at < now + visit.minimum_notice * MINUTE:
        return Reason.TOO_SOON
    start = since_epoch(starts_at) // MINUTE
    span = (start, start + visit.duration)
    if any(start >= _horizon_ends(zone, visit, now) for zone in _zones(rules, exceptions, location)):
        return Reason.BEYOND_HORIZON
    if not _worked(rules, exceptions, location, span):
        openings = [exception for exception in exceptions if exception.opens]
        return Reason.CLOSED if _worked(rules, openings, location, span) else Reason.OUTSIDE_HOURS
    return Reason.BUSY if _meets(span, _blocked(sorted(busy), visit)) else None


def earliest(*, calendars: Iterable[Calendar], now: datetime, first: date, last: date, limit: int) -> list[Slot]:
    """The first `limit` slots across doctors, in time order; at the same start in the order of the calendars."""
    streams = [
        slots(
            rules=calendar.rules,
            exceptions=calendar.exceptions,
            busy=calendar.busy,
            visit=calendar.visit,
            now=now,
            first=first,
            last=last,
        )
        for calendar in calendars
    ]
    return list(islice(heapq.merge(*streams, key=by_start), limit))


def nearest(
    *,
    rules: Sequence[Rule],
    exceptions: Sequence[DateException],
    busy: Busy,
    visit: Visit,
    now: datetime,
    first: date,
    last: date,
    around: datetime,
    limit: int = 5,
) -> list[Slot]:
    """The `limit` slots nearest to a start that was taken, before and after it, in time order, without that start."""
    found = slots(rules=rules, exceptions=exceptions, busy=busy, visit=visit, now=now, first=first, last=last)
    others = (slot for slot in found if slot.starts_at != around)
    return sorted(heapq.nsmallest(limit, others, key=lambda slot: abs(slot.starts_at - around)), key=by_start)


def _listed(doctor: Hashable, place: Place, gaps: Iterable[Interval], visit: Visit, bounds: Interval) -> Iterator[Slot]:
    location, zone = place
    for gap in gaps:
        for start in _starts(gap, visit, bounds):
            yield Slot(
                doctor=doctor,
                location=location,
                starts_at=instant(start),
                ends_at=instant(start + visit.duration),
                zone=zone,
            )


def _starts(gap: Interval, visit: Visit, bounds: Interval) -> range:
    """The starts listed in a gap: in steps from its beginning, where that leaves nothing, the first that fits."""
    start, stop = on_grid(gap[0]), min(gap[1] - visit.duration + 1, bounds[1])
    if start < bounds[0]:
        start += -(-(bounds[0] - start) // visit.every) * visit.every
        if start >= stop:
            start = bounds[0]
    return range(start, stop, visit.every)


def _bounds(zone: str, visit: Visit, now: datetime, first: int, last: int) -> Interval:
    """Starts lie in this interval: on the dates asked for, after the notice, within the horizon."""
    soonest = on_grid(-((EPOCH - now) // MINUTE) + visit.minimum_notice)
    latest = min(day_starts(zone, last + 1), _horizon_ends(zone, visit, now))
    return max(on_grid(day_starts(zone, first)), soonest), latest


def _horizon_ends(zone: str, visit: Visit, now: datetime) -> int:
    """The end of the last local date that may be booked."""
    return day_starts(zone, local_day(now, zone) + visit.horizon_days + 1)


def _zones(rules: Iterable[Rule], exceptions: Iterable[DateException], location: Hashable) -> set[str]:
    zones = {rule.zone for rule in rules if rule.location == location}
    return zones | {opening.zone for opening in exceptions if opening.adds_hours and opening.location == location}


def _worked(rules: Sequence[Rule], exceptions: Sequence[DateException], location: Hashable, span: Interval) -> bool:
    day = EPOCH.toordinal() + span[0] // DAY
    places = working_time(rules, exceptions, day - 1, day + 2)
    return any(
        lo <= span[0] and span[1] <= hi for place, hours in places.items() if place[0] == location for lo, hi in hours
    )


def _meets(span: Interval, blocked: Iterable[Interval]) -> bool:
    return any(lo < span[1] and span[0] < hi for lo, hi in blocked)


def _blocked(ordered: Iterable[Any], visit: Visit) -> Iterator[Interval]:
    """Where the visit itself cannot lie, lazily: busy time, and the buffers that the visit keeps from it."""
    before, after = visit.buffer_before, visit.buffer_after
    return join((start - after, end + before) for start, end in _minutes(ordered))


def _minutes(ordered: Iterable[Any]) -> Iterator[Interval]:
    for start, end in join(ordered):  # joined first: comparing datetimes is cheaper than converting them
        if isinstance(start, datetime):
            yield (start - EPOCH) // MINUTE, -((EPOCH - end) // MINUTE)
        else:
            yield start, end
