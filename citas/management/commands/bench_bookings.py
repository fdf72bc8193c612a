"""Measures how many visits a second this database takes, booked through the door that everybody takes."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from appointments import booking, calendars
from citas.db import uuid7
from citas.management.proof import cast
from citas.management.proof.cast import Cast
from citas.management.proof.plan import SAME


class Command(BaseCommand):
    help = "Let clients book as fast as they can, each with a doctor and for a patient of its own, and cancel it all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clients", type=int, default=8, help="threads, each with a connection")
        parser.add_argument("--seconds", type=float, default=5)
        parser.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        clients, seconds, now = options["clients"], options["seconds"], timezone.now()
        if clients < 1 or seconds <= 0:
            raise CommandError("it takes a client and some time")
        with cast.on_stage(clients=clients, scarce="nobody", now=now) as players:
            starts = _starts(players, now)
            with ThreadPoolExecutor(clients) as threads:
                booked = threads.map(lambda number: _book(players, number, starts, seconds, now), range(clients))
                times = [took for client in booked for took in client]
        self._say(times, clients, seconds, as_json=options["json"])

    def _say(self, times: list[float], clients: int, seconds: float, *, as_json: bool) -> None:
        if len(times) < 2:
            raise CommandError("nothing could be booked in that time")
        found = {
            "clients": clients,
            "bookings": len(times),
            "a_second": round(len(times) / seconds),
            "median_ms": round(median(times) * 1000, 1),
            "p95_ms": round(quantiles(times, n=20)[-1] * 1000, 1),
        }
        sentence = "{clients} clients: {bookings} bookings, {a_second} a second, median {median_ms} ms, p95 {p95_ms} ms"
        self.stdout.write(json.dumps(found) if as_json else sentence.format(**found))


def _starts(players: Cast, now: datetime) -> list[datetime]:
    """Free starts of half an hour, one after the other; every doctor of the cast has the same."""
    first = now.astimezone(UTC).date() + timedelta(days=1)
    week = calendars.week(
        offering=players.offerings[0], location=players.location, first=first, now=now, days=cast.HORIZON - 2
    )
    return [slot.starts_at for slot in week]


def _book(players: Cast, number: int, starts: list[datetime], seconds: float, now: datetime) -> list[float]:
    """Book until the time is over; the seconds that each booking took."""
    run, times = uuid7().hex, []
    enough = time.monotonic() + seconds
    try:
        for start in starts:
            began = time.monotonic()
            if began >= enough:
                break
            booking.book(
                doctor=players.doctors[number],
                patient=players.patients[number],
                visit_type=players.visit_types[SAME.slug],
                location=players.location,
                starts_at=start,
                actor=None,
                source="command",
                request_key=f"bench-{run}-{start}",
                now=now,
            )
            times.append(time.monotonic() - began)
    finally:
        connection.close()
    return times
