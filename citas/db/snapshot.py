"""One consistent view of the whole database, read in the order of keys, without holding it in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from citas.db import on_mongo
from citas.db.plain import Column


class SnapshotExpired(Exception):
    """Reading took longer than the engine keeps old versions of rows. The text is one line, for an operator."""


class Snapshot(Protocol):
    """What was committed when it was opened; later changes are not seen."""

    def rows(self, model: Any, columns: Sequence[Column], order: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
        """Every row as plain values, ascending by `order`: text by its code points."""

    def distinct(self, model: Any, column: Column) -> Iterator[Any]:
        """The values, each once, ascending; NULL is none."""

    def taken(self, model: Any, owner: Column, interval: Column, statuses: Sequence[str]) -> Iterator[Any]:
        """Of each row in these statuses: owner, start and end in seconds since 1970, and its key, ascending."""


def snapshot() -> AbstractContextManager[Snapshot]:
    """Open one. On MongoDB it ends after minSnapshotHistoryWindowInSeconds (300): then reading raises SnapshotExpired.

    On PostgreSQL it opens a transaction, so that the connection must not be in one; writes need another connection.
    """
    if on_mongo():
        from citas.db.mongo import rows

        return rows.snapshot()
    from citas.db import postgres_rows

    return postgres_rows.snapshot()
