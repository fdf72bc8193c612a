"""Answers in JSON: compact, with an ETag, and nothing at all where who asks has it already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from citas.apikit import etags

Body = dict[str, Any]
# json.dumps would make one for each answer.
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def answer(
    body: Body, *, tag: str = "", status: int = 200, location: str = "", cache: str = etags.PRIVATE
) -> HttpResponse:
    response = HttpResponse(_written(body), status=status, content_type="application/json")
    response["Cache-Control"] = cache
    if tag:
        response["ETag"] = tag
    if location:
        response["Location"] = location
    patch_vary_headers(response, ["Accept-Language", "Authorization", "Cookie"])
    return response


def nothing() -> HttpResponse:
    """Done, and there is nothing to say."""
    return HttpResponse(status=204)


def read(
    request: HttpRequest,
    *,
    marks: Callable[[], Iterable[Any]],
    make: Callable[[], tuple[Iterable[Any], Body]],
    cache: str = etags.PRIVATE,
) -> HttpResponse:
    """The answer to a GET, or 304.

    `make` gives the body and the marks that change whenever it does; `marks` gives the same marks for less, and is
    asked first when who asks may have the answer already.
    """
    if etags.asks_for_changes(request):
        known = etags.tag(marks())
        if etags.knows(request, known):
            return etags.not_modified(known, cache=cache)
    found, body = make()
    return answer(body, tag=etags.tag(found), cache=cache)


def page(items: list[Body], next_place: str | None) -> Body:
    return {"items": items, "next": next_place}
