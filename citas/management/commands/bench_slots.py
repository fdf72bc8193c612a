"""Measures the search for the earliest free slots on the clinic that is there."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from statistics import median, quantiles
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from appointments import calendars, search
from appointments import repository as appointments
from doctors import repository as doctors
from doctors.models import Offering

LIMIT = 60  # slots: the doctors of a page, each with six


class Stopwatch:
    """Adds up what the database takes of the time of a call, in seconds."""

    def __init__(self) -> None:
        self.database = 0.0
        self.queries = 0

    def __call__(self, execute: Any, *query: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*query)
        finally:
            self.database += time.perf_counter() - started
            self.queries += 1

    def time(self, call: Callable[[], Any]) -> float:
        """Run the call; all the seconds that it took."""
        with connection.execute_wrapper(self):
            started = time.perf_counter()
            call()
            return time.perf_counter() - started


class Command(BaseCommand):
    help = "Time the earliest free slots across all doctors: the database's part and our own, in milliseconds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--runs", type=int, default=20)
        parser.add_argument("--days", type=int, default=14)
        parser.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        if options["runs"] < 2 or options["days"] < 1:
            raise CommandError("a measurement needs two runs and a day")
        now = timezone.now()
        offerings = search.offerings(specialty="", location="", doctor="")
        first = now.astimezone(UTC).date()
        result = {
            **appointments.counts(),
            "days": options["days"],
            **_compare(offerings, first, options, now),
        }
        self.stdout.write(json.dumps(result) if options["json"] else "\n".join(_lines(result)))


def _compare(offerings: list[Offering], first: date, options: dict[str, Any], now: datetime) -> dict[str, Any]:
    last = first + timedelta(days=options["days"] - 1)

    def earliest() -> Any:
        return calendars.earliest(
            offerings=offerings, location=None, first=first, last=last, now=now, limit=LIMIT
        )

    def page() -> Any:
        return search.earliest_by_doctor(offerings=offerings, location=None, now=now)

    return {
        "slots": len(earliest()),
        "earliest": _measure(earliest, options["runs"]),
        "page": _measure(page, options["runs"]),
    }


def _measure(call: Callable[[], Any], runs: int) -> dict[str, Any]:
    """Median and 95th percentile in milliseconds, after one call that warms caches up."""
    call()
    database, own, queries = [], [], 0
    for _run in range(runs):
        watch = Stopwatch()
        whole = watch.time(call)
        database.append(watch.database)
        own.append(whole - watch.database)
        queries = watch.queries
    return {"queries": queries, "database": _spread(database), "own": _spread(own)}


def _spread(seconds: list[float]) -> dict[str, float]:
    return {
        "median": round(median(seconds) * 1000, 1),
        "p95": round(quantiles(seconds, n=20, method="inclusive")[-1] * 1000, 1),
    }
