"""What Prometheus is told: of requests what each process has counted, of the rest what is so when it asks."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from citas import ages, metrics_folder
from citas.ages import Age
from citas.db import deadlines
from citas.db.timing import Spent

log = structlog.get_logger()
LABELS = ("route", "status", "engine")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
QUERIES = (0, 1, 2, 5, 10, 20, 50, 100)

own = CollectorRegistry()  # of this process
_whole = Histogram("citas_request_seconds", "Time from a request to its answer.", LABELS, registry=own, buckets=SECONDS)
_database = Histogram(
    "citas_request_database_seconds", "The database's share of it.", LABELS, registry=own, buckets=SECONDS
)
_queries = Histogram(
    "citas_request_queries", "Questions to the database in a request.", LABELS, registry=own, buckets=QUERIES
)
_limited = Counter("citas_limited_total", "Requests refused because a limit was passed.", ["limit"], registry=own)
_uncounted = Counter(
    "citas_limits_uncounted_total", "Requests that a limit could not count: no cache.", ["limit"], registry=own
)

_noted: deque[tuple[str, int, float, float, int]] = deque()
_counting = threading.Event()
os.register_at_fork(after_in_child=_counting.clear)
_children: dict[tuple[str, int], tuple[Any, Any, Any]] = {}


def observe(*, route: str, status: int, seconds: float, spent: Spent) -> None:
    """Count a request that has been answered. `route` is a name, never a path.

    It is only noted here: counted one after the other, each second, they cost a sixth of what they do one by one.
    """
    _noted.append((route, status, seconds, spent.seconds, spent.queries))
    if not _counting.is_set():
        _counting.set()
        threading.Thread(target=_count_each_second, name="metrics", daemon=True).start()


def settle() -> None:
    """Count what has been noted."""
    try:
        while _noted:
            route, status, *values = _noted.popleft()
            for histogram, value in zip(_children.get((route, status)) or _begin(route, status), values, strict=True):
                histogram.observe(value)
    except IndexError:  # another thread has taken the last
        return
    except OSError:  # the folder was cleared away: its numbers are gone, the site is not
        log.warning("metrics_not_kept", exc_info=True)


def _count_each_second() -> None:
    while True:
        time.sleep(1)
        settle()


def _begin(route: str, status: int) -> tuple[Any, Any, Any]:
    labels = (route, str(status), settings.DATABASE_ENGINE)
    begun = _children[route, status] = (_whole.labels(*labels), _database.labels(*labels), _queries.labels(*labels))
    return begun


def limited(limit: str) -> None:
    _limited.labels(limit).inc()


def uncounted(limit: str) -> None:
    _uncounted.labels(limit).inc()


class Present(Collector):
    """Asked at every scrape. A server that is away costs its own lines only."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for age in ages.told():
            seconds = _seconds(age)
            if seconds is not None:
                yield GaugeMetricFamily(age.name, age.text, value=seconds)


def _seconds(age: Age) -> float | None:
    if deadlines.watch.is_open():
        return None
    try:
        since = age.since()
    except (DatabaseError, InterfaceError, RedisError):
        return None
    return age.nothing if since is None else max(0.0, (timezone.now() - since).total_seconds())


def page() -> bytes:
    """All of it, of all of the web server's processes; of the others perhaps without their last second."""
    settle()
    folder = metrics_folder.shared()
    told = CollectorRegistry()
    told.register(Present())
    with metrics_folder.reading(folder) if folder else nullcontext():
        if folder:
            MultiProcessCollector(told, path=str(folder))
        else:
            for metric in (_whole, _database, _queries, _limited, _uncounted):
                told.register(metric)
        return generate_latest(told)
