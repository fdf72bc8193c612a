"""Stretches of time that the database itself can compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.lookups import FieldGetDbPrepValueMixin
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import TimestamptzRange

STEP = 5
GRID = timedelta(minutes=STEP)


def on_grid(instant: datetime) -> bool:
    """Whether an aware instant lies on the 5-minute grid of UTC."""
    return instant.minute % 5 == 0 and not instant.second and not instant.microsecond


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` up to, not including, `end`: aware instants on the 5-minute grid, kept in UTC.

    Raises ValueError for a naive, off-grid, empty or reversed pair.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            instant = getattr(self, name)
            if instant.tzinfo is None:
                raise ValueError("an interval needs aware instants")
            object.__setattr__(self, name, instant.astimezone(UTC))
        if not (on_grid(self.start) and on_grid(self.end)):
            raise ValueError("an interval starts and ends on the 5-minute grid")
        if self.start >= self.end:
            raise ValueError("an interval ends after it starts")

    def overlaps(self, other: Interval) -> bool:
        return self.start < other.end and other.start < self.end


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ticks(interval: Interval) -> list[int]:
    """The 5-minute steps since 1970 that an interval covers: what MongoDB keeps and its unique index compares."""
    return list(range((interval.start - EPOCH) // GRID, (interval.end - EPOCH) // GRID))


def from_ticks(steps: Sequence[int]) -> Interval:
    return Interval(EPOCH + steps[0] * GRID, EPOCH + (steps[-1] + 1) * GRID)


class IntervalField(models.Field):
    """An Interval: `tstzrange` on PostgreSQL, the list of its 5-minute ticks on MongoDB.

    The look-up `overlaps` takes an Interval.
    """

    description = _("Interval of time")

    def db_type(self, connection: Any) -> str:
        return "array" if connection.vendor == "mongodb" else "tstzrange"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Interval | None:
        if value is None:
            return None
        return from_ticks(value) if connection.vendor == "mongodb" else Interval(value.lower, value.upper)

    def get_db_prep_value(self, value: Interval | None, connection: Any, prepared: bool = False) -> Any:
        if not isinstance(value, Interval):
            return value
        return ticks(value) if connection.vendor == "mongodb" else TimestamptzRange(value.start, value.end, "[)")

    def to_python(self, value: Any) -> Interval | None:
        if value is None or isinstance(value, Interval):
            return value
        start, _slash, end = str(value).partition("/")
        try:
            return Interval(datetime.fromisoformat(start), datetime.fromisoformat(end))
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def value_to_string(self, obj: models.Model) -> str:
        interval: Any = self.value_from_object(obj)
        return "" if interval is None else f"{interval.start.isoformat()}/{interval.end.isoformat()}"


@IntervalField.register_lookup
class Overlaps(FieldGetDbPrepValueMixin, models.Lookup):
    lookup_name = "overlaps"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} && {right}::tstzrange", [*left_params, *right_params]

    def as_mql_path(self, compiler: Any, connection: Any) -> dict[str, Any]:
        return {self.lhs.as_mql(compiler, connection): {"$in": ticks(self.rhs)}}


class Minutes(models.Aggregate):
    """Start and end of each IntervalField of a group, in minutes since 1970 (UTC): cheap to read by the thousand.

    One aggregate of pairs, a list of [start, end]: nothing says that two aggregates keep the same order.
    """

    # The values come as the engine gives them: lists of whole numbers.
    output_field = models.Field()

    def as_sql(self, compiler: Any, connection: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        # date_part counts in floating point, exact for minutes and cheaper than the decimals of extract.
        minutes = "(date_part('epoch', {}(%(expressions)s)) / 60)::int"
        pair = f"ARRAY[{minutes.format('lower')}, {minutes.format('upper')}]"
        return super().as_sql(compiler, connection, template=f"array_agg({pair})")

    def as_mql_expr(self, compiler: Any, connection: Any, resolve_inner_expression: bool = False) -> dict[str, Any]:
        steps = self.get_source_expressions()[0].as_mql(compiler, connection, as_expr=True)
        start, last = ({"$multiply": [{end: steps}, STEP]} for end in ("$first", "$last"))
        # A list by itself would be read as several operands.
        return {"$push": {"$concatArrays": [[start, {"$add": [last, STEP]}]]}}
