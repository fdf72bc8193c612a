"""`manage.py bench_api`: six reads of the API beside their plainest form, in one run, and the ratios."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client, RequestFactory, override_settings
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from accounts import repository as accounts
from accounts.models import User
from appointments import repository as appointments
from citas.db import timing
from citas.handler import Handler, Utf8Request
from citas.management.visitor import signed_in
from doctors.api_repository import listed

LISTS = ("/api/doctors", "/api/doctors/available-slots", "/api/patients", "/api/appointments")
LIMITS = (20, 100)
PRIVATE = ("/api/patients", "/api/appointments")  # the others are asked by a stranger
WARM_UP = 3
FEWEST = 2
TRIES = 3  # free time may change between two answers, because the clock goes on
ENOUGH = 100_000  # appointments: with fewer of them the figures say little
Row = dict[str, Any]


class Timed(Handler):
    """Notes how long the view itself took, without the middleware around it, in `view_seconds`."""

    view_seconds = 0.0

    def make_view_atomic(self, view: Callable[..., Any]) -> Callable[..., Any]:
        view = super().make_view_atomic(view)

        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return view(*args, **kwargs)
            finally:
                self.view_seconds = time.perf_counter() - began

        return timed


class PlainRequest(Utf8Request):
    """The same request, which meets the plainest views."""

    urlconf = "citas.management.plainest.urls"


class Plain(Timed):
    request_class = PlainRequest


class Command(BaseCommand):
    help = (
        "Ask six endpoints of the API by turns as they are and in their plainest form (model instances and "
        "JsonResponse, behind the same middleware), and print both times and their ratio. Refuses when the two answer "
        "differently."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rounds", type=int, default=30, help="one request of each form")
        parser.add_argument("--only", default="", help="only endpoints whose address holds this")
        written = parser.add_mutually_exclusive_group()
        written.add_argument("--markdown", action="store_true", help="the result as a table in Markdown")
        written.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        if options["rounds"] < FEWEST:
            raise CommandError(f"a measurement needs {FEWEST} rounds")
        manager, doctor = accounts.some_manager(), listed().first()
        if manager is None or doctor is None:
            raise CommandError("there must be a manager, who may read everything, and a doctor: manage.py seed")
        paths = [path for path in _paths(doctor.pk) if options["only"] in path]
        rows = self._measured(paths, manager, options)
        self.stdout.write(_written(rows, options))
        if not options["json"] and (there := appointments.count()) < ENOUGH:
            self.stdout.write(f"Only {there:,} appointments here: README.md has a seed of which the figures say more.")

    def _measured(self, paths: list[str], manager: User, options: dict[str, Any]) -> list[Row]:
        shown = Progress(console=Console(file=sys.stderr), disable=options["json"], redirect_stderr=False)
        with shown, signed_in(manager) as client, _unread(), _connected(), override_settings(RATE_LIMIT_FACTOR=1e6):
            both, rows, asking = Both(client), [], shown.add_task("Asking", total=len(paths))
            for path in paths:
                rows.append(both.measured(path, options["rounds"]))
                shown.advance(asking)
        return rows


def _paths(doctor: Any) -> list[str]:
    lists = [f"{path}?limit={limit}" for path in LISTS for limit in LIMITS]
    return ["/api/health", f"/api/doctors/{doctor}", *lists]


@contextmanager
def _unread() -> Iterator[None]:
    """Lines of requests are written as always, but to where nobody reads them."""
    with Path(os.devnull).open("w", buffering=1) as unread, redirect_stderr(unread):
        yield


@contextmanager
def _connected() -> Iterator[None]:
    """The connection outlives a request, as those of the web server's pool do; a command's would be made anew."""
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    try:
        yield
    finally:
        for end in ends:
            end.connect(close_old_connections)


class Both:
    """The API as it is and in its plainest form, asked by one person as a WSGI server asks them."""

    def __init__(self, client: Client) -> None:
        self.handlers: dict[str, Timed] = {"ours": Timed(), "plainest": Plain()}
        self.cookies = client.cookies.output(header="", sep=";").strip()
        defaults: Row = client.defaults
        self.factory = RequestFactory(**defaults)

    def measured(self, path: str, rounds: int) -> Row:
        """Milliseconds and questions of each form, and how many times as long the plainest takes."""
        self._compare(path)
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in self.handlers}
        for number in range(WARM_UP + rounds):
            for name in sorted(self.handlers, reverse=bool(number % 2)):
                began = time.perf_counter()
                self._ask(name, path)
                taken[name].append((time.perf_counter() - began, self.handlers[name].view_seconds))
        found = {name: _spread(times[WARM_UP:]) | self._questions(name, path) for name, times in taken.items()}
        ours, plainest = found["ours"], found["plainest"]
        ratios = {name: round(plainest[name] / ours[name], 2) for name in ("median", "view")}
        return {"path": path, **found, "ratio": ratios["median"], "view_ratio": ratios["view"]}

    def _compare(self, path: str) -> None:
        """Raises CommandError when the two say different things."""
        for _try in range(TRIES):
            if json.loads(self._ask("ours", path)) == json.loads(self._ask("plainest", path)):
                return
        raise CommandError(f"{path}: the two forms answer differently, and so nothing can be compared")

    def _questions(self, name: str, path: str) -> dict[str, int]:
        with timing.measured() as spent:
            self._ask(name, path)
        return {"queries": spent.queries}

    def _ask(self, name: str, path: str) -> bytes:
        who: Row = {"HTTP_COOKIE": self.cookies} if path.startswith(PRIVATE) else {}
        response = self.handlers[name]({**self.factory.get(path, **who).environ, "wsgi.input": io.BytesIO()}, _start)
        body = b"".join(response)
        response.close()
        if response.status_code != 200:
            raise CommandError(f"{path} ({name}) answered {response.status_code}")
        return body


def _start(*answer: Any) -> Any:
    """The server's part."""


def _spread(times: list[tuple[float, float]]) -> dict[str, float]:
    """Milliseconds of the whole answer and, by `view`, of the view."""
    whole, views = zip(*times, strict=True)
    late = quantiles(whole, n=20, method="inclusive")[-1]
    return {
        name: round(value * 1000, 3)
        for name, value in (("median", median(whole)), ("p95", late), ("view", median(views)))
    }


def _written(rows: list[Row], options: dict[str, Any]) -> str:
    if options["json"]:
        return json.dumps({"engine": connection.display_name, "rounds": options["rounds"], "endpoints": rows})
    shape = box.MARKDOWN if options["markdown"] else box.SIMPLE_HEAD
    title = f"{connection.display_name}, {options['rounds']} rounds, ms: median (p95) in questions"
    table = Table("endpoint", box=shape, title=title, title_justify="left")
    for heading in ("ours", "plainest", "ratio", "view: ours", "plainest", "ratio"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        views = (f"{row[name]['view']:.1f}" for name in ("ours", "plainest"))
        whole = _cell(row["ours"]), _cell(row["plainest"]), f"{row['ratio']:.2f}"
        table.add_row(_short(row["path"]), *whole, *views, f"{row['view_ratio']:.2f}")
    console = Console(file=io.StringIO(), width=130)
    console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined]


def _short(path: str) -> str:
    return re.sub(r"[0-9a-f-]{36}", "{id}", path)


def _cell(found: dict[str, Any]) -> str:
    return f"{found['median']:.1f} ({found['p95']:.1f}) in {found['queries']}"
