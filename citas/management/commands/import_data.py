"""Loads an archive of export_data into a database that is empty, or in which this was interrupted."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from citas.archive import loading
from citas.archive.format import Refused
from citas.archive.reading import Archive
from citas.db.naming import line_of
from citas.db.snapshot import SnapshotExpired
from citas.management.progress import Watch, no_cycles, progress


class Command(BaseCommand):
    help = (
        "Load an archive into a migrated database without any other data. Interrupted, it goes on where it was when "
        "started again. A file that is cut short, changed or foreign is refused before anything is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="what export_data has written")
        parser.add_argument(
            "--just-made",
            action="store_true",
            help="it was written here a moment ago, and verify_data follows: only see whether it is whole",
        )
        parser.add_argument("--dry-run", action="store_true", help="check everything and write nothing")
        parser.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        watch = Watch()
        path = Path(options["file"])
        try:
            with no_cycles():
                archive = loading.open_to_load(path, just_made=options["just_made"])
                missing = loading.missing(archive) if options["dry_run"] else _load(archive)
        except (Refused, SnapshotExpired) as error:
            raise CommandError(f"{path}: {error}") from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror or error}") from error
        except DatabaseError as error:
            raise CommandError(f"the database failed; start again to go on: {line_of(error)}") from error
        self._report(archive, missing, watch, options)

    def _report(self, archive: Archive, missing: dict[str, int], watch: Watch, options: dict[str, Any]) -> None:
        stored = sum(missing.values())
        if not options["json"]:
            word = "would be stored" if options["dry_run"] else "stored"
            self.stdout.write(f"{stored} records {word}, {archive.rows - stored} were there already")
            return
        result = {
            "archive": archive.fingerprint,
            "rows": archive.rows,
            "stored": stored,
            "there": archive.rows - stored,
            "dry_run": options["dry_run"],
            **watch.measures(archive.rows),
            "models": {
                section.model: {"rows": section.rows, "stored": missing[section.model]} for section in archive.sections
            },
        }
        self.stdout.write(json.dumps(result))


def _load(archive: Archive) -> dict[str, int]:
    with progress("Importing", total=archive.rows) as advance:
        return loading.load(archive, advance=advance)
