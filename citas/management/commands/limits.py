"""`manage.py limits`: how often somebody may try, in force here."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.limits import LIMITS

COLUMNS = ("limit", "count", "seconds", "by", "without_cache")


class Command(BaseCommand):
    help = "Print the rate limits in force, RATE_LIMIT_FACTOR included: so many in so many seconds, and of whom."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        rows = _rows()
        if options["json"]:
            self.stdout.write(json.dumps({"factor": settings.RATE_LIMIT_FACTOR, "limits": rows}))
            return
        widths = [max(len(str(row[column])) for row in [_headings(), *rows]) for column in COLUMNS]
        for row in [_headings(), *rows]:
            cells = [str(row[column]).ljust(width) for column, width in zip(COLUMNS, widths, strict=True)]
            self.stdout.write("  ".join(cells).rstrip())


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "limit": name,
            "count": limit.in_force,
            "seconds": limit.seconds,
            "by": limit.by,
            "without_cache": "refused" if limit.guards else "let through",
        }
        for name, limit in LIMITS.items()
    ]


def _headings() -> dict[str, Any]:
    return {column: column.replace("_", " ") for column in COLUMNS}
