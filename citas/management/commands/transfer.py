"""Moves everything to another database, of either engine, and proves that nothing has changed on the way."""

from __future__ import annotations

import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from citas.db import configuration
from citas.environment import ConfigurationError, Environment
from citas.management.moving import report, steps
from citas.management.moving.steps import Place, StepFailed
from doctors import maintenance_repository

# A request that had begun when maintenance did is over by then: none takes longer (docs/operations.md, deadlines).
LAST_REQUESTS = 6.0  # seconds


class Command(BaseCommand):
    help = (
        "Export this database, load it into the one of --to, and compare every record. Meanwhile nobody can change "
        "anything; after a success that stays so, until the servers are started with the new DATABASE_URL."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", required=True, metavar="URL", help="DATABASE_URL of the other database, empty")
        parser.add_argument("--report", metavar="FILE", help="where to write what happened, as Markdown; else stdout")
        parser.add_argument("--dry-run", action="store_true", help="export and look at the other one; change nothing")
        parser.add_argument("--yes", action="store_true", help="begin without asking")
        parser.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        here = Environment.read(os.environ)
        target = _target(here, options["to"])
        _ask(target, options)
        began, started = timezone.now(), time.monotonic()
        try:
            done = (self._rehearse if options["dry_run"] else self._move)(here, target)
        except StepFailed as error:
            raise CommandError(f"{error}; this database stays in use") from error
        seconds = time.monotonic() - started
        names = {"source": here.engine, "target": target.engine, "began": f"{began:%Y-%m-%d %H:%M} UTC"}
        self._say(done, names, seconds, options)

    def _move(self, here: Environment, target: Environment) -> dict[str, Any]:
        there = Place(url=target.database)
        self._tell("Making the tables there…")
        steps.run(there, "migrate", "--no-input", "--verbosity", "0")
        with _archive() as path, no_changes():
            self._tell("Nobody can change anything now.")
            time.sleep(LAST_REQUESTS)
            done = {"export": steps.result(Place(url=here.database), "export_data", path)}
            done["import"] = steps.result(there, "import_data", path, "--just-made")
            done["verify"] = steps.result(there, "verify_data", path)
        return done

    def _rehearse(self, here: Environment, target: Environment) -> dict[str, Any]:
        """Everything but the changes: whether the other database answers, has the tables, and is empty."""
        with _archive() as path:
            done = {"export": steps.result(Place(url=here.database), "export_data", path)}
            done["import"] = steps.result(Place(url=target.database), "import_data", path, "--dry-run")
        return done

    def _tell(self, text: str) -> None:
        self.stderr.write(text)

    def _say(self, done: dict[str, Any], names: dict[str, str], seconds: float, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({**names, "seconds": round(seconds, 1), **done}))
        elif options["dry_run"]:
            self.stdout.write(f"{done['import']['stored']} records would be stored; nothing was changed")
        elif options["report"]:
            Path(options["report"]).write_text(report.markdown(**names, steps=done, seconds=seconds), encoding="utf-8")
            self.stdout.write(f"{done['verify']['rows']} records are there, all the same: see {options['report']}")
        else:
            self.stdout.write(report.markdown(**names, steps=done, seconds=seconds))
        if not options["dry_run"]:
            self._tell("Start all servers with the new DATABASE_URL. To stay here instead: manage.py maintenance off")


def _target(here: Environment, url: str) -> Environment:
    """The environment with the other database, which answers (an embedded one stays up until this command ends)."""
    try:
        target = Environment.read({**os.environ, "DATABASE_URL": url})
        if target.database == here.database:
            raise CommandError("--to is this very database")
        configuration.ready(target)
    except ConfigurationError as error:
        raise CommandError(str(error).replace("DATABASE_URL", "--to")) from error
    return target


def _ask(target: Environment, options: dict[str, Any]) -> None:
    if options["yes"] or options["dry_run"]:
        return
    if not sys.stdin.isatty():
        raise CommandError("nobody could change anything meanwhile; without a terminal, say --yes", returncode=2)
    if input(f"Nobody can change anything while all is moved to {target.engine}. Type yes to begin: ") != "yes":
        raise CommandError("nothing was moved")


@contextmanager
def no_changes() -> Iterator[None]:
    """Maintenance, which stays after a success and ends after a failure, unless it had been on before."""
    began = maintenance_repository.begin(now=timezone.now())
    try:
        yield
    except BaseException:
        if began:
            maintenance_repository.end()
        raise


@contextmanager
def _archive() -> Iterator[str]:
    with TemporaryDirectory(prefix="citas-") as folder:  # which nobody else may enter
        yield str(Path(folder) / "archive")
