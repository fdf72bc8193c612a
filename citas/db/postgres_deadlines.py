"""PostgreSQL's connections of web requests: none waits longer for an answer than its deadline."""

from __future__ import annotations

import time
from typing import Any

import psycopg

from citas.db.deadlines import CONNECT_SECONDS, STATEMENT_SECONDS, watch

# The server's own limit is for statements that were given up here, lest they pile up behind a lock. It does not end
# a commit that waits for its standby: nobody may see what only one machine has.
ABANDONED = f"SET statement_timeout = {round(STATEMENT_SECONDS * 1000) + 500}"


class Connection(psycopg.Connection[Any]):
    """Given to Django's pool (OPTIONS["pool"]["connection_class"])."""

    @classmethod
    def connect(cls, conninfo: str = "", **words: Any) -> Connection:
        """Raises what psycopg raises, after at most CONNECT_SECONDS for each host."""
        words["connect_timeout"] = min(int(words.get("connect_timeout", CONNECT_SECONDS)), CONNECT_SECONDS)
        try:
            with watch.waiting():  # whoever needs a connection waits for this, inside the pool
                made = super().connect(conninfo, **words)
            made.execute(ABANDONED)
        except psycopg.Error:
            watch.missed()
            raise
        return made

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for one answer. Closes the connection and raises OperationalError when none comes in time."""
        seconds = STATEMENT_SECONDS if timeout is None else timeout
        began = time.monotonic()
        with watch.waiting():
            try:
                answer = super().wait(gen, interval, seconds)
            except psycopg.errors.ReadOnlySqlTransaction as error:
                # This server is no longer the one that takes writes: a new connection looks for that one.
                self.pgconn.finish()
                raise psycopg.OperationalError("the server takes no writes") from error
            except psycopg.OperationalError:
                if time.monotonic() - began < seconds:
                    raise
                watch.missed()
                self.pgconn.finish()
                raise psycopg.OperationalError(f"no answer within {seconds} s") from None
        watch.heard()
        return answer
