"""Availability said a second time, minute by minute and without a thought for speed, to compare the real one with.

It shares no code with the implementation but its input types: every minute asks the wall clock of its zone.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from appointments.availability import DateException, Rule, Visit

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DOCTOR, CENTRE, SUBURB = "doctor", "centre", "suburb"
DAYS = [
    ("Europe/Madrid", date(2027, 3, 28)),
    ("Europe/Madrid", date(2027, 10, 31)),
    ("America/Santiago", date(2026, 9, 6)),
    ("America/Santiago", date(2027, 4, 3)),
    ("America/Santiago", date(2027, 4, 4)),
    ("Europe/Madrid", date(2028, 2, 29)),
    ("America/Bogota", date(2028, 2, 29)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
]


@dataclass(frozen=True)
class Case:
    """One doctor's inputs, around a date that is worth a look; `zones` by location."""

    zones: dict[str, str]
    rules: list[Rule]
    exceptions: list[DateException]
    busy: list[tuple[datetime, datetime]]
    visit: Visit
    now: datetime
    first: date
    last: date

    def known(self) -> dict:
        return {name: getattr(self, name) for name in ("rules", "exceptions", "busy", "visit", "now")}

    def minutes(self) -> range:
        """Every UTC minute of the dates asked for and of half a day on either side."""
        noon = datetime(self.first.year, self.first.month, self.first.day, 12, tzinfo=UTC)
        start = (noon - EPOCH) // MINUTE - 1440
        return range(start, start + ((self.last - self.first).days + 2) * 1440)


@lru_cache(maxsize=100_000)
def wall(minute: int, zone: str) -> tuple[date, time]:
    shown = (EPOCH + minute * MINUTE).astimezone(ZoneInfo(zone))
    return shown.date(), shown.time()


def reads(shown: time, starts: time | None, ends: time | None) -> bool:
    return (starts or time(0)) <= shown and (ends in (None, time(0)) or shown < ends)


def on_date(case: Case, location: str, day: date) -> tuple[list[Rule], list[DateException]]:
    rules = [
        rule
        for rule in case.rules
        if rule.location == location
        and rule.weekday == day.isoweekday()
        and rule.valid_from <= day <= (rule.valid_until or date.max)
    ]
    return rules, [e for e in case.exceptions if e.date == day and e.location in (None, location)]


def reads_as_worked(shown: time, rules: list[Rule], exceptions: list[DateException]) -> bool:
    now = [exception for exception in exceptions if reads(shown, exception.starts, exception.ends)]
    if any(not exception.opens and exception.doctor for exception in now):
        return False
    if any(exception.opens and exception.doctor and exception.location for exception in now):
        return True
    weekly = any(reads(shown, rule.starts, rule.ends) for rule in rules)
    return weekly and (any(exception.opens for exception in now) or not now)


def worked_minutes(case: Case, location: str, minutes: Iterable[int] | None = None) -> set[int]:
    """Which of these minutes (by default of all) are worked there."""
    by_date: dict[date, list[tuple[int, time]]] = defaultdict(list)
    for minute in case.minutes() if minutes is None else minutes:
        day, shown = wall(minute, case.zones[location])
        by_date[day].append((minute, shown))
    return {
        minute
        for day, readings in by_date.items()
        for rules, exceptions in [on_date(case, location, day)]
        for minute, shown in readings
        if reads_as_worked(shown, rules, exceptions)
    }


def free_minutes(case: Case, location: str) -> set[int]:
    """Worked minutes that are farther from busy time than the visit's buffers."""
    blocked = set()
    for start, end in case.busy:
        lo, hi = (start - EPOCH) // MINUTE, (end - EPOCH) // MINUTE
        blocked.update(range(lo - case.visit.buffer_after, hi + case.visit.buffer_before))
    return worked_minutes(case, location) - blocked


def gaps(minutes: set[int]) -> list[tuple[int, int]]:
    starts = sorted(minute for minute in minutes if minute - 1 not in minutes)
    ends = sorted(minute + 1 for minute in minutes if minute + 1 not in minutes)
    return list(zip(starts, ends, strict=True))


def is_allowed(case: Case, location: str, minute: int) -> bool:
    """Whether grid, notice, horizon and the dates asked for allow a start."""
    if minute % 5 or EPOCH + minute * MINUTE < case.now + case.visit.minimum_notice * MINUTE:
        return False
    zone = case.zones[location]
    horizon = case.now.astimezone(ZoneInfo(zone)).date() + timedelta(days=case.visit.horizon_days)
    return case.first <= wall(minute, zone)[0] <= min(case.last, horizon)


def fitting_starts(case: Case, location: str) -> list[list[int]]:
    """Every start that may be booked, gap by gap."""
    return [
        [
            start
            for start in range(-(-lo // 5) * 5, hi - case.visit.duration + 1, 5)
            if is_allowed(case, location, start)
        ]
        for lo, hi in gaps(free_minutes(case, location))
    ]


def listed_starts(case: Case, location: str) -> list[int]:
    """The starts to list: in steps from where a gap begins; when the notice swallowed those, the first that fits."""
    since = max(case.first, case.now.astimezone(UTC).date() - timedelta(days=1))
    every = case.visit.step or case.visit.duration
    found = []
    for lo, hi in gaps(free_minutes(case, location)):
        gap = [m for m in range(lo, hi) if m % 5 == 0 and wall(m, case.zones[location])[0] >= since]
        fitting = [m for m in gap if m + case.visit.duration <= hi and is_allowed(case, location, m)]
        found += [m for m in fitting if (m - gap[0]) % every == 0] or fitting[:1]
    return found


offsets = st.integers(-1, 2)
clocks = st.integers(0, 1439)
spans = st.tuples(clocks, clocks).map(lambda span: (clock(min(span)), clock(max(span) + 1)))
fives = st.integers(0, 24).map(lambda count: 5 * count)
lengths = st.integers(1, 24).map(lambda count: 5 * count)
visits = st.builds(
    Visit,
    duration=lengths,
    buffer_before=fives,
    buffer_after=fives,
    step=st.none() | lengths,
    minimum_notice=st.integers(0, 2000),
    horizon_days=st.integers(0, 4),
)
busy_spans = st.tuples(st.integers(-36 * 12, 60 * 12), st.integers(1, 60))


def clock(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


# Strategies are made once for each clinic: making them inside a composite takes longer than the test itself.
@lru_cache
def days_near(day: date) -> st.SearchStrategy[date]:
    return offsets.map(lambda offset: day + timedelta(days=offset))


@lru_cache
def rules(day: date, location: str, zone: str) -> st.SearchStrategy[Rule]:
    return st.builds(
        lambda weekly, span, since, until: Rule(
            doctor=DOCTOR,
            location=location,
            zone=zone,
            weekday=weekly.isoweekday(),
            starts=span[0],
            ends=span[1],
            valid_from=since,
            valid_until=until,
        ),
        days_near(day),
        spans,
        st.just(date(2020, 1, 1)) | days_near(day),
        st.none() | days_near(day),
    )


@lru_cache
def exceptions(day: date, location: str | None, zone: str) -> st.SearchStrategy[DateException]:
    return st.builds(
        lambda near, opens, doctor, span: DateException(
            date=near, opens=opens, doctor=doctor, location=location, starts=span[0], ends=span[1], zone=zone
        ),
        days_near(day),
        st.booleans(),
        st.sampled_from([None, DOCTOR]),
        st.just((None, None)) | spans,
    )


@lru_cache
def cases_of(day: date, centre: str, suburb: str) -> st.SearchStrategy[Case]:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    ticks = 5 * MINUTE
    return st.builds(
        lambda rules, exceptions, busy, visit, seconds, first, days: Case(
            zones={CENTRE: centre, SUBURB: suburb},
            rules=rules,
            exceptions=exceptions,
            busy=[(noon + start * ticks, noon + (start + length) * ticks) for start, length in busy],
            visit=visit,
            now=noon + timedelta(seconds=seconds),
            first=first,
            last=first + timedelta(days=days),
        ),
        st.lists(rules(day, CENTRE, centre) | rules(day, SUBURB, suburb), min_size=1, max_size=6),
        st.lists(exceptions(day, None, "") | exceptions(day, CENTRE, centre), max_size=4),
        st.lists(busy_spans, max_size=8),
        visits,
        st.integers(-4 * 86400, 86400),
        days_near(day),
        st.integers(0, 2),
    )


def cases() -> st.SearchStrategy[Case]:
    clinics = [(day, zone, suburb) for zone, day in DAYS for suburb in (zone, "Atlantic/Canary", "America/Bogota")]
    return st.sampled_from(clinics).flatmap(lambda clinic: cases_of(*clinic))
