"""Refusals as JSON: RFC 9457 (application/problem+json), in the words of citas.errors and the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from citas import request_id
from citas.errors import CATALOGUE, DomainError

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/"
EXPLAINED_AT = "/api/docs"  # with the code of a problem as its fragment


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not right in what was sent.

    `pointer` is a JSON pointer (RFC 6901) into that part of the request, written as a URI fragment: "#/starts_at".
    """

    part: str  # body, query, path or header
    pointer: str
    detail: str


def pointer(*names: str | int) -> str:
    """The JSON pointer to a member: "#/answers/a~1b"."""
    return "#" + "".join(f"/{str(name).replace('~', '~0').replace('/', '~1')}" for name in names)


class Invalid(DomainError):
    """What was sent cannot be what it should be; `faults` say where."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.faults = faults


class Missing(Invalid):
    """What was sent names something that does not exist for whoever sends it."""

    status = 404
    code = "not-found"


def in_body(name: str, detail: object) -> Invalid:
    return Invalid(Fault("body", pointer(name), str(detail)))


def in_query(name: str, detail: object) -> Invalid:
    return Invalid(Fault("query", pointer(name), str(detail)))


def wanted(request: HttpRequest) -> bool:
    """Whether who asks reads JSON: everything under /api/ but its page for people."""
    return request.path_info.startswith(PREFIX) and request.path_info != EXPLAINED_AT


def problem(
    status: int, *, code: str = "", detail: object = "", faults: Iterable[Fault] = (), **more: Any
) -> HttpResponse:
    """The answer to what cannot be done. `more` are members of its own kind, such as the nearest free times."""
    kind = CATALOGUE[status]
    # An error that no rule has named goes by the name of its status.
    name = code if code and code != DomainError.code else kind.code
    said = detail if detail and detail != DomainError.message else kind.detail
    body: dict[str, Any] = {
        "type": f"{EXPLAINED_AT}#{name}",
        "title": str(kind.title),
        "status": status,
        "detail": str(said),
        "request_id": request_id.current.get(),
    }
    errors = [{"in": fault.part, "pointer": fault.pointer, "detail": fault.detail} for fault in faults]
    body |= {**({"errors": errors} if errors else {}), **more}
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    if kind.retry_after:
        response["Retry-After"] = str(kind.retry_after)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="citas"'
    return response
