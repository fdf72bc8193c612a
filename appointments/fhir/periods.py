"""Dates of FHIR searches: each is a period as long as it is precise. Pure.

"2027", "2027-03", "2027-03-09", "2027-03-09T16:30+01:00", "2027-03-09T16:30:00+01:00", each after eq, ge, gt, le or lt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

FIRST, LAST = 1900, 2199  # years
_DATE = re.compile(r"(eq|ge|gt|le|lt)?(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_INSTANT = re.compile(r"(eq|ge|gt|le|lt)?(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


class Period(NamedTuple):
    """From an instant to another, which is not in it; None is without end."""

    start: datetime | None
    end: datetime | None


def read(texts: Iterable[str], *, zone: ZoneInfo) -> Period:
    """What all of these allow, one after the other; dates and clocks without an offset are those of the zone.

    Raises ValueError.
    """
    bounds = [_bounds(text, zone) for text in texts]
    starts = [start for start, _end in bounds if start is not None]
    ends = [end for _start, end in bounds if end is not None]
    return Period(max(starts, default=None), min(ends, default=None))


def _bounds(text: str, zone: ZoneInfo) -> Period:
    prefix, start, end = _precise(text, zone)
    if not FIRST <= start.year <= LAST:
        raise ValueError(text)
    return {
        "eq": Period(start, end),
        "ge": Period(start, None),
        "gt": Period(end, None),
        "le": Period(None, end),
        "lt": Period(None, start),
    }[prefix]


def _precise(text: str, zone: ZoneInfo) -> tuple[str, datetime, datetime]:
    if found := _DATE.fullmatch(text):
        prefix, year, month, day = found.groups()
        first = date(int(year), int(month or 1), int(day or 1))
        return prefix or "eq", _midnight(first, zone), _midnight(_following(first, month, day), zone)
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    prefix, minute, seconds, offset = found.groups()
    start = datetime.fromisoformat(f"{minute}{seconds or ':00'}{offset or ''}")
    aware = start.astimezone(UTC) if offset else start.replace(tzinfo=zone).astimezone(UTC)
    return prefix or "eq", aware, aware + timedelta(seconds=1 if seconds else 60)


def _following(first: date, month: str | None, day: str | None) -> date:
    """The first day after this day, month or year."""
    if day:
        return first + timedelta(days=1)
    return date(first.year + 1, 1, 1) if not month or first.month == 12 else date(first.year, first.month + 1, 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
