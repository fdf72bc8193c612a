"""Many rows at once: stored the engine's fastest way, past its indexes, constraints and triggers all the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connection, connections, models
from psycopg import errors, sql

from citas.db import atomic, on_mongo
from citas.db.intervals import Interval, IntervalField
from citas.db.mongo import bulk as mongo_bulk
from citas.db.timestamps import MillisecondField

# Each appointment locks its doctor and its patient until the end of the transaction (citas.db.guards), and a server
# with the usual settings has room for 6,400 locks.
BATCH = 2000
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


class NotOwnerError(Exception):
    """Emptying is refused: this database user does not own the tables."""


def load(rows: Iterable[models.Model], *, batch: int = BATCH) -> Iterator[int]:
    """Store new rows of one model as they are (nothing is filled in), and yield how many after each batch.

    Each batch is one transaction, unless the caller has opened one. Raises what a refused insert raises.
    """
    waiting = iter(rows)
    chunks: Iterator[list[models.Model]] = iter(lambda: list(islice(waiting, batch)), [])
    return map(_store, chunks) if connection.in_atomic_block else _beside(chunks)


def load_all(rows: Sequence[models.Model]) -> None:
    """Store new rows of one model as they are."""
    for _stored in load(rows):
        pass


def is_empty(kinds: Iterable[type[models.Model]]) -> bool:
    return not any(kind._default_manager.exists() for kind in kinds)


def empty(kinds: Iterable[type[models.Model]]) -> None:
    """Remove every row of these models and of what refers to them, past triggers. Raises NotOwnerError."""
    if on_mongo():
        mongo_bulk.empty([*kinds, *_referring(kinds)])
        return
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
    """Let the planner know what has just been loaded, before the engine finds out by itself."""
    if on_mongo():
        return  # it tries its plans out and keeps no statistics
    with connection.cursor() as cursor:
        for kind in kinds:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(kind._meta.db_table)}")


def _beside(chunks: Iterable[list[models.Model]]) -> Iterator[int]:
    """Store each chunk on another thread's connection while the next is being made: both take long."""
    with ThreadPoolExecutor(max_workers=1) as writer:
        pending: Future[int] | None = None
        try:
            for chunk in chunks:
                if pending is not None:
                    yield pending.result()
                pending = writer.submit(_store, chunk)
            if pending is not None:
                yield pending.result()
        finally:
            writer.submit(connections.close_all)


def _referring(kinds: Iterable[type[models.Model]]) -> set[type[models.Model]]:
    """What has no meaning without these: rows that link them to others."""
    links: Iterable[Any] = (field.remote_field for kind in kinds for field in kind._meta.local_many_to_many)
    return {link.through for link in links}


def _store(rows: list[models.Model]) -> int:
    if on_mongo():
        mongo_bulk.insert(rows)
    else:
        with atomic():
            with connection.cursor() as cursor:  # what a power cut loses here is loaded again
                cursor.execute("SET LOCAL synchronous_commit = off")
            _copy(rows)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return len(rows)


def _copy(rows: list[models.Model]) -> None:
    meta = rows[0]._meta
    reads = [_reader(field) for field in meta.concrete_fields]
    columns = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in meta.concrete_fields)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(meta.db_table), columns)
    # Django's wrapper turns the driver's errors into its own; the driver's cursor knows COPY.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([read(row) for read in reads])


def _range(interval: Interval) -> str:
    """As the engine writes ranges: ten times as fast as by the driver's class."""
    return f"[{interval.start.isoformat()},{interval.end.isoformat()})"


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
