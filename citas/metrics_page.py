"""/metrics: for who asks from this machine, or shows METRICS_TOKEN.

It answers before the name of the host is looked at and before anything that needs the database: Prometheus asks for an
address and a port, and wants to know most when the database is away.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from prometheus_client import CONTENT_TYPE_LATEST

from citas import metrics

PATH = "/metrics"
# One of these, and somebody else asks through a proxy on this machine.
OF_PROXIES = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


class MetricsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _answer(request) if request.path_info == PATH else self.get_response(request)


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if not (_from_here(request) or _shows_token(request)):
        refusal = HttpResponse("METRICS_TOKEN is needed\n", content_type="text/plain", status=401)
        refusal["WWW-Authenticate"] = "Bearer"
        return refusal
    return HttpResponse(metrics.page(), content_type=CONTENT_TYPE_LATEST)


def _from_here(request: HttpRequest) -> bool:
    """Whether the peer itself is on this machine. A Unix socket names none: a proxy's, most likely."""
    try:
        peer = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return peer.is_loopback and not any(name in request.headers for name in OF_PROXIES)


def _shows_token(request: HttpRequest) -> bool:
    wanted, given = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    return bool(wanted) and secrets.compare_digest(f"Bearer {wanted}".encode(), given.encode("utf-8", "replace"))
