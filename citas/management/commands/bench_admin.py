"""Measures the administration on the clinic that is there, and on another engine beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from statistics import median
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client
from django.utils import translation
from rich.console import Console
from rich.progress import track

from accounts import repository as accounts
from citas.db import timing
from citas.management.touring import tour
from citas.management.visitor import signed_in

MOST_MS = 300
PAGES = (200, 302)  # the one clinic's list leads to its page
Row = dict[str, Any]


class Command(BaseCommand):
    help = (
        "Open every list of the administration, with each filter, search, date and order, and time it in milliseconds. "
        "Fails when a page takes longer than --most or is no page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--runs", type=int, default=5, help="the median of so many, after one that warms up")
        parser.add_argument("--most", type=int, default=MOST_MS, help="milliseconds that a page may take")
        parser.add_argument("--only", default="", help="only pages whose path holds this")
        parser.add_argument("--against", metavar="URL", help="another DATABASE_URL, to be measured beside this one")
        parser.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        if options["runs"] < 1:
            raise CommandError("a measurement needs a run")
        measured = {connection.display_name: _measure(options)}
        if options["against"]:
            measured |= _elsewhere(options)
        rows = [row for each in measured.values() for row in each]
        bad = [row for row in rows if row["ms"] > options["most"] or row["status"] not in PAGES]
        self.stdout.write(json.dumps(measured) if options["json"] else "\n".join(_lines(measured, options["most"])))
        if bad:
            raise SystemExit(1)


def _measure(options: dict[str, Any]) -> list[Row]:
    manager = accounts.some_manager()
    if manager is None:
        raise CommandError("nobody here may see the administration: a manager is needed")
    with translation.override("en"), signed_in(manager) as client:
        try:
            pages = list(tour.pages(manager=manager, read=lambda path: _text(client, path), only=options["only"]))
        except tour.NothingToSee as error:
            raise CommandError("there is no appointment: manage.py seed makes some") from error
        shown = track(pages, "Opening", console=Console(stderr=True), disable=options["json"])
        return [_timed(client, page, options["runs"]) for page in shown]


def _text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def _timed(client: Client, page: tour.Page, runs: int) -> Row:
    """Median of so many calls, after one that warms caches up and counts the questions."""
    with timing.measured() as spent:
        status = client.get(page.path).status_code
    seconds = []
    for _run in range(runs):
        started = time.perf_counter()
        client.get(page.path)
        seconds.append(time.perf_counter() - started)
    took = round(median(seconds) * 1000)
    return {"page": page.what, "path": page.path, "ms": took, "queries": spent.queries, "status": status}


def _elsewhere(options: dict[str, Any]) -> dict[str, list[Row]]:
    """The same measured in a process of its own, on the other database."""
    command = [sys.executable, "manage.py", "bench_admin", "--json", f"--runs={options['runs']}"]
    command += [f"--most={options['most']}", f"--only={options['only']}"]
    there = os.environ | {"DATABASE_URL": options["against"]}
    ended = subprocess.run(command, cwd=settings.BASE_DIR, env=there, stdout=subprocess.PIPE, text=True, check=False)
    if not ended.stdout.startswith("{"):
        raise CommandError("the other database could not be measured")
    return json.loads(ended.stdout)


def _lines(measured: dict[str, list[Row]], most: int) -> Iterator[str]:
    by_path = [{row["path"]: row for row in rows} for rows in measured.values()]
    yield "".join(f"{name:>22}" for name in measured) + "  ms (questions)"
    for path in dict.fromkeys(path for rows in by_path for path in rows):
        row = next(rows[path] for rows in by_path if path in rows)
        cells = "".join(f"{_cell(rows.get(path), most):>22}" for rows in by_path)
        yield f"{cells}  {row['page']}: {unquote_plus(path)}"
    for name, rows in measured.items():
        times = sorted(row["ms"] for row in rows)
        late = sum(took > most for took in times)
        usual = round(median(times))
        yield f"{name}: {len(rows)} pages, median {usual} ms, slowest {times[-1]} ms, {late} over {most} ms"


def _cell(row: Row | None, most: int) -> str:
    """What a page took. Keys, and so paths, differ between two clinics."""
    if row is None:
        return "-"
    if row["status"] not in PAGES:
        return f"status {row['status']} !"
    return f"{row['ms']} ({row['queries']})" + (" !" if row["ms"] > most else "  ")
