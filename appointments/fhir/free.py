"""Free time as FHIR asks for it: a window of at most 62 days of one schedule, or one start of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from appointments import calendars, openings
from appointments.availability import Reason
from appointments.fhir.errors import Gone, TooWide
from appointments.fhir.periods import Period
from appointments.fhir.repository import Schedule
from appointments.openings import Offer, Opening

LONGEST = timedelta(days=62)
SWITCHES = timedelta(hours=2)  # days on which clocks change are longer


class Window(NamedTuple):
    """From an instant to another, which is not in it."""

    since: datetime
    until: datetime


def window(asked: Period, *, now: datetime) -> Window:
    """The part of a period that is not past; without an end 62 days of it. Raises TooWide."""
    since = now if asked.start is None else max(asked.start, now)
    until = since + LONGEST if asked.end is None else asked.end
    if until - since > LONGEST + SWITCHES:
        raise TooWide
    return Window(since, until)


def page(of: Schedule, within: Window, *, after: datetime | None, limit: int, now: datetime) -> list[Opening]:
    """The first free starts of a schedule in a window, after one of them: three queries."""
    offer = offer_of(of)
    place = None if after is None else (after, offer.doctor, offer.visit_type)
    where: dict[str, Any] = {"offers": [offer], "location": of.location.pk, **within._asdict()}
    return openings.between(**where, now=now, after=place, limit=limit)


def offer_of(of: Schedule) -> Offer:
    return Offer(of.offering.doctor_id, of.offering.visit_type_id, calendars.visit_of(offering=of.offering))


def ends_at(of: Schedule, starts_at: datetime) -> datetime:
    return starts_at + timedelta(minutes=calendars.visit_of(offering=of.offering).duration)


def status(of: Schedule, starts_at: datetime, *, now: datetime) -> str | None:
    """free, busy, busy-unavailable when it is too late to book it, or None where there is no such slot.

    Raises Gone for what is past. http://hl7.org/fhir/R4/valueset-slotstatus.html
    """
    where: dict[str, Any] = {"offering": of.offering, "location": of.location.pk, "starts_at": starts_at, "now": now}
    reason = calendars.obstacle(**where, relaxed=True)
    if reason is Reason.PAST:
        raise Gone
    if reason is None:
        notice = timedelta(minutes=of.offering.visit_type.minimum_notice)
        return "busy-unavailable" if starts_at < now + notice else "free"
    return "busy" if reason is Reason.BUSY else None
