"""What every request passes: an id, a check of its bytes, one translation of errors, no private page in a cache."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from citas import error_pages, request_id

log = structlog.get_logger()
Respond = Callable[[HttpRequest], HttpResponse]
FORM = "application/x-www-form-urlencoded"
UNREADABLE = {"\0", "\ufffd"}  # the second stands for bytes that were no text


class RequestIdMiddleware:
    """X-Request-ID in, X-Request-ID out."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request_id.begin(request.headers.get("X-Request-ID", ""))
        response = self.get_response(request)
        response["X-Request-ID"] = given
        return response


class CleanInputMiddleware:
    """Bytes that no form of ours can mean are refused at the door: 400, or 413 when there are too many."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > _most(request):
            return error_pages.too_large(request)
        if not _readable(request):
            return error_pages.bad_request(request)
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    """How many bytes the request says to bring; what is no number counts as too many."""
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else sys.maxsize


def _most(request: HttpRequest) -> int:
    """How many bytes may be sent to an address: more where the administration takes files."""
    takes_files = request.path_info.startswith("/admin/") and request.path_info.endswith("/import/")
    return settings.FILE_UPLOAD_MAX_MEMORY_SIZE if takes_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _readable(request: HttpRequest) -> bool:
    """Whether address, query, cookies and form are UTF-8 without NUL bytes."""
    if (request.content_params or {}).get("charset", "utf-8").lower() != "utf-8":
        return False  # Django would read the query, too, in that encoding
    encoded = [request.path.encode(), request.META.get("QUERY_STRING", "").encode("latin-1", "replace")]
    if request.method == "POST" and request.content_type == FORM:
        encoded.append(request.body)
    return all(_is_text(part) for part in encoded) and not any(UNREADABLE & set(text) for text in _decoded(request))


def _is_text(part: bytes) -> bool:
    decoded = unquote_to_bytes(part)
    try:
        decoded.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in decoded


def _decoded(request: HttpRequest) -> Iterator[str]:
    """What Django has decoded by now: of a form in parts only the result is left to look at."""
    yield from request.COOKIES.values()
    if request.method == "POST" and request.content_type == "multipart/form-data":
        for name, values in request.POST.lists():
            yield from (name, *values)


class ErrorsMiddleware:
    """Rules that said no, and servers that do not answer, become their pages: once, here."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        response = error_pages.answer(request, error)
        if response is not None and response.status_code >= 500:
            log.error("unavailable", exc_info=error)
        return response


class PrivatePagesMiddleware:
    """Nothing that this application renders is kept by a browser or a proxy, unless its view says so."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response
