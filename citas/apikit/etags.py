"""Whether something is still as it was: ETag, If-None-Match and If-Match (RFC 9110, 8.8.3 and 13.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import get_language

from citas.errors import CATALOGUE, DomainError

PRIVATE = "private, no-cache"
PUBLIC = "no-cache"
_TAG = re.compile(r'(?:W/)?"[!#-~\x80-\xff]*"')


class Changed(DomainError):
    """What If-Match names is not how it is now: nothing was changed."""

    status = 412
    code = "changed-meanwhile"
    message = CATALOGUE[412].detail


def tag(parts: Iterable[Any]) -> str:
    """The tag of what these values say, in the language of whoever reads."""
    digest = blake2b(str(get_language()).encode(), digest_size=12)
    for part in parts:
        digest.update(repr(part).encode())
    return f'"{digest.hexdigest()}"'


def _named(request: HttpRequest, header: str) -> list[str]:
    given = request.headers.get(header, "")
    return ["*"] if given.strip() == "*" else _TAG.findall(given)


def knows(request: HttpRequest, current: str) -> bool:
    """Whether who asks has this version already. Weak comparison: proxies that compress make tags weak."""
    named = [name.removeprefix("W/") for name in _named(request, "If-None-Match")]
    return current in named or named == ["*"]


def asks_for_changes(request: HttpRequest) -> bool:
    return "If-None-Match" in request.headers


def is_conditional(request: HttpRequest) -> bool:
    """Whether a change is asked for only if nothing has changed meanwhile."""
    return "If-Match" in request.headers


def holds(request: HttpRequest, current: Callable[[], str]) -> bool:
    """Whether If-Match, where there is one, names the version of now. Strong comparison."""
    if not is_conditional(request):
        return True
    named = _named(request, "If-Match")
    return named == ["*"] or current() in named


def check(request: HttpRequest, current: Callable[[], str]) -> None:
    """Raises Changed when If-Match names another version."""
    if not holds(request, current):
        raise Changed


def not_modified(current: str, *, cache: str) -> HttpResponse:
    response = HttpResponseNotModified()
    response["ETag"], response["Cache-Control"] = current, cache
    return response
