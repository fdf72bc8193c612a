"""The JSON API of the clinic: one router an app, one translation of refusals, its description and the page of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

import structlog
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import get_schema

import appointments.api
import doctors.api
import patients.api
from accounts.api_access import anybody, signed_in
from citas import api_examples, error_pages
from citas.api_page import outline
from citas.apikit import answers, bodies, etags, explanations, openapi, problems
from citas.db import deadlines
from citas.errors import DomainError, Unavailable

log = structlog.get_logger()
View = Callable[..., HttpResponse]

api = NinjaAPI(
    title="Citas",
    version="1",
    description="A clinic's appointment book. Instants are ISO 8601 with the offset of the place; errors are RFC 9457.",
    auth=signed_in,
    docs_url=None,
    openapi_url=None,
    parser=bodies.StrictParser(),
    servers=[{"url": "/", "description": "This clinic"}],
    openapi_extra={
        "info": {"license": {"name": "See the repository"}},
        "tags": [{"name": name} for name in ("doctors", "hours", "patients", "appointments", "service")],
    },
)
for router in (appointments.api.router, doctors.api.router, patients.api.router):
    api.add_router("", router)


class HealthOut(Schema):
    status: str


@api.get("/health", auth=anybody, openapi_extra=openapi.PUBLIC, response=HealthOut, tags=["service"])
def health(request: HttpRequest) -> HttpResponse:
    """Whether the appointment book answers: 503 when its database does not."""
    if not deadlines.answers():
        raise Unavailable
    body = {"status": "ok"}
    return answers.read(request, marks=lambda: body, make=lambda: (body, body), cache=etags.PUBLIC)


@api.exception_handler(DomainError)
def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    faults = getattr(error, "faults", ())
    return problems.problem(error.status, code=error.code, detail=error.message, faults=faults, **error.more)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.problem(422, faults=explanations.faults(error.errors))


@api.exception_handler(HttpError)
def of_the_framework(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja's own: 401, and a body that could not be read, for which our parser says why."""
    cause = error.__cause__
    return refused(request, cause) if isinstance(cause, DomainError) else problems.problem(error.status_code)


KNOWN = {
    Http404: 404,
    PermissionDenied: 403,
    RequestDataTooBig: 413,
    SuspiciousOperation: 400,
    RawPostDataException: 415,  # a form in parts: its bytes have been looked at
}


@api.exception_handler(Http404)  # Ninja has its own for that
@api.exception_handler(Exception)
def anything_else(request: HttpRequest, error: Exception) -> HttpResponse:
    """What the project knows is answered as on pages; of the rest the log alone tells more than its request's id."""
    status = next((status for kind, status in KNOWN.items() if isinstance(error, kind)), 500)
    answer = error_pages.answer(request, error) or problems.problem(status)
    if answer.status_code >= 500:
        log.error("failed" if answer.status_code == 500 else "unavailable", exc_info=error)
    return answer


@lru_cache(maxsize=1)
def description() -> str:
    """The description as JSON, in English."""
    with translation.override("en"):
        schema = openapi.completed(dict(get_schema(api, path_prefix="api/")), api_examples.EXAMPLES)
        return json.dumps(schema, ensure_ascii=False)


@require_safe
def show_description(request: HttpRequest) -> HttpResponse:
    text = description()
    tag = etags.tag([text])
    if etags.knows(request, tag):
        return etags.not_modified(tag, cache=etags.PUBLIC)
    response = HttpResponse(text, content_type="application/json")
    response["ETag"], response["Cache-Control"] = tag, etags.PUBLIC
    return response


@require_safe
def show_page(request: HttpRequest) -> HttpResponse:
    """The same for people: no script, nothing from elsewhere."""
    return render(request, "api/docs.html", outline(json.loads(description())))


def _guarded(view: View) -> View:
    """The API's own way of saying who may enter and which methods there are."""

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        response = view(request, *args, **kwargs)
        if response.status_code == 405 and response["Content-Type"] != problems.MEDIA_TYPE:
            return _not_allowed(response["Allow"])
        return _without_body(response) if is_head else response

    return guarded


def _not_allowed(allow: str) -> HttpResponse:
    methods = {word.strip() for word in allow.split(",")}
    response = problems.problem(405)
    response["Allow"] = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
    return response


def _without_body(response: HttpResponse) -> HttpResponse:
    response["Content-Length"] = str(len(response.content))
    response.content = b""
    return response


def _patterns() -> list[URLPattern]:
    served: list[Any] = api.urls[0]
    found = [pattern for pattern in served if pattern.name != "api-root"]
    for pattern in found:
        pattern.callback = _guarded(pattern.callback)
    return found


urlpatterns = [
    *_patterns(),
    path("openapi.json", _guarded(show_description), name="openapi"),
    path("docs", _guarded(show_page), name="docs"),
]
