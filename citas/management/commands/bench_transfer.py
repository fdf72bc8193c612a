"""Measures a move to the other engine beside Django's own dumpdata and loaddata, on the same made-up clinic."""

from __future__ import annotations

import json
import os
import subprocess
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from citas.db import configuration
from citas.environment import EMBEDDED_DATABASES, Environment
from citas.management.moving import steps
from citas.management.moving.steps import Place, StepFailed

OTHER = dict(zip(EMBEDDED_DATABASES, reversed(EMBEDDED_DATABASES), strict=True))
STEPS = ("export", "import", "verify")
# loaddata is stopped once it has taken so many times as long as our whole way.
ENOUGH = 12
# Made by migrate on each side, or nobody's to move. Groups and accounts are named by natural keys: the engines' own
# keys of contrib apps are of different kinds.
DUMP = (
    "--natural-foreign",
    "--exclude",
    "contenttypes",
    "--exclude",
    "auth",
    "--exclude",
    "sessions",
    "--exclude",
    "admin",
)


class Command(BaseCommand):
    help = "Move a made-up clinic between two new embedded databases by an archive, then by dumpdata and loaddata."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", choices=EMBEDDED_DATABASES, default=EMBEDDED_DATABASES[0], dest="source")
        parser.add_argument("--doctors", type=int, default=200)
        parser.add_argument("--patients", type=int, default=20_000)
        parser.add_argument("--appointments", type=int, default=200_000)
        parser.add_argument("--archive-only", action="store_true", help="without dumpdata and loaddata")
        parser.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        with TemporaryDirectory(prefix="citas-bench-", dir=os.environ.get("TMPDIR")) as name:
            folder = Path(name)
            try:
                source = _place(folder / "source", options["source"])
                self._seed(source, options)
                found = self._by_archive(source, _place(folder / "archive", OTHER[source.url]), folder)
                if not options["archive_only"]:
                    plain = _place(folder / "plain", OTHER[source.url])
                    found |= self._by_dump(source, plain, folder, longest=ENOUGH * found["archive_seconds"])
            except StepFailed as error:
                raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(found) if options["json"] else _sentence(found))

    def _seed(self, source: Place, options: dict[str, Any]) -> None:
        self.stderr.write("Making the clinic…")
        sizes = (word for name in ("doctors", "patients", "appointments") for word in (f"--{name}", str(options[name])))
        steps.run(source, "seed", *sizes, "--seed", "7", "--yes")

    def _by_archive(self, source: Place, target: Place, folder: Path) -> dict[str, Any]:
        self.stderr.write("Moving it by an archive…")
        path = str(folder / "archive.zip")
        found, seconds = _timed(
            lambda: {
                "export": steps.result(source, "export_data", path),
                "import": steps.result(target, "import_data", path, "--just-made"),
                "verify": steps.result(target, "verify_data", path),
            }
        )
        parts = {f"{name}_{what}": said[what] for name, said in found.items() for what in ("seconds", "peak_mb")}
        return {"rows": found["export"]["rows"], "same": found["verify"]["same"], "archive_seconds": seconds, **parts}

    def _by_dump(self, source: Place, target: Place, folder: Path, *, longest: float) -> dict[str, Any]:
        self.stderr.write("Moving it by dumpdata and loaddata…")
        path = str(folder / "dump.json")
        _said, dump = _timed(lambda: steps.run(source, "dumpdata", *DUMP, "--output", path))
        whole, load = _timed(lambda: _within(longest, target, "loaddata", path))
        return {"dumpdata_seconds": dump, "loaddata_seconds": load, "loaddata_ended": whole}


def _place(data: Path, url: str) -> Place:
    """A new database, whose server stays up until this command ends."""
    place = Place(url=url, data=data)
    configuration.ready(Environment.read(steps.environment(place)))
    steps.run(place, "migrate", "--no-input", "--verbosity", "0")
    return place


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.monotonic()
    found = work()
    return found, round(time.monotonic() - started, 1)


def _within(seconds: float, place: Place, *words: str) -> bool:
    """Whether a command ended by itself within this time. Raises StepFailed when it failed."""
    try:
        done = subprocess.run(
            steps.command(*words),
            env=steps.environment(place),
            stdout=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    if done.returncode:
        raise StepFailed(f"{words[0]} failed")
    return True


def _sentence(found: dict[str, Any]) -> str:
    parts = ", ".join(f"{step} {found[f'{step}_seconds']}" for step in STEPS)
    most = max(found[f"{step}_peak_mb"] for step in STEPS)
    verdict = "all the same" if found["same"] else "NOT the same"
    whole = (
        f"{found['rows']:,} records by an archive: {found['archive_seconds']} s ({parts}), {most} MB at most, {verdict}"
    )
    lines = [whole]
    if "dumpdata_seconds" in found:
        plain = found["dumpdata_seconds"] + found["loaddata_seconds"]
        more = "" if found["loaddata_ended"] else "more than "
        lines.append(
            f"by dumpdata and loaddata: {more}{plain:.1f} s, {more}{plain / found['archive_seconds']:.1f} times"
        )
    return "\n".join(lines)
