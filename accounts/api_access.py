"""Who asks the API: the bearer of a token, or whoever is signed in on this browser. Also who may go on."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone

from accounts import limits, token_repository
from accounts.models import STAFF, Role, User

DESK = (Role.RECEPTIONIST, Role.MANAGER)
SAFE = ("GET", "HEAD", "OPTIONS")


class ApiRequest(HttpRequest):
    """A request that signed_in has let through."""

    auth: User


def signed_in(request: HttpRequest) -> User | None:
    """The account that asks, in the role that it acts in; None is answered with 401. Raises TooOften and, for a session
    without its CSRF token, PermissionDenied.
    """
    account = account_of(request)
    _count(request, account)
    return account


def anybody(request: HttpRequest) -> bool:
    """What needs no account is counted by address. Raises TooOften."""
    _count(request, None)
    return True


def account_of(request: HttpRequest) -> User | None:
    """Whoever sends a token is meant by it, whatever session comes along. A session that changes something needs the
    CSRF token, in the header X-CSRFToken: else PermissionDenied.
    """
    if "Authorization" in request.headers:
        kind, _blank, secret = request.headers["Authorization"].partition(" ")
        return token_repository.bearer(secret=secret.strip(), now=timezone.now()) if kind.lower() == "bearer" else None
    if not request.user.is_authenticated:
        return None
    _check_csrf(request)
    return request.user


def _count(request: HttpRequest, account: User | None) -> None:
    count = limits.api_read if request.method in SAFE else limits.api_write
    count(request, account)


def _check_csrf(request: HttpRequest) -> None:
    """As Django does for pages; the API's views are exempt from that because tokens need none."""
    guard = CsrfViewMiddleware(lambda request: HttpResponse())
    guard.process_request(request)
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    if guard.process_view(request, lambda request: HttpResponse(), (), {}) is not None:
        raise PermissionDenied


def only(*roles: Role) -> Callable[[HttpRequest], User | None]:
    """As signed_in, for these roles; PermissionDenied (403) for others."""

    def signed_in_as(request: HttpRequest) -> User | None:
        account = signed_in(request)
        if account is not None and account.role not in roles:
            raise PermissionDenied
        return account

    return signed_in_as


staff, managers = only(*STAFF), only(Role.MANAGER)
