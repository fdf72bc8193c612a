"""Many clients, each a thread with a database connection of its own, released at once, round after round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier, BrokenBarrierError

from django.db import DatabaseError, connection

from citas.errors import DomainError

# One attempt of a client (a number) in a round (a number): whether it was told that it has the slot.
Attempt = Callable[[int, int], bool]
PATIENCE_SECONDS = 120


@dataclass
class Round:
    """How one round ended; `errors` are what neither won nor was refused."""

    winners: int = 0
    refused: int = 0
    errors: list[str] = field(default_factory=list)


class Race:
    """`attempt` answers whether it won, or raises: one of `refusals` counts as refused, anything else as an error."""

    def __init__(self, *, clients: int, attempt: Attempt, refusals: Sequence[type[DomainError]]) -> None:
        self.clients, self.attempt, self.refusals = clients, attempt, tuple(refusals)
        self.start, self.finish = Barrier(clients + 1), Barrier(clients + 1)
        self.outcomes: list[bool | str] = [False] * clients

    def run(self, *, rounds: int, after_each: Callable[[], None]) -> list[Round]:
        """Raises OperationalError when the database has no connection for every client, TimeoutError when one hangs."""
        with ThreadPoolExecutor(self.clients) as threads:
            running = [threads.submit(self._client, number, rounds) for number in range(self.clients)]
            try:
                return [self._round(after_each) for _round in range(rounds)]
            except BrokenBarrierError as error:
                raise _cause(running) or TimeoutError(f"a round took more than {PATIENCE_SECONDS} s") from error
            finally:
                self.start.abort()
                self.finish.abort()

    def _round(self, after_each: Callable[[], None]) -> Round:
        self.start.wait(PATIENCE_SECONDS)
        self.finish.wait(PATIENCE_SECONDS)
        ended = Round(
            winners=self.outcomes.count(True),
            refused=self.outcomes.count(False),
            errors=[outcome for outcome in self.outcomes if isinstance(outcome, str)],
        )
        after_each()
        return ended

    def _client(self, number: int, rounds: int) -> None:
        try:
            connection.ensure_connection()
            for current in range(rounds):
                self.start.wait()
                self.outcomes[number] = self._outcome(number, current)
                self.finish.wait()
        except BrokenBarrierError:
            return
        except DatabaseError:
            self.start.abort()
            raise
        finally:
            connection.close()

    def _outcome(self, number: int, current: int) -> bool | str:
        try:
            return self.attempt(number, current)
        except self.refusals:
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the proof looks for
            return f"{type(error).__name__}: {error}"


def _cause(running: Sequence[Future[None]]) -> BaseException | None:
    """What stopped the first client that did not only wait in vain for the others."""
    ended = (future.exception() for future in running)
    return next((error for error in ended if error is not None), None)
