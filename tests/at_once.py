"""Several things done at the same moment, each by a thread with a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from citas.errors import DomainError


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each call returned, or the DomainError that refused it; any other error is raised."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(30)
            return call()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def refusals(results: Sequence[Any]) -> list[type[DomainError]]:
    """The kinds of refusal among the results."""
    return [type(result) for result in results if isinstance(result, DomainError)]
