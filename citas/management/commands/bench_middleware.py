"""`manage.py bench_middleware`: what measuring costs of a request, in percent of the request."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from argparse import ArgumentParser
from contextlib import redirect_stderr, suppress
from pathlib import Path
from statistics import quantiles
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test import RequestFactory, override_settings
from django.urls import Resolver404, resolve

from citas import metrics_folder
from citas.handler import Handler

MEASURING = "citas.measuring.MeasuringMiddleware"
MOST = 5.0  # percent
PATHS = ("/api/health", "/live")  # the first that is there
WARM_UP = 50
FEWEST = 20
UNLIMITED = {"RATE_LIMIT_FACTOR": 1e6}


class Command(BaseCommand):
    help = "Ask /api/health with and without the measuring middleware, by turns; exit 1 when it costs more than 5 %."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rounds", type=int, default=1000, help="one request with it and one without")
        parser.add_argument("--path", help="another address than /api/health")
        parser.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        if options["rounds"] < FEWEST:
            raise CommandError(f"a measurement needs {FEWEST} rounds")
        if "prometheus_client" not in sys.modules:  # it decides when it is imported
            metrics_folder.make()
        try:
            result = _compare(options["path"] or _usual_path(), options["rounds"])
        finally:
            metrics_folder.remove()
        self.stdout.write(json.dumps(result) if options["json"] else _line(result))
        if result["percent"] > MOST:
            sys.exit(1)


def _line(result: dict[str, Any]) -> str:
    return (
        f"{result['path']}: {result['cost_us']} µs of {result['without_us']} µs: {result['percent']} % "
        f"(at most {MOST:g} %), {result['rounds']} rounds, time of the processor"
    )


def _usual_path() -> str:
    for path in PATHS:
        with suppress(Resolver404):
            resolve(path)
            return path
    raise CommandError("there is nothing to ask")


def _compare(path: str, rounds: int) -> dict[str, Any]:
    """The processor's time a request, in microseconds, as the web server's processes spend it.

    What a request waits for the database is left out: with it the share would be smaller. By turns, and of each the
    lower quartile, so that what else the machine does weighs on neither.
    """
    handlers = {"with": _handler(without=""), "without": _handler(without=MEASURING)}
    taken: dict[str, list[float]] = {name: [] for name in handlers}
    # Lines are written as always, but to where nobody reads them.
    with Path(os.devnull).open("w", buffering=1) as unread, redirect_stderr(unread), override_settings(**UNLIMITED):
        for number in range(WARM_UP + rounds):
            for name in sorted(handlers, reverse=bool(number % 2)):
                taken[name].append(_time(handlers[name], path))
    with_it, without = (quantiles(taken[name][WARM_UP:], n=4)[0] for name in ("with", "without"))
    cost = with_it - without
    return {
        "path": path,
        "rounds": rounds,
        "without_us": round(without * 1e6),
        "cost_us": round(cost * 1e6, 1),
        "percent": round(cost / without * 100, 2),
    }


def _handler(*, without: str) -> Handler:
    chosen = [name for name in settings.MIDDLEWARE if name != without]
    with override_settings(MIDDLEWARE=chosen):
        return Handler()


def _time(handler: Handler, path: str) -> float:
    """The processor's seconds a request, as a WSGI server makes it: until the answer is read and closed."""
    host = settings.ALLOWED_HOSTS[0].lstrip(".*") or "localhost"
    environ = RequestFactory(SERVER_NAME=host).generic("GET", path, secure=settings.SECURE_SSL_REDIRECT).environ
    began = time.thread_time()
    response = handler({**environ, "wsgi.input": io.BytesIO()}, _start)
    b"".join(response)
    response.close()
    taken = time.thread_time() - began
    if response.status_code != 200:
        raise CommandError(f"{path} answered {response.status_code}")
    return taken


def _start(*answer: Any) -> Any:
    """The server's part."""
