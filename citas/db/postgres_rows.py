"""PostgreSQL's snapshots: a read-only transaction, and the server itself writes plain values."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, count
from typing import Any

from django.db import connection, models
from django.db.transaction import atomic
from psycopg.types.json import set_json_loads

from citas import json_text
from citas.beside import ahead
from citas.db.plain import Column, Kind

FETCHED = 200  # rows a time: a row may be large
_numbers = count()  # several may be read beside each other, each by a name of its own
INSTANT = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
# How each kind is said. What is missing is taken as it is.
SAID: dict[Kind, str] = {
    Kind.UUID: "{}::text",
    Kind.INSTANT: INSTANT,
    Kind.DATE: "to_char({}, 'YYYY-MM-DD')",
    Kind.TIME: "to_char({}::interval, 'HH24:MI:SS.MS')",
    Kind.INTERVAL: f"{INSTANT.format('lower({0})')} || '/' || {INSTANT.format('upper({0})')}",
}
# What each kind is sorted by: in the order of its plain values, whatever the database's collation.
SORTED: dict[Kind, str] = {
    Kind.TEXT: '{} COLLATE "C"',
    Kind.INSTANT: "date_trunc('milliseconds', {})",
}


@contextmanager
def snapshot() -> Iterator[PostgresSnapshot]:
    with atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield PostgresSnapshot()


class PostgresSnapshot:
    """Reads within the transaction that `snapshot` has opened."""

    def rows(self, model: Any, columns: Sequence[Column], order: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
        said = ", ".join(_said(column) for column in columns)
        sorting = f" ORDER BY {', '.join(map(_sorted, order))}" if order else ""
        return _read(f"SELECT {said} FROM {_table(model)}{sorting}")  # noqa: S608 - names of our own models

    def distinct(self, model: Any, column: Column) -> Iterator[Any]:
        name = _quoted(column)
        grouped = f"SELECT {name} FROM {_table(model)} WHERE {name} IS NOT NULL GROUP BY {name}"  # noqa: S608
        rows = _read(f"SELECT {_said(column)} FROM ({grouped}) AS found ORDER BY {_sorted(column)}")  # noqa: S608
        return (value for (value,) in rows)

    def taken(self, model: Any, owner: Column, interval: Column, statuses: Sequence[str]) -> Iterator[Any]:
        start, end = (f"date_part('epoch', {side}({_quoted(interval)}))::bigint" for side in ("lower", "upper"))
        key = _said(Column.of(model._meta.pk))
        wanted = f"SELECT {_said(owner)}, {start}, {end}, {key} FROM {_table(model)}"  # noqa: S608
        order = f"ORDER BY {_quoted(owner)}, {_quoted(interval)}"
        return _read(f"{wanted} WHERE status = ANY(%s) {order}", [list(statuses)])


def _read(statement: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """Rows through a cursor of the server's, so that neither side holds them all."""
    with connection.wrap_database_errors:
        yield from chain.from_iterable(ahead(_fetched(connection.connection, statement, parameters)))


def _fetched(raw: Any, statement: str, parameters: Sequence[Any]) -> Generator[list[tuple[Any, ...]], None, None]:
    with raw.cursor(name=f"snapshot{next(_numbers)}") as cursor:
        set_json_loads(json_text.read, cursor)
        cursor.execute(statement, parameters or None)
        while rows := cursor.fetchmany(FETCHED):
            yield rows


def _said(column: Column) -> str:
    return SAID.get(column.kind, "{}").format(_quoted(column))


def _sorted(column: Column) -> str:
    return SORTED.get(column.kind, "{}").format(_quoted(column))


def _quoted(column: Column) -> str:
    return connection.ops.quote_name(column.name)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
