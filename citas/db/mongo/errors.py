"""The driver's errors as Django names them, so that the rest of the project tells a refusal from a dead server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, IntegrityError, OperationalError
from pymongo import errors

DUPLICATE = 11000
WRITE_CONFLICT = 112
# https://www.mongodb.com/docs/manual/reference/error-codes/: a server that stops, steps down or runs out of time
PASSING = {6, 7, 50, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, WRITE_CONFLICT}


@contextmanager
def translated() -> Iterator[None]:
    """IntegrityError for what an index refuses, OperationalError for what may pass, DatabaseError for the rest.

    The texts name no values: the driver's, which may repeat an address, stay in the cause.
    """
    try:
        yield
    except IntegrityError:
        raise
    except DatabaseError as error:
        if not isinstance(error.__cause__, errors.PyMongoError):
            raise
        raise _named(error.__cause__) from error.__cause__
    except errors.PyMongoError as error:
        raise _named(error) from error


def _named(error: errors.PyMongoError) -> DatabaseError:
    code = code_of(error)
    name = f"{type(error).__name__} {code or ''}".strip()
    if code == DUPLICATE:
        return IntegrityError(name)
    return OperationalError(name) if is_passing(error) else DatabaseError(name)


def is_passing(error: BaseException | None) -> bool:
    """Whether the same may succeed a moment later, or on the next primary."""
    if not isinstance(error, errors.PyMongoError):
        return False
    lost = isinstance(error, errors.ConnectionFailure | errors.WTimeoutError | errors.ExecutionTimeout)
    return lost or error.timeout or code_of(error) in PASSING or is_transient(error)


def is_transient(error: BaseException | None) -> bool:
    """Whether a transaction that ended so may simply be run again (the server says so by a label)."""
    return isinstance(error, errors.PyMongoError) and error.has_error_label("TransientTransactionError")


def code_of(error: errors.PyMongoError) -> int:
    """The server's number of an error, 0 when it has none; of several writes the first refused one's."""
    if isinstance(error, errors.BulkWriteError):
        details = error.details or {}
        said = [*details.get("writeErrors", []), *details.get("writeConcernErrors", [])]
        return said[0].get("code", 0) if said else 0
    return getattr(error, "code", None) or 0
