"""What the database takes of a piece of work: how many questions it was asked, and for how long it was waited for.

Counted in the thread that does the work, by Django's cursors on PostgreSQL and by the driver's own events on MongoDB.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection


class Spent:
    """What is spent inside `with`. May stand inside another, which then counts the same again."""

    __slots__ = ("_outer", "queries", "seconds")

    def __init__(self) -> None:
        self.queries = 0
        self.seconds = 0.0
        self._outer: Spent | None = None

    @property
    def milliseconds(self) -> float:
        return self.seconds * 1000

    def add(self, *, queries: int, seconds: float) -> None:
        self.queries += queries
        self.seconds += seconds

    def __enter__(self) -> Spent:
        if not _here.listening:
            _listen()
        self._outer, _here.spent = _here.spent, self
        return self

    def __exit__(self, *error: object) -> None:
        _here.spent = self._outer
        if self._outer is not None:
            self._outer.add(queries=self.queries, seconds=self.seconds)


class _Here(threading.local):
    spent: Spent | None = None  # the innermost of this thread
    listening = False


_here = _Here()


def measured() -> Spent:
    """`with measured() as spent: …`, then `spent.queries`, `spent.milliseconds`.

    A question is a statement (PostgreSQL) or a command (MongoDB; the next part of a long answer is one more). What only
    opens and closes transactions and sessions is no question; its time counts where the driver tells it, on MongoDB.
    """
    return Spent()


def note(*, queries: int, seconds: float) -> None:
    """Somebody's driver says what it has just spent, in the thread that asked."""
    if _here.spent is not None:
        _here.spent.add(queries=queries, seconds=seconds)


def _listen() -> None:
    """Have this thread's connection tell what it does. The outermost wrapper of all, so that others may come and go."""
    _here.listening = True  # the object stays with the thread, whatever it is connected to
    wrappers = connection.execute_wrappers
    if _timed not in wrappers:
        wrappers.insert(0, _timed)


def _timed(execute: Callable[..., Any], *statement: Any) -> Any:
    if _here.spent is None:
        return execute(*statement)
    began = time.perf_counter()
    try:
        return execute(*statement)
    finally:
        note(queries=1, seconds=time.perf_counter() - began)
