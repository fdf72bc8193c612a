"""How far a command is, on stderr, once it has taken longer than two seconds; and what it took."""

from __future__ import annotations

import gc
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

PATIENCE = 2  # seconds
KILOBYTE = 1 if sys.platform != "darwin" else 1024  # how many of what ru_maxrss counts


@contextmanager
def progress(words: str, *, total: int | None) -> Iterator[Callable[[int], None]]:
    """Gives a function that is told how much more is done; `total` None where nobody knows how much there is."""
    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True))
    task = bar.add_task("", total=total)
    started = time.monotonic()

    def advance(amount: int) -> None:
        bar.advance(task, amount)
        if not bar.live.is_started and time.monotonic() - started > PATIENCE:
            bar.start()

    try:
        yield advance
    finally:
        bar.stop()


@contextmanager
def no_cycles() -> Iterator[None]:
    """For what makes millions of objects without cycles: looking for them would take a third of the time."""
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()


class Watch:
    """A stop-watch that also knows how much memory this process has held at most."""

    def __init__(self) -> None:
        self.started = time.monotonic()

    def measures(self, rows: int) -> dict[str, Any]:
        """Seconds, rows a second, and megabytes held at most."""
        seconds = time.monotonic() - self.started
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTE / 1024
        return {"seconds": round(seconds, 1), "rows_a_second": round(rows / seconds), "peak_mb": round(held)}
