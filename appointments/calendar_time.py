"""Wall clocks and UTC, in whole minutes since 1970-01-01T00:00Z. Standard library only.

Integers make the search for free slots fast, and going through UTC makes the days right on which clocks change. Days
are proleptic ordinals (`date.toordinal()`), intervals are half-open pairs `(lo, hi)`, zones are IANA names.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

Interval = tuple[int, int]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()
MINUTE = timedelta(minutes=1)
DAY = 24 * 60
GRID = 5  # minutes: every start, duration and buffer is a multiple of it
EARLIEST_ZONE, LATEST_ZONE = 14 * 60, 12 * 60  # UTC+14 begins a date first, UTC-12 ends it last


def since_epoch(moment: datetime) -> timedelta:
    """The exact distance of an aware datetime from the epoch; ValueError when it is naive."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} names no time zone")
    return moment - EPOCH


def instant(minute: int) -> datetime:
    """The aware UTC datetime of a minute."""
    return EPOCH + timedelta(minutes=minute)


def on_grid(minutes: int) -> int:
    """The first multiple of five minutes that is not before `minutes`."""
    return -(-minutes // GRID) * GRID


def local_day(moment: datetime, zone: str) -> int:
    """The date that the wall shows at an aware datetime."""
    return moment.astimezone(ZoneInfo(zone)).toordinal()


def _offset(minute: int, zone: ZoneInfo) -> int:
    shown = instant(minute).astimezone(zone).replace(tzinfo=UTC)
    return (shown - EPOCH) // MINUTE - minute


def _steady(lo: int, hi: int, zone: ZoneInfo) -> list[tuple[int, int, int]]:
    """Split [lo, hi) where the offset changes. No zone changes it and changes it back within two days."""
    offset = _offset(lo, zone)
    if hi - lo == 1 or offset == _offset(hi - 1, zone):
        return [(lo, hi, offset)]
    middle = (lo + hi) // 2
    return _steady(lo, middle, zone) + _steady(middle, hi, zone)


@lru_cache(maxsize=4096)
def _stretches(zone: str, day: int) -> tuple[tuple[int, int, int], ...]:
    """Stretches of UTC with one offset each, as (lo, hi, offset), that together cover the date in that zone."""
    midnight = (day - EPOCH_DAY) * DAY
    return tuple(_steady(midnight - EARLIEST_ZONE, midnight + DAY + LATEST_ZONE, ZoneInfo(zone)))


@lru_cache(maxsize=16384)
def on_the_clock(zone: str, day: int, starts: int, ends: int) -> tuple[Interval, ...]:
    """When the clock reads from `starts` to `ends` (minutes since midnight, at most 1440) on that date.

    What a clock skips never happens; what it repeats happens twice, as one longer interval or as two.
    """
    midnight = (day - EPOCH_DAY) * DAY
    return tuple(
        union(
            (max(lo, midnight + starts - offset), min(hi, midnight + ends - offset))
            for lo, hi, offset in _stretches(zone, day)
        )
    )


def day_starts(zone: str, day: int) -> int:
    """The first minute of a date in that zone: 00:00, or 01:00 where midnight is skipped."""
    midnight = (day - EPOCH_DAY) * DAY
    return next(max(lo, midnight - offset) for lo, hi, offset in _stretches(zone, day) if midnight - offset < hi)


def join(ordered: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """Sorted intervals as disjoint ones that do not touch, lazily; empty ones vanish. Takes datetimes too."""
    rest = iter(ordered)
    start, end = next(rest, (0, 0))
    for lo, hi in rest:
        if lo > end:
            if start < end:
                yield start, end
            start, end = lo, hi
        elif hi > end:
            end = hi
    if start < end:
        yield start, end


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Intervals in any order, joined."""
    return list(join(sorted(intervals)))


def subtract(intervals: Iterable[Interval], holes: Iterable[Interval]) -> Iterator[Interval]:
    """What of the intervals no hole covers, lazily. Both come joined."""
    rest = iter(holes)
    hole = next(rest, None)
    for lo, hi in intervals:
        begin = lo
        while hole and hole[1] <= begin:
            hole = next(rest, None)
        while hole and hole[0] < hi:
            if begin < hole[0]:
                yield begin, hole[0]
            begin = hole[1]
            if begin >= hi:
                break  # this hole may reach into the next interval
            hole = next(rest, None)
        if begin < hi:
            yield begin, hi
