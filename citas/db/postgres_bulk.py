"""How PostgreSQL takes many rows: by COPY."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from operator import attrgetter
from typing import Any

from django.db import ProgrammingError, connection, connections, models
from psycopg import errors, sql

from citas.db import atomic
from citas.db.bulk import NotOwnerError
from citas.db.intervals import Interval, IntervalField
from citas.db.plain import Column, Kind
from citas.db.timestamps import MillisecondField

WRITERS = 1  # two would wait for each other's locks of doctors and patients: citas.db.guards
# Fields whose values the driver takes as they are; asking each of them a million times takes a minute.
AS_IS = {
    MillisecondField,
    models.BooleanField,
    models.CharField,
    models.DateField,
    models.DateTimeField,
    models.PositiveIntegerField,
    models.TextField,
    models.UUIDField,
}


def store(rows: Sequence[models.Model]) -> None:
    """Store rows of one model in one transaction."""
    meta = rows[0]._meta
    reads = [_reader(field) for field in meta.concrete_fields]
    names = [str(field.column) for field in meta.concrete_fields]
    _copy(meta.db_table, names, ([read(row) for read in reads] for row in rows))


def store_plain(model: Any, columns: Sequence[Column], rows: Sequence[tuple[Any, ...]]) -> None:
    """Store rows of plain values in one transaction."""
    odd = [(place, WRITTEN[column.kind]) for place, column in enumerate(columns) if column.kind in WRITTEN]

    def written(row: tuple[Any, ...]) -> list[Any]:
        values = list(row)
        for place, write in odd:
            values[place] = write(values[place])
        return values

    _copy(model._meta.db_table, [column.name for column in columns], map(written, rows))


def loading(kinds: Sequence[Any]) -> AbstractContextManager[None]:
    """Nothing to prepare: most of the time goes into the exclusion constraints, which must be there."""
    return nullcontext()


def empty(kinds: Iterable[type[models.Model]]) -> None:
    tables = sql.SQL(", ").join(sql.Identifier(kind._meta.db_table) for kind in kinds)
    try:
        with connection.cursor() as cursor:
            # Checks that wait for the end of a transaction would stand in the way.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(tables).as_string(cursor.cursor))
    except ProgrammingError as error:
        if isinstance(error.__cause__, errors.InsufficientPrivilege):
            raise NotOwnerError from error
        raise


def refresh_statistics(kinds: Iterable[type[models.Model]]) -> None:
    with connection.cursor() as cursor:
        for kind in kinds:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(kind._meta.db_table)}")


def _copy(table: str, names: Sequence[str], rows: Iterator[list[Any]]) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with atomic():
        with connection.cursor() as cursor:  # what a power cut loses here is loaded again
            cursor.execute("SET LOCAL synchronous_commit = off")
        # Django's wrapper turns the driver's errors into its own; the driver's cursor knows COPY.
        with connection.cursor() as cursor, connection.wrap_database_errors, cursor.cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


def _range(interval: Interval) -> str:
    """As the engine writes ranges: ten times as fast as by the driver's class."""
    return f"[{interval.start.isoformat()},{interval.end.isoformat()})"


def _plain_range(value: str | None) -> str | None:
    return value and f"[{value.replace('/', ',')})"


# Plain values that are not what COPY takes.
WRITTEN: dict[Kind, Callable[[Any], Any]] = {Kind.INTERVAL: _plain_range, Kind.DOCUMENT: json.dumps}


def _reader(field: Any) -> Callable[[models.Model], Any]:
    """How a row's value for that field is had, in the form that the driver takes."""
    value = attrgetter(field.attname)
    kind = type(getattr(field, "target_field", field))
    if kind in AS_IS:
        return value
    if kind is IntervalField:
        return lambda row: _range(value(row))
    if kind is models.JSONField:
        return lambda row: json.dumps(value(row))
    real = connections[connection.alias]  # the proxy looks itself up at every call
    return lambda row: field.get_db_prep_save(value(row), real)
