"""The line of a request that has been answered, on stderr beside the other lines (citas.logs).

Every request pays for it, so it takes no way through structlog and logging, which costs four times as much on a busy
machine: what is the same in all lines of a kind is filled in once, and the rest needs no escaping.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

from citas import logs, request_id
from citas.db.timing import Spent

SAME = (
    '{"event": "%(event)s", "level": "%(level)s", "logger": "citas.requests", "method": "%(method)s",'
    ' "status": %(status)d, "route": %(route)s, "name": %(name)s, "engine": "%(engine)s",'
)
OWN = (
    ' "timestamp": "%s.%06dZ", "request_id": "%s",'
    ' "milliseconds": %.1f, "queries": %d, "database_milliseconds": %.1f}\n'
)
readers: list[Callable[[str], object]] = []  # who reads along: tests


def write(request: HttpRequest, *, name: str, status: int, seconds: float, spent: Spent, slow: bool) -> None:
    """`name` is the route's; of the path nothing is written."""
    line = _line(slow, logs.method(request), logs.route(request), name, status)
    second, rest = divmod(time.time(), 1)
    costs = (seconds * 1000, spent.queries, spent.milliseconds)
    text = line % (_stamp(second), rest * 1e6, request_id.current.get(), *costs)
    for read in readers:
        read(text)
    try:
        sys.stderr.write(text)
    except (OSError, ValueError):  # nobody is there to take it: no reason to fail the request
        return


@lru_cache(maxsize=2000)
def _line(slow: bool, method: str, route: str, name: str, status: int) -> str:
    """The line of such a request, its own values left to fill in."""
    same = SAME % {
        "event": "slow_request" if slow else "request",
        "level": "warning" if slow else "info",
        "method": method,
        "status": status,
        "route": json.dumps(route, ensure_ascii=False),
        "name": json.dumps(name, ensure_ascii=False),
        "engine": settings.DATABASE_ENGINE,
    }
    return same.replace("%", "%%") + OWN


@lru_cache(maxsize=2)
def _stamp(second: float) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
