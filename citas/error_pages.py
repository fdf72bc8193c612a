"""Own pages for everything that can go wrong, in the same dress and in the reader's language."""

from __future__ import annotations

import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import requires_csrf_token
from django_ratelimit.exceptions import Ratelimited
from redis.exceptions import RedisError

from citas import request_id
from citas.errors import DomainError, Unavailable

# Seconds after which trying again makes sense.
RETRY_AFTER = {429: 60, 503: 5}


def page(request: HttpRequest, status: int, message: Any = "") -> HttpResponse:
    """The page of a status. It needs neither the database nor a session."""
    template = status if status in {400, 403, 404, 409, 429, 500, 503} else 400
    context = {"status": status, "message": message, "request_id": request_id.current.get()}
    # Before LocaleMiddleware the thread still speaks the language of whoever it served last.
    with translation.override(translation.get_language_from_request(request)):
        response = HttpResponse(render_to_string(f"errors/{template}.html", context, request=None), status=status)
    response["Cache-Control"] = "no-store"
    if status in RETRY_AFTER:
        response["Retry-After"] = str(RETRY_AFTER[status])
    return response


def answer(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The page of an error that has a place in the catalogue, or None."""
    if isinstance(error, DomainError):
        return page(request, error.status, error.message)
    if isinstance(error, Ratelimited):
        return page(request, 429)
    if isinstance(error, UnreadablePostError):  # the browser hung up while it was sending
        return page(request, 400)
    if _no_key_or_day(request, error):
        return page(request, 400)
    if isinstance(error, OperationalError | InterfaceError | RedisError):
        return page(request, Unavailable.status, Unavailable.message)
    return None


def _no_key_or_day(request: HttpRequest, error: BaseException | None) -> bool:
    """Django's administration trips over years and keys that its own pages never send: ?starts_at__year=99999999999."""
    match = request.resolver_match
    return isinstance(error, OverflowError | ValidationError) and match is not None and match.app_name == "admin"


def too_large(request: HttpRequest) -> HttpResponse:
    return page(request, 413, _("That is more than this page takes. Write less, or send no file."))


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
