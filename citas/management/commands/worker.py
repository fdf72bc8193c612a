"""`manage.py worker`: mail, holds that run out, holidays to come, and tidying up; in a loop, with a heartbeat."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import structlog
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone
from redis.exceptions import RedisError

from appointments import repository as appointments
from doctors import repository as doctors
from notifications import delivery, outbox

log = structlog.get_logger()

PAUSE = 1.0  # seconds between two looks at the outbox
AFTER_AN_OUTAGE = 3.0
HEARTBEAT = "worker:heartbeat"


class Command(BaseCommand):
    help = "Send mail, release holds that ran out, keep public holidays and tidy up, until it is told to stop."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do everything that is due, once, and end")

    def handle(self, *, once: bool, **options: Any) -> None:
        if once:
            work(now=timezone.now(), due=DUTIES)
            return
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        loop(stop)


def mail(now: datetime) -> None:
    while outbox.write_due(now=now) or delivery.deliver_due(now=now):
        pass


def holds(now: datetime) -> None:
    appointments.release_expired(now=now)


def holidays(now: datetime) -> None:
    doctors.extend_holidays(today=now.astimezone(doctors.clinic().tz).date())


def tidy(now: datetime) -> None:
    call_command("prune", verbosity=0)


def heartbeat(now: datetime) -> None:
    cache.set(HEARTBEAT, now.isoformat(), timeout=3600)


Duty = tuple[Callable[[datetime], None], timedelta]
DUTIES: list[Duty] = [
    (mail, timedelta(0)),
    (holds, timedelta(seconds=15)),
    (heartbeat, timedelta(seconds=10)),
    (holidays, timedelta(hours=12)),
    (tidy, timedelta(hours=1)),
]


def work(*, now: datetime, due: list[Duty]) -> None:
    for duty, _every in due:
        duty(now)


def loop(stop: Event) -> None:
    """Each duty in its rhythm; a server that does not answer is a line in the log and a pause, not the end."""
    last: dict[Callable[[datetime], None], float] = {}
    while not stop.is_set():
        pause = PAUSE
        for duty, every in DUTIES:
            if stop.is_set() or time.monotonic() - last.get(duty, float("-inf")) < every.total_seconds():
                continue
            try:
                duty(timezone.now())
                last[duty] = time.monotonic()
            except (OperationalError, InterfaceError, RedisError) as error:
                log.warning("worker_waits", duty=duty.__name__, error=type(error).__name__)
                close_old_connections()
                pause = AFTER_AN_OUTAGE
        stop.wait(pause)
