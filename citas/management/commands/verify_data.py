"""Compares the database with an archive, or with another database, record by record."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from citas.archive import reading, verifying
from citas.archive.format import Refused
from citas.archive.reading import Archive
from citas.archive.verifying import Findings
from citas.db.naming import line_of
from citas.db.snapshot import SnapshotExpired
from citas.management.progress import Watch, no_cycles, progress


class Command(BaseCommand):
    help = (
        "Compare every record of the database with an archive or another database, look up every reference, and scan "
        "for overlaps. Exits 1, and says the first 20 differences, when anything differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("other", metavar="FILE|URL", help="an archive, or another database's DATABASE_URL")
        parser.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        watch = Watch()
        try:
            with _file(options["other"]) as path:
                archive = reading.open_archive(path, records_too=False)
                with no_cycles(), progress("Verifying", total=archive.rows) as advance:
                    findings = verifying.verify(archive, advance=advance)
        except (Refused, SnapshotExpired) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['other']} cannot be read: {error.strerror or error}") from error
        except DatabaseError as error:
            raise CommandError(f"the database cannot be read: {line_of(error)}") from error
        self._report(archive, findings, watch, as_json=options["json"])
        if not findings.same:
            raise SystemExit(1)

    def _report(self, archive: Archive, findings: Findings, watch: Watch, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(_result(archive, findings, watch)))
            return
        for line in findings.first:
            self.stdout.write(line)
        self.stdout.write(
            f"{findings.records} records compared, {findings.differences} differ; "
            f"{findings.dangling} references lead nowhere, {findings.overlaps} overlaps"
        )


def _result(archive: Archive, findings: Findings, watch: Watch) -> dict[str, Any]:
    return {
        "archive": archive.fingerprint,
        "same": findings.same,
        "rows": findings.records,
        "differences": findings.differences,
        "dangling": findings.dangling,
        "overlaps": findings.overlaps,
        "first": findings.first,
        **watch.measures(findings.records),
        "models": {
            section.model: {"sha256": section.sha256, "here": findings.hashes[section.model]}
            for section in archive.sections
        },
    }


@contextmanager
def _file(other: str) -> Iterator[Path]:
    """The archive that was named, or a passing one of the other database: another process reads that engine."""
    if "://" not in other:
        yield Path(other)
        return
    with TemporaryDirectory(prefix="citas-") as folder:  # which nobody else may enter
        path = Path(folder) / "other.zip"
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "export_data", str(path)]
        there = {**os.environ, "DATABASE_URL": other}
        done = subprocess.run(command, env=there, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise CommandError("the other database cannot be read")
        yield path
