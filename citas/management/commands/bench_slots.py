"""Measures the search for the earliest free slots on the clinic that is there."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from appointments import calendars, repository, search
from citas.db import timing
from doctors.models import Offering

LIMIT = 60  # slots: the doctors of a page, each with six


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
        result = {
            "doctors": len({offering.doctor_id for offering in offerings}),
            "appointments": repository.count(),
            "days": options["days"],
            "earliest": _measure(_earliest(offerings, options["days"], now), options["runs"]),
            "page": _measure(_page(offerings, now), options["runs"]),
        }
        self.stdout.write(json.dumps(result) if options["json"] else "\n".join(_lines(result)))


def _earliest(offerings: list[Offering], days: int, now: datetime) -> Callable[[], Any]:
    """The first free slots across doctors within so many days."""
    first = now.astimezone(UTC).date()
    last = first + timedelta(days=days - 1)
    return lambda: calendars.earliest(offerings=offerings, location=None, first=first, last=last, now=now, limit=LIMIT)


def _page(offerings: list[Offering], now: datetime) -> Callable[[], Any]:
    """What the first page asks: each doctor's first slots within four weeks, doctors in the order of the first."""
    return lambda: search.earliest_by_doctor(offerings=offerings, location=None, now=now)


def _measure(call: Callable[[], Any], runs: int) -> dict[str, Any]:
    """Median and 95th percentile in milliseconds, after one call that warms caches up."""
    call()
    database, own, queries = [], [], 0
    for _run in range(runs):
        started = time.perf_counter()
        with timing.measured() as spent:
            call()
        database.append(spent.seconds)
        own.append(time.perf_counter() - started - spent.seconds)
        queries = spent.queries
    return {"queries": queries, "database": _spread(database), "own": _spread(own)}


def _spread(seconds: list[float]) -> dict[str, float]:
    return {
        "median": round(median(seconds) * 1000, 1),
        "p95": round(quantiles(seconds, n=20, method="inclusive")[-1] * 1000, 1),
    }


def _lines(result: dict[str, Any]) -> list[str]:
    return [
        f"{result['doctors']} doctors, {result['appointments']} appointments",
        _line(f"the earliest {LIMIT} slots of {result['days']} days", result["earliest"]),
        _line("the first page (four weeks, six slots a doctor)", result["page"]),
    ]


def _line(what: str, measured: dict[str, Any]) -> str:
    database, own = measured["database"], measured["own"]
    return (
        f"{what}: own time {own['median']} ms (p95 {own['p95']}), "
        f"database {database['median']} ms (p95 {database['p95']}) in {measured['queries']} queries"
    )
