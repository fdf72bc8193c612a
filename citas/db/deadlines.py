"""How long a web request waits for the database, and what the next ones are told meanwhile.

Each statement has a deadline (citas.db.postgres_deadlines, citas.db.mongo.deadlines): a server that hangs cannot keep
one of its own. After one was missed the circuit is open for a moment: whoever comes is told at once to try again later
(citas.turnstile). Commands and migrations have none of this.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import DatabaseError, OperationalError, connection

STATEMENT_SECONDS = 2.0
CONNECT_SECONDS = 2  # for each host; libpq knows whole seconds, and none below two
OPEN_SECONDS = 1.0  # with two it took too long to notice that the database was back
SILENCE_SECONDS = 0.3


class Watch:
    """What this process knows of its database: how many wait for it, and when it last answered or failed to."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting = 0
        self._heard_at = self._open_until = 0.0
        # One flag for each request, which its statements share; None outside of requests.
        self._disappointed: ContextVar[threading.Event | None] = ContextVar("disappointed", default=None)

    @contextmanager
    def request(self) -> Iterator[None]:
        """Inside, at most one statement waits until its deadline: the next ones fail at once."""
        token = self._disappointed.set(threading.Event())
        try:
            yield
        finally:
            self._disappointed.reset(token)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While a statement waits for its answer. Raises OperationalError in a request that has waited in vain."""
        disappointed = self._disappointed.get()
        if disappointed is not None and disappointed.is_set():
            raise OperationalError("the database did not answer this request before")
        with self._lock:
            if not self._waiting:
                self._heard_at = self._clock()  # silence begins with the first who waits
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1

    def heard(self) -> None:
        """The database has answered somebody: the circuit is closed."""
        self._heard_at, self._open_until = self._clock(), 0.0

    def missed(self) -> None:
        """The database has not answered in time, or takes no connections: the circuit is open for a moment."""
        self._open_until = self._clock() + OPEN_SECONDS
        disappointed = self._disappointed.get()
        if disappointed is not None:
            disappointed.set()

    def is_open(self) -> bool:
        return self._clock() < self._open_until

    def is_silent(self) -> bool:
        """Whether somebody waits for an answer and nobody has had one lately."""
        return self._waiting > 0 and self._clock() - self._heard_at > SILENCE_SECONDS


watch = Watch()


def answers() -> bool:
    """Whether the database that takes writes answers."""
    try:
        connection.ensure_connection()
        return bool(connection.is_usable())
    except DatabaseError:
        return False
