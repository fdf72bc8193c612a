"""Proves on this database that of many rivals for one slot exactly one gets it."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from appointments.booking import PatientBusy, SlotTaken
from citas.management.proof import cast, repository, unguarded_repository
from citas.management.proof.race import Race, Round

REFUSALS = {"doctor": (SlotTaken,), "patient": (SlotTaken, PatientBusy)}
# Rounds of the scratch table need no clinic: any instants on the grid will do.
SCRATCH_START = datetime(2030, 1, 1, 1, tzinfo=UTC)
ERRORS_SHOWN = 3


class Command(BaseCommand):
    help = (
        "Release many clients at once onto one slot, half of them at the same start, half at overlapping ones. "
        "Succeeds when each round has one winner, no error and no overlap; with --without-guard, when it has doubles."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clients", type=int, default=200, help="connections at once")
        parser.add_argument("--rounds", type=int, default=20)
        parser.add_argument("--for", choices=["doctor", "patient"], default="doctor", dest="scarce", help="whose time")
        parser.add_argument("--without-guard", action="store_true", help="on a scratch table: look first, insert later")
        parser.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        if options["clients"] < 2 or options["rounds"] < 1:
            raise CommandError("a race needs two clients and a round")
        started = time.monotonic()
        prove = _without_guard if options["without_guard"] else _with_guard
        try:
            rounds, overlaps = prove(options)
        except OperationalError as error:
            raise CommandError(f"no connection for each of {options['clients']} clients: {_line(error)}") from error
        except (cast.NoFreeDays, TimeoutError) as error:
            raise CommandError(str(error)) from error
        result = _result(rounds, overlaps, options, time.monotonic() - started)
        self._say(result, rounds, options)
        if not _proven(result, guarded=not options["without_guard"]):
            raise SystemExit(1)

    def _say(self, result: dict[str, Any], rounds: list[Round], options: dict[str, Any]) -> None:
        for error in [error for ended in rounds for error in ended.errors][:ERRORS_SHOWN]:
            self.stderr.write(error)
        self.stdout.write(json.dumps(result) if options["json"] else _sentence(result, options))


def _with_guard(options: dict[str, Any]) -> tuple[list[Round], int]:
    now, scarce = timezone.now(), options["scarce"]
    with cast.on_stage(clients=options["clients"], scarce=scarce, now=now) as players:
        starts = cast.starts(cast=players, rounds=options["rounds"], now=now)
        attempt = cast.attempt(cast=players, starts=starts, scarce=scarce, now=now)
        race = Race(clients=options["clients"], attempt=attempt, refusals=REFUSALS[scarce])
        return _run(race, options), repository.overlaps(doctors=players.doctors)


def _without_guard(options: dict[str, Any]) -> tuple[list[Round], int]:
    starts = [SCRATCH_START + timedelta(hours=3 * number) for number in range(options["rounds"])]
    with unguarded_repository.scratch_table():
        attempt = unguarded_repository.attempt(starts=starts, scarce=options["scarce"])
        race = Race(clients=options["clients"], attempt=attempt, refusals=())
        return _run(race, options), unguarded_repository.overlaps()


def _run(race: Race, options: dict[str, Any]) -> list[Round]:
    columns = (TextColumn("Proving"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=options["rounds"])
        return race.run(rounds=options["rounds"], after_each=lambda: bar.advance(task))


def _result(rounds: list[Round], overlaps: int, options: dict[str, Any], seconds: float) -> dict[str, Any]:
    return {
        "clients": options["clients"],
        "rounds": options["rounds"],
        "winners": [ended.winners for ended in rounds],
        "refused": sum(ended.refused for ended in rounds),
        "errors": sum(len(ended.errors) for ended in rounds),
        "overlaps": overlaps,
        "seconds": round(seconds, 1),
    }


def _proven(result: dict[str, Any], *, guarded: bool) -> bool:
    if not guarded:
        return result["overlaps"] > 0
    return set(result["winners"]) == {1} and not result["errors"] and not result["overlaps"]


def _sentence(result: dict[str, Any], options: dict[str, Any]) -> str:
    most, least = max(result["winners"]), min(result["winners"])
    won = f"{least} to {most} winners" if least != most else f"{most} winner{'s' if most != 1 else ''}"
    return (
        f"{result['rounds']} rounds of {result['clients']} clients for one {options['scarce']}: {won} a round, "
        f"{result['refused']} refused, {result['errors']} errors, {result['overlaps']} overlaps, {result['seconds']} s"
    )


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())
