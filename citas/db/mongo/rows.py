"""MongoDB's snapshots: one session whose reads all see the same moment, while the server still remembers it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any

from bson import decode_all
from django.db import connection as django_connection
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from citas.beside import ahead
from citas.db.intervals import EPOCH, STEP
from citas.db.mongo.errors import code_of, translated
from citas.db.plain import Column, Kind
from citas.db.snapshot import SnapshotExpired

connection: Any = django_connection  # its database is this backend's own
WINDOW = 300  # seconds, unless the server says otherwise
FETCHED = 500  # documents a time: the driver's own 16 MB are ten times as much in Python
CLOCK = [f"T{minute // 60:02}:{minute % 60:02}:00.000Z" for minute in range(0, 24 * 60, STEP)]
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
        self.opened, self.lock = time.monotonic(), Lock()

    def rows(self, model: Any, columns: Sequence[Column], order: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
        wanted = {"_id": 0} | {column.name: 1 for column in columns}
        sorting = [(column.name, 1) for column in order]
        found = self.database[model._meta.db_table].find_raw_batches(
            {}, wanted, sort=sorting or None, session=self.session, batch_size=FETCHED, allow_disk_use=True
        )
        says = [(column.name, SAID.get(column.kind)) for column in columns]
        for document in self._in_time(found):
            get = document.get
            yield tuple([get(name) if say is None else say(get(name)) for name, say in says])

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
        with self.lock:
            found = collection.aggregate_raw_batches(stages, session=self.session, batchSize=FETCHED, allowDiskUse=True)
        return self._in_time(found)

    def _in_time(self, found: Any) -> Iterator[dict[str, Any]]:
        """The documents, as long as the server is sure to remember the moment of the snapshot."""
        try:
            for batch in ahead(self._batches(found)):
                if time.monotonic() - self.opened > self.window:
                    raise SnapshotExpired(self._reason())
                yield from decode_all(batch, self.database.codec_options)
        except OperationFailure as error:
            if code_of(error) in FORGOTTEN:
                raise SnapshotExpired(self._reason()) from error
            raise

    def _batches(self, found: Any) -> Generator[bytes, None, None]:
        """One at a time: a session is no two threads'."""
        with found:
            while True:
                with self.lock:
                    batch = next(found, None)
                if batch is None:
                    return
                yield batch

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
    if value is None:
        return None
    # Half the time of asking for milliseconds.
    return f"{value.isoformat()[:23]}Z" if value.microsecond else f"{value.isoformat()}.000Z"


def _date(value: datetime | None) -> str | None:
    return None if value is None else value.date().isoformat()


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.time().isoformat(timespec="milliseconds")


def _interval(ticks: list[int] | None) -> str | None:
    return f"{_tick(ticks[0])}/{_tick(ticks[-1] + 1)}" if ticks else None


def _tick(number: int) -> str:
    day, step = divmod(number, len(CLOCK))
    return _day(day) + CLOCK[step]


@lru_cache(maxsize=1 << 12)
def _day(number: int) -> str:
    return (EPOCH.date() + timedelta(days=number)).isoformat()


# How each kind is said. What is missing is taken as it is.
SAID: dict[Kind, Callable[[Any], Any]] = {
    Kind.UUID: _uuid,
    Kind.INSTANT: _instant,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.INTERVAL: _interval,
}
