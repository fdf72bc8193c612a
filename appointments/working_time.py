"""When a doctor works: weekly hours and exceptions in, intervals out. Pure, standard library only.

A minute is worked when the clock on the location's wall reads inside a rule: what a clock skips is not worked, what it
repeats is worked twice. The order of precedence, weakest first:

    weekly hours < the clinic's closings < the clinic's openings < the doctor's own openings < the doctor's own closings

An opening that names doctor and location adds hours there. Any other opening adds none: it lifts closings of the clinic
(a public holiday on which the weekly hours hold after all). Hours that touch are one interval, across midnight too.
"""

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from appointments.calendar_time import DAY, Interval, join, on_the_clock, subtract, union

Place = tuple[Hashable, str]  # a location and its zone
STRETCH = 4  # days that are read at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Weekly hours of one doctor at one location, on its wall clock; `ends` 00:00 is the midnight that ends the day.

    `weekday` is ISO (Monday 1), `zone` an IANA name, the dates are inclusive. ValueError when it ends too early.
    """

    doctor: Hashable
    location: Hashable
    zone: str
    weekday: int
    starts: dt.time
    ends: dt.time
    valid_from: dt.date
    valid_until: dt.date | None = None

    def __post_init__(self) -> None:
        _span(self.starts, self.ends)

    def hours(self, first: int, last: int) -> Iterator[Interval]:
        """Its hours on the dates from `first` to `last`, both inclusive."""
        starts, ends = _span(self.starts, self.ends)
        first = max(first, self.valid_from.toordinal())
        if self.valid_until is not None:
            last = min(last, self.valid_until.toordinal())
        for day in range(first + (self.weekday - first) % 7, last + 1, 7):
            yield from on_the_clock(self.zone, day, starts, ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateException:
    """Opens or closes a date or part of it, for one doctor or (doctor None) the clinic, at one location or all.

    Times are wall clock, None is midnight. Closings are read on the clock of each location that they close; an opening
    that names doctor and location needs the `zone` of that location. ValueError without it, or when it ends too early.
    """

    date: dt.date
    opens: bool
    doctor: Hashable | None = None
    location: Hashable | None = None
    starts: dt.time | None = None
    ends: dt.time | None = None
    zone: str = ""

    def __post_init__(self) -> None:
        _span(self.starts, self.ends)
        if self.adds_hours and not self.zone:
            raise ValueError("an opening of a doctor at a location needs the zone of its clock")

    @property
    def adds_hours(self) -> bool:
        """Whether it opens hours of its own, rather than closing some or lifting a closing."""
        return self.opens and self.doctor is not None and self.location is not None

    def hours(self, zone: str) -> Iterable[Interval]:
        """What it opens or closes on the clock of that zone."""
        return on_the_clock(zone, self.date.toordinal(), *_span(self.starts, self.ends))


def only_doctor(rules: Iterable[Rule], exceptions: Iterable[DateException]) -> Hashable | None:
    """The one doctor that they name, None when they name nobody; ValueError when they name two."""
    named = {rule.doctor for rule in rules}
    named.update(exception.doctor for exception in exceptions if exception.doctor is not None)
    if len(named) > 1:
        raise ValueError("rules and exceptions of more than one doctor")
    return next(iter(named), None)


def working_time(
    rules: Sequence[Rule], exceptions: Sequence[DateException], first: int, last: int
) -> dict[Place, Iterator[Interval]]:
    """The working time of one doctor at each place, on the local dates from `first` to `last` (ordinals, inclusive).

    In time order and read off lazily, some days at a time: who needs the first free slots does not pay for weeks.
    """
    near = [exception for exception in exceptions if first <= exception.date.toordinal() <= last]
    weekly: dict[Place, list[Rule]] = {
        (exception.location, exception.zone): [] for exception in near if exception.adds_hours
    }
    for rule in rules:
        weekly.setdefault((rule.location, rule.zone), []).append(rule)
    return {place: join(_day_by_day(place, own, near, first, last)) for place, own in weekly.items()}


def _day_by_day(
    place: Place, rules: Sequence[Rule], exceptions: Sequence[DateException], first: int, last: int
) -> Iterator[Interval]:
    """Hours and exceptions of a date lie within that date, so that any stretch of dates can be read by itself."""
    for begin in range(first, last + 1, STRETCH):
        end = min(begin + STRETCH - 1, last)
        hours = union(interval for rule in rules for interval in rule.hours(begin, end))
        yield from _with_exceptions(
            hours, place, [each for each in exceptions if begin <= each.date.toordinal() <= end]
        )


def _with_exceptions(weekly: list[Interval], place: Place, exceptions: Sequence[DateException]) -> list[Interval]:
    location, zone = place
    here = [exception for exception in exceptions if exception.location in (None, location)]
    if not here:
        return weekly
    added = _hours(zone, [exception for exception in here if exception.adds_hours])
    lifted = _hours(zone, [exception for exception in here if exception.opens and not exception.adds_hours])
    closings = [exception for exception in here if not exception.opens]
    shut = _hours(zone, [closing for closing in closings if closing.doctor is None])
    away = _hours(zone, [closing for closing in closings if closing.doctor is not None])
    kept = subtract(weekly, subtract(shut, lifted))
    return list(subtract(union([*kept, *added]), away))


def _hours(zone: str, exceptions: Iterable[DateException]) -> list[Interval]:
    return union(interval for exception in exceptions for interval in exception.hours(zone))


def _span(starts: dt.time | None, ends: dt.time | None) -> Interval:
    """Minutes since midnight; an end at 00:00 is the midnight that ends the day."""
    lo = starts.hour * 60 + starts.minute if starts else 0
    hi = (ends.hour * 60 + ends.minute if ends else 0) or DAY
    if hi <= lo:
        raise ValueError(f"{starts}–{ends} does not end after it starts")
    return lo, hi
