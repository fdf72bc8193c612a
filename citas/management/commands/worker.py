"""`manage.py worker`: mail, holds that run out, holidays to come, and tidying up; in a loop, with a heartbeat."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Any

import structlog
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, InternalError, OperationalError, close_old_connections
from django.utils import timezone
from redis.exceptions import RedisError

from appointments import repository as appointments
from doctors import maintenance_repository
from doctors import repository as doctors
from notifications import delivery, outbox, webhooks

log = structlog.get_logger()

PAUSE = 1.0  # seconds between two looks at the outbox
LONGEST_PAUSE = 5.0  # between two tries while a server does not answer
MAIL_SECONDS = 2.0  # of sending, then the other duties get their turn
HOOK_SECONDS = 1.0
GRACE_SECONDS = 2  # to finish what is in hand when told to stop
HEARTBEAT = "worker:heartbeat"
RETRY = 60.0  # seconds before a duty that failed is tried again
OUTAGE = (OperationalError, InterfaceError, InternalError, RedisError)


class Command(BaseCommand):
    help = "Send mail, release holds that ran out, keep public holidays and tidy up, until it is told to stop."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do everything that is due, once, and end")

    def handle(self, **options: Any) -> None:
        if options["once"]:
            once()
            return
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: _leave_soon(stop))
        loop(stop)
        signal.alarm(0)  # while Python ends it handles no signals any more: the alarm would kill it


def _leave_soon(stop: Event) -> None:
    """End after what is in hand, and do not wait for a mail server that hangs: its message is tried again later."""
    stop.set()
    signal.signal(signal.SIGALRM, _leave)
    signal.alarm(GRACE_SECONDS)


def _leave(number: int, frame: Any) -> None:
    raise SystemExit(0)


def mail() -> None:
    """Write what is due and send what waits, message by message, until all is done, one fails or the time is up."""
    enough = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < enough:
        written = outbox.write_due(now=timezone.now(), limit=20)
        if not written + delivery.deliver_due(now=timezone.now(), limit=1):
            return


def hooks() -> None:
    """Tell webhooks what waits, for a short time: a receiver that hangs keeps the mail waiting for seconds at most."""
    enough = time.monotonic() + HOOK_SECONDS
    while time.monotonic() < enough and webhooks.deliver_due(now=timezone.now(), limit=1):
        continue


def holds() -> None:
    appointments.release_expired(now=timezone.now())


def holidays() -> None:
    doctors.extend_holidays(today=timezone.now().astimezone(doctors.clinic().tz).date())


def tidy() -> None:
    call_command("prune", verbosity=0)


def heartbeat() -> None:
    cache.set(HEARTBEAT, timezone.now().isoformat(), timeout=3600)


# How often, in seconds. The heartbeat comes last: it says that the others went well.
DUTIES: dict[Callable[[], None], float] = {mail: 0, hooks: 0, holds: 15, holidays: 12 * 3600, tidy: 3600, heartbeat: 10}


@dataclass
class Duty:
    """Something to do every so many seconds; what goes wrong with it stays here, unless a server does not answer."""

    work: Callable[[], None]
    every: float
    next_at: float = float("-inf")  # of time.monotonic()
    failing: bool = False

    def do(self) -> None:
        """Do it, and say in the log when it fails. Raises OUTAGE: then it is still due."""
        try:
            self.work()
            self.failing = False
        except OUTAGE:
            raise
        except Exception as error:  # noqa: BLE001 - a fault of one duty must not end the others
            # What the error says may repeat a name or an address: the log gets its kind only.
            log.error("worker_duty_failed", duty=self.work.__name__, error=type(error).__name__)
            self.failing = True
        self.next_at = time.monotonic() + (RETRY if self.failing else self.every)


def duties() -> list[Duty]:
    return [Duty(work, every) for work, every in DUTIES.items()]


def once() -> None:
    """Do everything. Raises CommandError when something failed, after the rest is done."""
    todo = duties()
    do_what_is_due(todo, Event())
    failed = [duty.work.__name__ for duty in todo if duty.failing]
    if failed:
        raise CommandError(f"failed: {', '.join(failed)}")


def loop(stop: Event) -> None:
    """Each duty in its rhythm; a server that does not answer is a line in the log and a longer pause, not the end."""
    todo = duties()
    pause = PAUSE
    while not stop.is_set():
        try:
            if may_change():
                do_what_is_due(todo, stop)
            if pause > PAUSE:
                log.info("worker_goes_on")
            pause = PAUSE
        except OUTAGE as error:
            if pause == PAUSE:
                log.warning("worker_waits", error=type(error).__name__)
            pause = min(pause * 2, LONGEST_PAUSE)
            close_old_connections()
        stop.wait(pause)


def do_what_is_due(todo: list[Duty], stop: Event) -> None:
    """One round. There is no heartbeat while a duty fails."""
    for duty in todo:
        well = duty.work is not heartbeat or not any(other.failing for other in todo)
        if well and not stop.is_set() and time.monotonic() >= duty.next_at:
            duty.do()


def may_change() -> bool:
    """Whether the data is not being moved just now. The heartbeat goes on: the worker waits, and is well."""
    if maintenance_repository.since() is None:
        return True
    heartbeat()
    return False
