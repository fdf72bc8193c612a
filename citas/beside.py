"""Things done on another thread meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

T = TypeVar("T")


def ahead(steps: Generator[T, None, None]) -> Iterator[T]:
    """The same, each made on another thread while the one before is in use. `steps` is closed at the end."""
    try:
        with ThreadPoolExecutor(max_workers=1) as thread:
            coming = thread.submit(next, steps, None)
            while (step := coming.result()) is not None:
                coming = thread.submit(next, steps, None)
                yield step
    finally:
        steps.close()


class Beside(Generic[T]):
    """Runs calls on threads of its own, by default one, and makes the caller wait when all of them have work.

    `run` gives what the oldest call returned, or None when it need not wait; it raises what that call raised. `rest`
    gives what is left, and must be asked for. Leaving waits; `at_last` is then called on each thread.
    """

    def __init__(self, threads: int = 1, at_last: Callable[[], object] = lambda: None) -> None:
        self.threads = [ThreadPoolExecutor(max_workers=1) for _number in range(threads)]
        self.at_last = at_last
        self.pending: deque[tuple[ThreadPoolExecutor, Future[T]]] = deque()

    def __enter__(self) -> Beside[T]:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        for thread in self.threads:
            thread.submit(self.at_last)
            thread.shutdown(wait=True)

    def run(self, call: Callable[..., T], *arguments: Any) -> T | None:
        done: T | None = None
        if len(self.pending) < len(self.threads):
            thread = self.threads[len(self.pending)]
        else:
            thread, oldest = self.pending.popleft()
            done = oldest.result()
        self.pending.append((thread, thread.submit(call, *arguments)))
        return done

    def rest(self) -> Iterator[T]:
        while self.pending:
            yield self.pending.popleft()[1].result()
