"""What comes in as JSON, read strictly (I-JSON, RFC 7493): no NaN, no NUL, no half of a pair, no name twice."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja.parser import Parser

from citas.errors import DomainError

MEDIA_TYPES = ("application/json", "application/merge-patch+json")
DEEPEST = 20


class Unreadable(DomainError):
    status = 400
    code = "unreadable"
    message = _("The body is not JSON as we read it: UTF-8, at most twenty levels deep, every name once, no NUL.")


class OtherFormat(DomainError):
    status = 415
    code = "media-type"
    message = _("Send JSON, as application/json.")


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type not in MEDIA_TYPES:
            raise OtherFormat
        return parse(request.body)


def parse(body: bytes) -> Any:
    """What a body says. Raises Unreadable."""
    try:
        value = json.loads(body.decode(), parse_constant=_refuse, object_pairs_hook=_once)
        _check(value, DEEPEST)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    return value


def _refuse(word: str) -> None:
    raise ValueError(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def _check(value: Any, depth: int) -> None:
    """Raises ValueError for text that no database of ours keeps, numbers beyond a double and towers of brackets."""
    if depth == 0:
        raise ValueError("too deep")
    if isinstance(value, str):
        value.encode()  # a lone half of a pair has no UTF-8
        if "\0" in value:
            raise ValueError("NUL")
    elif isinstance(value, dict):
        for name, member in value.items():
            _check(name, depth)
            _check(member, depth - 1)
    elif isinstance(value, list):
        for member in value:
            _check(member, depth - 1)
    elif isinstance(value, float) and abs(value) == float("inf"):
        raise ValueError("beyond a double")
