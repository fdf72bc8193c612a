"""MongoDB's snapshots: one session whose reads all see the same moment, while the server still remembers it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection as django_connection
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from citas.db.intervals import STEP, from_ticks
from citas.db.mongo.errors import code_of, translated
from citas.db.plain import Column, Kind
from citas.db.snapshot import SnapshotExpired

connection: Any = django_connection  # its database is this backend's own
WINDOW = 300  # seconds, unless the server says otherwise
CHECKED = 1000  # documents between two looks at the clock
FETCHED = 500  # documents a time: the driver's own 16 MB are ten times as much in Python
FORGOTTEN = {239, 246}  # SnapshotTooOld, SnapshotUnavailable


@contextmanager
def snapshot(*, window: float | None = None) -> Iterator[MongoSnapshot]:
    """`window` is how many seconds it may take, by default as long as the server keeps history."""
    connection.ensure_connection()
    client: Any = connection.connection
    longest = _window(client) if window is None else window
    _settle(client)
    with translated(), client.start_session(snapshot=True) as session:
        yield MongoSnapshot(connection.database, session, longest)


def _window(client: Any) -> float:
    """How long the server keeps history. Who may not ask is told the usual."""
    try:
        found = client.admin.command("getParameter", 1, minSnapshotHistoryWindowInSeconds=1)
    except OperationFailure:
        return WINDOW
    return found["minSnapshotHistoryWindowInSeconds"]


def _settle(client: Any) -> None:
    """Wait until what is written is with the majority: a snapshot sees nothing younger."""
    here = client.get_database(connection.database.name)
    with client.start_session(causal_consistency=True) as session:
        here.django_migrations.find_one({}, {"_id": 1}, session=session)
        sure = here.django_migrations.with_options(read_concern=ReadConcern("majority"))
        sure.find_one({}, {"_id": 1}, session=session)


class MongoSnapshot:
    """Reads within the session that `snapshot` has opened."""

    def __init__(self, database: Any, session: Any, window: float) -> None:
        self.database, self.session, self.window = database, session, window
        self.opened = time.monotonic()

    def rows(self, model: Any, columns: Sequence[Column], order: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
        wanted = {"_id": 0} | {column.name: 1 for column in columns}
        sorting = [(column.name, 1) for column in order]
        found = self.database[model._meta.db_table].find(
            {}, wanted, sort=sorting or None, session=self.session, batch_size=FETCHED, allow_disk_use=True
        )
        says = [(column.name, SAID.get(column.kind, _same)) for column in columns]
        for document in self._in_time(found):
            yield tuple([say(document.get(name)) for name, say in says])

    def distinct(self, model: Any, column: Column) -> Iterator[Any]:
        name, say = column.name, SAID.get(column.kind, _same)
        stages: list[Any] = [{"$match": {name: {"$ne": None}}}, {"$group": {"_id": f"${name}"}}, {"$sort": {"_id": 1}}]
        return (say(document["_id"]) for document in self._aggregate(model, stages))

    def taken(self, model: Any, owner: Column, interval: Column, statuses: Sequence[str]) -> Iterator[Any]:
        key = Column.of(model._meta.pk)
        ends = {"from": {"$first": f"${interval.name}"}, "last": {"$last": f"${interval.name}"}}
        stages: list[dict[str, Any]] = [
            {"$match": {"status": {"$in": list(statuses)}}},
            {"$project": {"_id": 0, "owner": f"${owner.name}", "key": f"${key.name}", **ends}},
            {"$sort": {"owner": 1, "from": 1}},
        ]
        for found in self._aggregate(model, stages):
            start, end = found["from"] * STEP * 60, (found["last"] + 1) * STEP * 60
            yield _uuid(found["owner"]), start, end, _uuid(found["key"])

    def _aggregate(self, model: Any, stages: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        collection = self.database[model._meta.db_table]
        return self._in_time(collection.aggregate(stages, session=self.session, batchSize=FETCHED, allowDiskUse=True))

    def _in_time(self, found: Any) -> Iterator[dict[str, Any]]:
        """The documents, as long as the server is sure to remember the moment of the snapshot."""
        try:
            for number, document in enumerate(found):
                if number % CHECKED == 0 and time.monotonic() - self.opened > self.window:
                    raise SnapshotExpired(self._reason())
                yield document
        except OperationFailure as error:
            if code_of(error) in FORGOTTEN:
                raise SnapshotExpired(self._reason()) from error
            raise

    def _reason(self) -> str:
        return (
            f"reading took longer than the {self.window:g} s for which this MongoDB keeps history: "
            "raise its parameter minSnapshotHistoryWindowInSeconds"
        )


def _same(value: Any) -> Any:
    return value


def _uuid(text: str | None) -> str | None:
    """The backend keeps keys as 32 digits."""
    return text and f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat(timespec="milliseconds") + "Z"


def _date(value: datetime | None) -> str | None:
    return None if value is None else value.date().isoformat()


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.time().isoformat(timespec="milliseconds")


def _interval(ticks: list[int] | None) -> str | None:
    return _stretch(ticks[0], ticks[-1]) if ticks else None


@lru_cache(maxsize=1 << 14)
def _stretch(first: int, last: int) -> str:
    interval = from_ticks((first, last))
    return "/".join(f"{_instant(instant.replace(tzinfo=None))}" for instant in (interval.start, interval.end))


# How each kind is said. What is missing is taken as it is.
SAID: dict[Kind, Callable[[Any], Any]] = {
    Kind.UUID: _uuid,
    Kind.INSTANT: _instant,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.INTERVAL: _interval,
}
