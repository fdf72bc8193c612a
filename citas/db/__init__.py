"""The one place that knows which database engine runs.

The rest of the project imports names from here and works on any engine.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import uuid_utils
import uuid_utils.compat
from django.db import IntegrityError, OperationalError, connection, transaction

T = TypeVar("T")

atomic = transaction.atomic


def uuid7() -> uuid.UUID:
    """A UUID in time order (RFC 9562, version 7), so that keys page and insert cheaply."""
    return uuid_utils.compat.uuid7()


def uuid7_text() -> str:
    """The same as text, ten times as fast: for what is made by the hundred thousand."""
    return str(uuid_utils.uuid7())


@contextmanager
def refusable() -> Iterator[None]:
    """Let one write be refused by the database without spoiling a transaction that is already open.

    Outside a transaction this costs nothing: one write is atomic by itself.
    """
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
    else:
        yield


def violated(error: IntegrityError) -> str:
    """Name of the index or constraint that refused a write, or "" when the engine does not say."""
    diagnostics = getattr(error.__cause__, "diag", None)
    if diagnostics is not None and diagnostics.constraint_name:
        return diagnostics.constraint_name
    found = re.search(r'constraint "([^"]+)"', str(error))
    return found[1] if found else ""


def once_more(write: Callable[[], T]) -> T:
    """Run one write, and once again when the engine chose it as the victim of a deadlock."""
    try:
        return write()
    except OperationalError as error:
        if connection.in_atomic_block or getattr(error.__cause__, "sqlstate", "") != "40P01":
            raise
        return write()
