"""What every request costs, and the database's share of it: a line in the log, histograms, Server-Timing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from whitenoise.middleware import WhiteNoiseFileResponse

from citas import metrics, request_line
from citas.db import timing
from citas.db.timing import Spent

SLOW_SECONDS = 0.5


class MeasuringMiddleware:
    """The outermost but for the request's id, so that it measures all the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        with timing.measured() as spent:
            response = self.get_response(request)
        seconds = time.perf_counter() - began
        name = route_name(request, response)
        status, slow = response.status_code, seconds > SLOW_SECONDS
        metrics.observe(route=name, status=status, seconds=seconds, spent=spent)
        request_line.write(request, name=name, status=status, seconds=seconds, spent=spent, slow=slow)
        if settings.DEBUG or _for_staff(request):
            _show(response, seconds, spent)
        return response


def route_name(request: HttpRequest, response: HttpResponse) -> str:
    """The name of the address that a request met: of few possible ones, and without what stood in the path."""
    match = request.resolver_match
    if match is not None:
        return match.view_name
    return "static" if isinstance(response, WhiteNoiseFileResponse) else "none"


def _for_staff(request: HttpRequest) -> bool:
    """Whether the request turned out to be of the clinic's staff. Who has not been asked for is not looked up."""
    known: Any = request.__dict__.get("_cached_user") or request.__dict__.get("user")
    # Not isinstance: that would ask the lazy object for its class, and so the database.
    return type(known) is not SimpleLazyObject and bool(getattr(known, "works_here", False))


def _show(response: HttpResponse, seconds: float, spent: Spent) -> None:
    """https://www.w3.org/TR/server-timing/; milliseconds. The toolbar may have had its say before."""
    ours = f'total;dur={seconds * 1000:.1f}, db;dur={spent.milliseconds:.1f};desc="{spent.queries} queries"'
    before = response.headers.get("Server-Timing")
    response["Server-Timing"] = f"{before}, {ours}" if before else ours
