"""Writes everything that the clinic's database holds into one file that names no engine."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from citas.archive import writing
from citas.archive.format import Refused, Section, fingerprint
from citas.db.naming import line_of
from citas.db.snapshot import SnapshotExpired, snapshot
from citas.management.progress import Watch, no_cycles, progress

PIPE = "-"


class Command(BaseCommand):
    help = "Write an archive of everything in the database, as it is at one moment; import_data reads it on any engine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="where to; only its owner may read it. - is stdout")
        parser.add_argument("--yes", action="store_true", help="write over a file that is there, without asking")
        parser.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        watch = Watch()
        try:
            if options["file"] == PIPE:
                _write(sys.stdout.buffer)
                return
            path = Path(options["file"])
            _may_write(path, yes=options["yes"])
            with private(path) as target:
                sections = _write(target)
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be written: {error.strerror}") from error
        self._report(sections, watch, path, as_json=options["json"])

    def _report(self, sections: list[Section], watch: Watch, path: Path, *, as_json: bool) -> None:
        rows = sum(section.rows for section in sections)
        result = {
            "archive": fingerprint(sections),
            "rows": rows,
            "bytes": path.stat().st_size,
            **watch.measures(rows),
            "models": {section.model: {"rows": section.rows, "sha256": section.sha256} for section in sections},
        }
        sentence = f"{rows} records in {path}, {result['bytes']} bytes, {result['seconds']} s"
        self.stdout.write(json.dumps(result) if as_json else sentence)


def _may_write(path: Path, *, yes: bool) -> None:
    if not path.exists() or yes:
        return
    if not sys.stdin.isatty():
        raise CommandError(f"{path} is there already; without a terminal, writing over it needs --yes", returncode=2)
    if input(f"{path} is there already and would be lost. Type yes to go on: ") != "yes":
        raise CommandError("nothing was written")


def _write(target: BinaryIO) -> list[Section]:
    try:
        with no_cycles(), progress("Exporting", total=None) as advance, snapshot() as found:
            return writing.write(target, found, advance=advance)
    except (Refused, SnapshotExpired) as error:
        raise CommandError(str(error)) from error
    except DatabaseError as error:
        raise CommandError(f"the database cannot be read: {line_of(error)}") from error


@contextmanager
def private(path: Path) -> Iterator[BinaryIO]:
    """A file that only its owner may read, there whole or not at all."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
