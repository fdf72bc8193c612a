"""The one place that knows which database engine runs.

The rest of the project imports names from here and works on any engine.
"""

import random
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

import uuid_utils
import uuid_utils.compat
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from citas.errors import Unavailable

T = TypeVar("T")
Rows = TypeVar("Rows", bound=Any)

TRIED_FOR = 2.0  # seconds that a write which lost a race for the same rows is tried again


def atomic() -> Any:
    """All writes inside, or none: a context manager, and a decorator. May be nested.

    On MongoDB there are no savepoints: after an error inside, also one that was caught, the whole block is lost.
    """
    if on_mongo():
        from django_mongodb_backend.transaction import Atomic

        return Atomic(connection.alias)
    return transaction.atomic()


def on_mongo() -> bool:
    """Whether MongoDB runs. For repositories; nothing else of the project asks."""
    return connection.vendor == "mongodb"


def by_index(rows: Rows, name: str) -> Rows:
    """Have MongoDB, whose planner tries out and remembers, take this index. PostgreSQL's knows better."""
    rows.query.by_index = name
    return rows


def in_transaction() -> bool:
    # Inside Django's own atomic, which admin and sessions use, MongoDB is in no transaction.
    real: Any = connection
    return bool(real.in_atomic_block_mongo if on_mongo() else real.in_atomic_block)


@contextmanager
def settled() -> Iterator[None]:
    """Reads inside see all that the server had accepted before, such as the row that has just refused ours.

    MongoDB shows only what most members have (else a new primary could take back what somebody was told), which is
    some milliseconds behind: inside, it waits for that. PostgreSQL has nothing to wait for.
    """
    if not on_mongo() or in_transaction():
        yield
        return
    real: Any = connection
    with real.connection.start_session(causal_consistency=True) as session:
        real.database.command("ping", session=session)
        real.session = session
        try:
            yield
        finally:
            real.session = None


def together(write: Callable[[], T]) -> T:
    """Run `write` in one transaction, from its beginning again when a rival was faster, for up to two seconds.

    It must read what it changes itself. Raises Unavailable (503) when the time is over.
    """
    deadline = time.monotonic() + TRIED_FOR
    pause = 0.01
    while True:
        try:
            with atomic():
                return write()
        except DatabaseError as error:
            if in_transaction() or not _lost_a_race(error):
                raise
            if time.monotonic() + pause > deadline:
                raise Unavailable from error
            time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - rivals must not wake up together
            pause = min(pause * 2, 0.3)


def _lost_a_race(error: DatabaseError) -> bool:
    if on_mongo():
        from citas.db.mongo.errors import is_transient

        return is_transient(error.__cause__)
    return getattr(error.__cause__, "sqlstate", "") in ("40P01", "40001")


def uuid7() -> uuid.UUID:
    """A UUID in time order (RFC 9562, version 7), so that keys page and insert cheaply."""
    return uuid_utils.compat.uuid7()


def uuid7_text() -> str:
    """The same as text, ten times as fast: for what is made by the hundred thousand."""
    return str(uuid_utils.uuid7())


def refusable() -> AbstractContextManager[Any]:
    """Let one write be refused by the database without spoiling a transaction that is already open.

    Outside a transaction this costs nothing: one write is atomic by itself. On MongoDB nothing can spare the open one.
    """
    return transaction.atomic() if connection.in_atomic_block and not on_mongo() else nullcontext()


def violated(error: IntegrityError) -> str:
    """Name of the index or constraint that refused a write, or "" when the engine does not say."""
    diagnostics = getattr(error.__cause__, "diag", None)
    if diagnostics is not None and diagnostics.constraint_name:
        return diagnostics.constraint_name
    found = re.search(r'constraint "([^"]+)"|index: (\S+) dup key', f"{error} {error.__cause__}")
    return (found[1] or found[2]) if found else ""


def once_more(write: Callable[[], T]) -> T:
    """Run one write, and once again when the engine chose it as the victim of a deadlock."""
    try:
        return write()
    except OperationalError as error:
        if in_transaction() or getattr(error.__cause__, "sqlstate", "") != "40P01":
            raise
        return write()
