"""Types of what comes in and goes out: instants, dates, keys, names. pydantic checks them, OpenAPI shows them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:00)?")
_KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


# The default of what may be left out but is never null: it is checked by nobody, and OpenAPI does not show it.
LEFT_OUT: Any = None


class Strict(Schema):
    """Something that is sent: a member that is not listed is an error."""

    model_config = ConfigDict(extra="forbid")


def instant(value: Any) -> datetime:
    """RFC 3339 with an offset. A + that a query has turned into a blank is one again."""
    text = re.sub(r" (?=\d\d:\d\d$)", "+", value) if isinstance(value, str) else ""
    if not _INSTANT.fullmatch(text):
        raise ValueError(_("Write an instant with its offset, such as 2027-03-09T16:30:00+01:00."))
    try:
        read = datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError(_("There is no such instant.")) from None
    try:
        return read.astimezone(UTC)
    except OverflowError:
        return EARLIEST if read.year == 1 else LATEST


def day(value: Any) -> date:
    if not (isinstance(value, str) and _DATE.fullmatch(value)):
        raise ValueError(_("Write a date such as 2027-03-09."))
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(_("There is no such date.")) from None


def day_or_instant(value: Any) -> date | datetime:
    return day(value) if isinstance(value, str) and _DATE.fullmatch(value) else instant(value)


def clock(value: Any) -> time:
    if not (isinstance(value, str) and _TIME.fullmatch(value)):
        raise ValueError(_("Write a time such as 09:30."))
    return time.fromisoformat(value)


def key(value: Any) -> UUID:
    if not (isinstance(value, str) and _KEY.fullmatch(value)):
        raise ValueError(_("Write a key such as 0193e4a0-7c1e-7000-8000-000000000001."))
    return UUID(value)


def _text(format_: str, example: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "format": format_, "examples": [example], **more})


Instant = Annotated[datetime, BeforeValidator(instant), _text("date-time", "2027-03-09T16:30:00+01:00")]
Day = Annotated[date, BeforeValidator(day), _text("date", "2027-03-09")]
DayOrInstant = Annotated[
    date | datetime,
    BeforeValidator(day_or_instant),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}),
]
Clock = Annotated[
    time,
    BeforeValidator(clock),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:00)?$", "examples": ["09:30"]}),
]
Key = Annotated[UUID, BeforeValidator(key), _text("uuid", "0193e4a0-7c1e-7000-8000-000000000001")]
# A thing by its key or by its short name in addresses.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,120}$")]
Limit = Annotated[int, Field(ge=1, le=100)]
# A NUL is refused at the door, whatever it is in.
Search = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]*$")]


def named(word: str, *, slug: str = "slug") -> dict[str, Any]:
    """How a thing is looked for that is named by its key or its short name."""
    return {"pk": UUID(word)} if _KEY.fullmatch(word) else {slug: word}


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(moment: datetime, zone_name: str) -> str:
    """An instant as the clock of its place shows it, with the offset: "2027-03-09T16:30:00+01:00"."""
    return moment.astimezone(zone(zone_name)).isoformat()
