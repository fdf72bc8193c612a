"""Many rows at once: stored the engine's fastest way, past its indexes, constraints and triggers all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any, Protocol, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections, models

from citas.beside import Beside
from citas.db import in_transaction, on_mongo
from citas.db.plain import Column

# On PostgreSQL each appointment locks its doctor and its patient until the end of the transaction (citas.db.guards),
# and a server with the usual settings has room for 6,400 locks.
BATCH = 2000

Rows = TypeVar("Rows")


class NotOwnerError(Exception):
    """Emptying is refused: this database user does not own the tables."""


class Engine(Protocol):
    """What each engine does in its own way."""

    WRITERS: int

    def store(self, rows: Sequence[models.Model]) -> None: ...

    def store_plain(self, model: Any, columns: Sequence[Column], rows: Sequence[tuple[Any, ...]]) -> None: ...

    def loading(self, kinds: Sequence[Any]) -> AbstractContextManager[None]: ...

    def empty(self, kinds: Iterable[type[models.Model]]) -> None: ...

    def refresh_statistics(self, kinds: Iterable[type[models.Model]]) -> None: ...


def _engine() -> Engine:
    if on_mongo():
        from citas.db.mongo import bulk as engine
    else:
        from citas.db import postgres_bulk as engine  # type: ignore[no-redef]
    return cast(Engine, engine)


def load(rows: Iterable[models.Model], *, batch: int = BATCH) -> Iterator[int]:
    """Store new rows of one model as they are (nothing is filled in), and yield how many after each batch.

    Each batch is one transaction, unless the caller has opened one; on MongoDB it is none. Raises what a refused insert
    raises.
    """
    waiting = iter(rows)
    chunks: Iterator[list[models.Model]] = iter(lambda: list(islice(waiting, batch)), [])
    return map(_store, chunks) if in_transaction() else _beside(_store, chunks, threads=1)


def load_all(rows: Sequence[models.Model]) -> None:
    """Store new rows of one model as they are."""
    for _stored in load(rows):
        pass


def load_plain(model: Any, columns: Sequence[Column], chunks: Iterable[list[tuple[Any, ...]]]) -> Iterator[int]:
    """Store new rows of plain values (citas.db.plain), a chunk in a transaction, and yield how many after each."""
    engine = _engine()

    def store(rows: list[tuple[Any, ...]]) -> int:
        engine.store_plain(model, columns, rows)
        return len(rows)

    return _beside(store, chunks, threads=engine.WRITERS)


def loading(kinds: Sequence[Any]) -> AbstractContextManager[None]:
    """What large loads run in: at its end every index is there, those that refuse something at its beginning too."""
    return _engine().loading(kinds)


def is_empty(kinds: Iterable[type[models.Model]]) -> bool:
    return not any(kind._default_manager.exists() for kind in kinds)


def empty(kinds: Iterable[type[models.Model]]) -> None:
    """Remove every row of these models and of what refers to them, past triggers. Raises NotOwnerError."""
    _engine().empty(kinds)


def refresh_statistics(kinds: Iterable[type[models.Model]]) -> None:
    """Let the planner know what has just been loaded, before the engine finds out by itself."""
    _engine().refresh_statistics(kinds)


def _beside(store: Callable[[Rows], int], chunks: Iterable[Rows], *, threads: int) -> Iterator[int]:
    """Store each chunk on another thread's connection while the next is being made: both take long."""
    with Beside[int](threads, at_last=connections.close_all) as beside:
        for chunk in chunks:
            stored = beside.run(store, chunk)
            if stored is not None:
                yield stored
        yield from beside.rest()


def _store(rows: list[models.Model]) -> int:
    _engine().store(rows)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return len(rows)
