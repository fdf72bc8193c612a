"""SMART Scheduling Links: every Location, Schedule and free Slot as NDJSON, read and sent a piece at a time.

Slots lie in a file a week (ISO weeks in UTC), so that a client that is late for one week reads one file again.
https://github.com/smart-on-fhir/smart-scheduling-links
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from appointments import calendars, openings
from appointments.fhir import repository, resources
from appointments.fhir.errors import Gone
from appointments.fhir.ids import ScheduleId
from appointments.fhir.resources import Resource
from appointments.openings import Offer
from doctors import repository as doctors_repository

A_WEEK = timedelta(days=7)
ROWS = 200  # locations or schedules a piece
DOCTORS = 25  # whose slots are one piece
LINES = 500  # that are sent at once
_WEEK = re.compile(r"slots-(\d{4})-W(\d\d)\.ndjson", re.ASCII)

Pieces = Iterator[list[Resource]]


def manifest(*, now: datetime, site: str) -> dict[str, Any]:
    """What there is to read, at most two years of weeks: one query."""
    monday, last = _monday(now), (now + timedelta(days=repository.longest_horizon() + 1)).date()
    weeks = [monday + number * A_WEEK for number in range((last - monday).days // 7 + 1)]
    files = [("Location", "locations"), ("Schedule", "schedules"), *(("Slot", _week_name(week)) for week in weeks)]
    return {
        "transactionTime": now.replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        "request": f"{site}/fhir/$bulk-publish",
        "requiresAccessToken": False,
        "output": [{"type": kind, "url": f"{site}/fhir/bulk/{name}.ndjson"} for kind, name in files],
        "error": [],
    }


def _monday(now: datetime) -> date:
    today = now.astimezone(UTC).date()
    return today - timedelta(days=today.weekday())


def _week_name(monday: date) -> str:
    year, week, _day = monday.isocalendar()
    return f"slots-{year:04}-W{week:02}"


def pieces(name: str, *, now: datetime, site: str) -> Pieces | None:
    """What a file holds, or None where there is no such file. Raises Gone for a week that is past."""
    if name == "locations.ndjson":
        return _locations()
    if name == "schedules.ndjson":
        return _schedules(now, site)
    monday = _monday_of(name)
    if monday is None or monday > (now + timedelta(days=repository.longest_horizon() + 1)).date():
        return None
    if monday < _monday(now):
        raise Gone
    return _slots(monday, now, site)


def _monday_of(name: str) -> date | None:
    found = _WEEK.fullmatch(name)
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        return None


def lines(pieces: Pieces) -> Iterator[bytes]:
    """A piece's resources, a line each, some hundred at once."""
    for piece in pieces:
        for begin in range(0, len(piece), LINES):
            yield "".join(map(_line, piece[begin : begin + LINES])).encode()


def _line(one: Resource) -> str:
    return json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n"


def _locations() -> Pieces:
    country = doctors_repository.clinic().country
    after: UUID | None = None
    while rows := repository.locations(ids=None, after=after, limit=ROWS):
        yield [resources.location(row, country=country) for row in rows]
        if len(rows) < ROWS:
            return
        after = rows[-1].pk


def _schedules(now: datetime, site: str) -> Pieces:
    after: tuple[UUID, UUID] | None = None
    made = partial(resources.schedule, today=_day_before(now), site=site)
    while rows := repository.schedules(after=after, limit=ROWS, today=_day_before(now)):
        yield [made(row) for row in rows]
        if len(rows) < ROWS:
            return
        after = rows[-1].offering.pk, rows[-1].location.pk


def _day_before(now: datetime) -> date:
    return (now - timedelta(days=1)).date()


def _slots(monday: date, now: datetime, site: str) -> Pieces:
    after: UUID | None = None
    while doctors := repository.bookable_doctors(after=after, limit=DOCTORS):
        yield list(_slots_of(doctors, datetime.combine(monday, time(), UTC), now, site))
        if len(doctors) < DOCTORS:
            return
        after = doctors[-1]


def _slots_of(doctors: list[UUID], monday: datetime, now: datetime, site: str) -> Iterator[Resource]:
    """The free slots of some doctors in one week: four queries."""
    found = repository.offerings_of(doctors)
    keys = {(one.doctor_id, one.visit_type_id): one.pk for one in found}
    offers = [Offer(one.doctor_id, one.visit_type_id, calendars.visit_of(offering=one)) for one in found]
    week: dict[str, Any] = {"since": monday, "until": monday + A_WEEK, "now": now}
    for free in openings.between(offers=offers, location=None, **week, after=None, limit=sys.maxsize):
        yield resources.free_slot(ScheduleId(keys[free.doctor, free.visit_type], free.location), free, site=site)
