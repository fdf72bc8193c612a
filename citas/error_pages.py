"""Own pages for everything that can go wrong, in the same dress and in the reader's language."""

from __future__ import annotations

import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.csrf import requires_csrf_token
from django_ratelimit.exceptions import Ratelimited
from redis.exceptions import RedisError

from citas import request_id
from citas.apikit import outcomes, problems
from citas.errors import CATALOGUE, DomainError, Unavailable

WITH_A_PAGE = {400, 403, 404, 409, 429, 500, 503}


def page(request: HttpRequest, status: int, message: Any = "", code: str = "") -> HttpResponse:
    """The page of a status, or for the API and FHIR the same as JSON. It needs neither the database nor a session."""
    # Before LocaleMiddleware the thread still speaks the language of whoever it served last.
    with translation.override(translation.get_language_from_request(request)):
        if outcomes.wanted(request):
            return outcomes.outcome(status, code=code, detail=message)
        if problems.wanted(request):
            return problems.problem(status, code=code, detail=message)
        response = HttpResponse(_rendered(status, message), status=status)
    response["Cache-Control"] = "no-store"
    if CATALOGUE[status].retry_after:
        response["Retry-After"] = str(CATALOGUE[status].retry_after)
    return response


def _rendered(status: int, message: Any) -> str:
    kind = CATALOGUE[status]
    context = {"title": kind.title, "message": message or kind.detail, "request_id": request_id.current.get()}
    return render_to_string(f"errors/{status if status in WITH_A_PAGE else 400}.html", context, request=None)


def answer(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The page of an error that has a place in the catalogue, or None."""
    if isinstance(error, DomainError):
        return page(request, error.status, error.message, error.code)
    if isinstance(error, Ratelimited):
        return _later(page(request, 429), error)
    if isinstance(error, UnreadablePostError):  # the browser hung up while it was sending
        return page(request, 400)
    if _no_key_or_day(request, error):
        return page(request, 400)
    if isinstance(error, OperationalError | InterfaceError | RedisError):
        return page(request, Unavailable.status, Unavailable.message)
    return None


def _later(refusal: HttpResponse, error: Ratelimited) -> HttpResponse:
    """The refusal with the seconds until the window of the limit ends, where it is known (accounts.limits)."""
    if seconds := getattr(error, "retry_after", 0):
        refusal["Retry-After"] = str(seconds)
    return refusal


def _no_key_or_day(request: HttpRequest, error: BaseException | None) -> bool:
    """Django's administration trips over years and keys that its own pages never send: ?starts_at__year=99999999999."""
    match = request.resolver_match
    return isinstance(error, OverflowError | ValidationError) and match is not None and match.app_name == "admin"


def too_large(request: HttpRequest) -> HttpResponse:
    return page(request, 413)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, exception) or page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Also meets what fails before a view is reached, such as a session that cannot be read."""
    return answer(request, sys.exc_info()[1]) or page(request, 500)
