"""Values as every engine can say them: what snapshots give and what bulk loading takes, in text, numbers and lists.

| a field of | is here |
| --- | --- |
| keys (UUID) | "0193e4a0-7c1e-7000-8000-000000000001" |
| instants | "2027-03-02T09:00:00.000Z": UTC, cut to the millisecond |
| dates, times of day | "2027-03-02", "09:00:00.000" |
| intervals | start and end, "2027-03-02T09:00:00.000Z/2027-03-02T09:20:00.000Z" |
| tokens | a list of text |
| documents (JSON) | what json.loads gives |
| whole numbers, Booleans, text | themselves |

A key that an engine makes up itself (a number, an ObjectId) passes as it is: it means nothing elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from django.db import models

from citas.db.intervals import IntervalField
from citas.db.tokens import TokensField

LARGEST = 2**63 - 1  # a whole number of more bits is none of MongoDB's


def shortest(number: float) -> int:
    """The whole number with the same digits as a large floating one is written with: 1e22 has one and 22 zeros."""
    return int(Decimal(repr(number)))


class Kind(Enum):
    UUID = "key"
    INSTANT = "instant"
    DATE = "date"
    TIME = "time"
    INTERVAL = "interval"
    TOKENS = "tokens"
    DOCUMENT = "document"
    WHOLE = "whole number"
    TRUTH = "yes or no"
    TEXT = "text"
    MADE_UP = "key of the engine's own"


# A field is what the first class says that it is one of.
KINDS: tuple[tuple[type[models.Field], Kind], ...] = (
    (models.UUIDField, Kind.UUID),
    (models.DateTimeField, Kind.INSTANT),
    (models.DateField, Kind.DATE),
    (models.TimeField, Kind.TIME),
    (IntervalField, Kind.INTERVAL),
    (TokensField, Kind.TOKENS),
    (models.JSONField, Kind.DOCUMENT),
    (models.BooleanField, Kind.TRUTH),
    (models.IntegerField, Kind.WHOLE),
    (models.CharField, Kind.TEXT),
    (models.TextField, Kind.TEXT),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A field as the engine keeps it."""

    name: str
    kind: Kind
    nullable: bool
    small: bool

    @classmethod
    def of(cls, field: Any) -> Column:
        """Raises TypeError for a kind of field that nobody has thought of yet."""
        target = getattr(field, "target_field", field)
        small = "Small" in target.get_internal_type()
        return cls(field.column, kind_of(target), field.null, small)


def kind_of(field: Any) -> Kind:
    # A number that PostgreSQL counts up is one of these, and so are MongoDB's ObjectIds.
    if isinstance(field, models.fields.AutoFieldMixin):
        return Kind.MADE_UP
    for known, kind in KINDS:
        if isinstance(field, known):
            return kind
    raise TypeError(f"{field}: no plain value is known for a {type(field).__name__}")


_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MINUTE = re.compile(r".{14}[0-5][05]:00\.000Z")


# The same keys, instants and stretches come again and again.
_remembered = lru_cache(maxsize=1 << 14)


@_remembered
def _is_uuid(value: str) -> bool:
    return bool(_UUID.fullmatch(value))


@_remembered
def _is_instant(value: Any) -> bool:
    return type(value) is str and len(value) == 24 and value[-1] == "Z" and bool(datetime.fromisoformat(value))


@_remembered
def _is_interval(value: Any) -> bool:
    start, slash, end = value.partition("/")
    on_grid = all(_is_instant(instant) and _MINUTE.fullmatch(instant) for instant in (start, end))
    return slash == "/" and on_grid and start < end


def _is_tokens(value: Any) -> bool:
    return type(value) is list and all(type(token) is str for token in value)


# Each says whether a value is one of its kind, or raises ValueError, TypeError or AttributeError where it is not.
IS: dict[Kind, Callable[[Any], bool]] = {
    Kind.UUID: _is_uuid,
    Kind.INSTANT: _is_instant,
    Kind.DATE: lambda value: len(value) == 10 and bool(date.fromisoformat(value)),
    Kind.TIME: lambda value: len(value) == 12 and time.fromisoformat(value) is not None,
    Kind.INTERVAL: _is_interval,
    Kind.TOKENS: _is_tokens,
    Kind.DOCUMENT: lambda value: True,
    Kind.WHOLE: lambda value: type(value) is int and -LARGEST <= value <= LARGEST,
    Kind.TRUTH: lambda value: type(value) is bool,
    Kind.TEXT: lambda value: type(value) is str,
}
