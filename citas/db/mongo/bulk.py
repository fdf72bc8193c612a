"""Many documents at once, past the ORM: as the backend would store them, in large batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

from django.db import connections, models
from django.db import connection as django_connection

from citas.db.mongo.errors import translated


connection: Any = django_connection  # its session and database are this backend's own


def insert(rows: Sequence[models.Model]) -> None:
    """Store new rows of one model as they are. Raises IntegrityError for what an index refuses."""
    meta = rows[0]._meta
    columns = [(str(field.column), _reader(field)) for field in meta.concrete_fields]
    documents = [{column: read(row) for column, read in columns} for row in rows]
    with translated():
        _collection(meta.db_table).insert_many(documents, ordered=True, session=connection.session)


def empty(kinds: Iterable[type[models.Model]]) -> None:
    """Delete every document of these models; indexes stay."""
    with translated():
        for kind in kinds:
            _collection(kind._meta.db_table).delete_many({}, session=connection.session)


def _collection(name: str) -> Any:
    return connection.database[name]


def _reader(field: Any) -> Callable[[models.Model], Any]:
    value = attrgetter(field.attname)
    real = connections[connection.alias]  # the proxy looks itself up at every call
    prepare = field.get_db_prep_save
    return lambda row: prepare(value(row), real)
