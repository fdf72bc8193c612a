"""How MongoDB takes many rows: documents, made without models' own ways and sent by the driver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time
from functools import lru_cache
from operator import attrgetter
from typing import Any

from bson import Int64
from django.apps import apps
from django.db import DataError, connections, models
from django.db import connection as django_connection

from citas.db.intervals import EPOCH, GRID, IntervalField, ticks
from citas.db.mongo.errors import translated
from citas.db.mongo.schema import IndexesOf
from citas.db.plain import LARGEST, Column, Kind, shortest
from citas.db.timestamps import MillisecondField

connection: Any = django_connection  # its session and database are this backend's own
WRITERS = 2
INDEXERS = 2
# Fields whose values the driver takes as they are; asking each of them a million times takes a minute.
AS_IS = {
    MillisecondField,
    models.BooleanField,
    models.CharField,
    models.DateTimeField,
    models.JSONField,
    models.PositiveSmallIntegerField,
    models.TextField,
}


def store(rows: Sequence[models.Model]) -> None:
    """Store rows of one model. Rows that are not refused stay, also when others are."""
    meta = rows[0]._meta
    reads = [(str(field.column), _reader(field)) for field in meta.concrete_fields]
    documents = [{name: read(row) for name, read in reads} for row in rows]
    for document in documents:
        if document.get("_id", document) is None:  # a key that the engine makes up
            del document["_id"]
    _insert(meta.db_table, documents)


def store_plain(model: Any, columns: Sequence[Column], rows: Sequence[tuple[Any, ...]]) -> None:
    """Store rows of plain values."""
    names = [column.name for column in columns]
    odd = [(column.name, write) for column in columns if (write := _writer(column))]
    documents = [dict(zip(names, row, strict=True)) for row in rows]
    for document in documents:
        for name, write in odd:
            value = document[name]
            if value is not None:
                document[name] = write(value)
    try:
        _insert(model._meta.db_table, documents)
    except OverflowError:
        _insert(model._meta.db_table, [_fitting(document) for document in documents])


@contextmanager
def loading(kinds: Sequence[Any]) -> Iterator[None]:
    """Make the indexes that only serve searches when all is loaded, which takes a third of the time.

    Those of collections with documents stay. All that are missing are made at the end, also after an error; a load that
    was killed leaves them to the next.
    """
    for kind in kinds:
        collection = connection.database[kind._meta.db_table]
        if collection.find_one({}, {"_id": 1}) is None:
            for name, index in collection.index_information().items():
                if name != "_id_" and not index.get("unique"):
                    collection.drop_index(name)
    try:
        yield
    finally:
        _index(kinds)


def _index(kinds: Sequence[Any]) -> None:
    """Make what indexes are missing, each half of a collection's on a thread: those of one call share its documents."""
    editor = IndexesOf(connection)
    with translated(), ThreadPoolExecutor(max_workers=INDEXERS) as threads:
        for kind in kinds:
            collection, indexes = connection.database[kind._meta.db_table], editor.of(kind)
            shares = [share for start in range(INDEXERS) if (share := indexes[start::INDEXERS])]
            list(threads.map(collection.create_indexes, shares))  # those that are there already cost nothing


def empty(kinds: Iterable[type[models.Model]]) -> None:
    """Indexes stay: only documents go."""
    for kind in _with_what_refers_to(kinds):
        with translated():
            connection.database[kind._meta.db_table].delete_many({}, session=connection.session)


def refresh_statistics(kinds: Iterable[type[models.Model]]) -> None:
    """MongoDB's planner tries its plans out and keeps no statistics."""


def _insert(table: str, documents: list[dict[str, Any]]) -> None:
    with translated():
        connection.database[table].insert_many(documents, ordered=False, session=connection.session)


def _with_what_refers_to(kinds: Iterable[type[models.Model]]) -> list[Any]:
    """These models and those whose rows refer to them, those between many-to-many fields among them."""
    found: list[Any] = list(kinds)
    for kind in found:
        for model in apps.get_models(include_auto_created=True):
            refers = any(field.related_model is kind for field in model._meta.concrete_fields)
            if refers and model not in found:
                found.append(model)
    return found


def _reader(field: Any) -> Callable[[models.Model], Any]:
    """How a row's value for that field is had, in the form that the driver takes."""
    value = attrgetter(field.attname)
    kind = type(getattr(field, "target_field", field))
    if kind in AS_IS:
        return value
    if kind is models.UUIDField:
        return lambda row: found if (found := value(row)) is None else getattr(found, "hex", found)
    if kind is IntervalField:
        return lambda row: ticks(value(row))
    real = connections[connection.alias]  # the proxy looks itself up at every call
    return lambda row: field.get_db_prep_save(value(row), real)


def _writer(column: Column) -> Callable[[Any], Any] | None:
    """How a plain value of this column is written, where it is not what the driver takes."""
    if column.kind is Kind.WHOLE and not column.small:
        return Int64
    return WRITTEN.get(column.kind)


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value[:-1])


def _time(value: str) -> datetime:
    return datetime.combine(date.min, time.fromisoformat(value))


def _ticks(value: str) -> list[int]:
    return list(range(_tick(value[:24]), _tick(value[25:])))


@lru_cache(maxsize=1 << 14)
def _tick(instant: str) -> int:
    return (_instant(instant).replace(tzinfo=UTC) - EPOCH) // GRID


WRITTEN: dict[Kind, Callable[[Any], Any]] = {
    Kind.UUID: lambda value: value.replace("-", ""),
    Kind.INSTANT: _instant,
    Kind.DATE: datetime.fromisoformat,
    Kind.TIME: _time,
    Kind.INTERVAL: _ticks,
}


def _fitting(value: Any) -> Any:
    """Whole numbers of more than 64 bits as floating point, where that says the same. Raises DataError elsewhere."""
    if isinstance(value, dict):
        return {key: _fitting(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_fitting(each) for each in value]
    return value if not isinstance(value, int) or abs(value) <= LARGEST else _floating(value)


def _floating(number: int) -> float:
    with suppress(OverflowError):
        if shortest(float(number)) == number:
            return float(number)
    raise DataError("a whole number has more digits than MongoDB can keep")
