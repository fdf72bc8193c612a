"""Fills an empty clinic with made-up people and visits: a demo, or as many as asked for."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from citas.db import atomic, bulk
from citas.management.seeding.archive import DEMO, Archive, Size

OURS = ("accounts", "doctors", "patients", "appointments", "notifications")
FAMILY = 2  # the demo's patient and her son are among the patients


class Command(BaseCommand):
    help = "Fill an empty clinic with made-up doctors, patients and visits around today, and the four demo logins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="the small clinic of `make run`")
        parser.add_argument("--if-empty", action="store_true", help="do nothing, and succeed, where there is a clinic")
        parser.add_argument("--doctors", type=_count, default=200)
        parser.add_argument("--patients", type=_count, default=20_000)
        parser.add_argument("--appointments", type=_count, default=200_000)
        parser.add_argument("--seed", type=int, default=7, help="the same seed on the same day gives the same clinic")
        parser.add_argument("--now", type=_instant, help="what counts as now, such as 2027-03-09T10:00+01:00")
        parser.add_argument("--reset", action="store_true", help="empty the clinic first: everything in it is lost")
        parser.add_argument("--yes", action="store_true", help="empty it without asking")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        if settings.CITAS_ENV == "production":
            raise CommandError("a production clinic is not filled with made-up people")
        size = DEMO if options["demo"] else _size(options)
        empty = bulk.is_empty(_kinds())
        if not empty and options["if_empty"]:
            return
        if not empty and not options["reset"]:
            raise CommandError("the clinic is not empty; --reset empties it first, and everything in it is lost")
        if options["dry_run"]:
            self.stdout.write(f"would {'' if empty else 'empty the clinic and '}store {size}")
            return
        if not empty:
            self._empty(options)
        self._report(_fill(size, options), options)

    def _empty(self, options: dict[str, Any]) -> None:
        if not options["yes"]:
            if not sys.stdin.isatty():
                raise CommandError("without a terminal, emptying the clinic needs --yes", returncode=2)
            if input("Everything in this clinic will be lost. Type yes to go on: ") != "yes":
                raise CommandError("nothing was changed")
        try:
            bulk.empty(_kinds())
        except bulk.NotOwnerError as error:
            raise CommandError("only the owner of the tables can empty them: use that DATABASE_URL") from error

    def _report(self, result: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(result))
            return
        self.stdout.write(", ".join(f"{number} {name}" for name, number in result.items()))


def _fill(size: Size, options: dict[str, Any]) -> dict[str, Any]:
    started = time.monotonic()
    now = options["now"] or timezone.now()
    bar = Progress(
        TextColumn("Seeding"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True)
    )
    # The demo is stored whole or not at all; a large clinic would hold more locks than a server has room for.
    with bar, atomic() if options["demo"] else nullcontext():
        task = bar.add_task("", total=size.patients + (size.appointments or 2000))
        archive = Archive(size=size, seed=options["seed"], now=now, advance=lambda rows: bar.advance(task, rows))
        stored = archive.store()
        bar.update(task, total=stored["patients"] + stored["appointments"])
    return {**stored, "seconds": round(time.monotonic() - started, 1)}


def _size(options: dict[str, Any]) -> Size:
    doctors, patients = options["doctors"], options["patients"]
    if not doctors or patients < doctors + FAMILY:
        raise CommandError(f"a clinic needs a doctor, and {FAMILY} more patients than doctors")
    return Size(doctors=doctors, patients=patients, appointments=options["appointments"])


def _kinds() -> list[type]:
    return [kind for name in OURS for kind in apps.get_app_config(name).get_models()]


def _count(text: str) -> int:
    if not 0 <= int(text) <= 10_000_000:
        raise ValueError
    return int(text)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else timezone.make_aware(instant)
