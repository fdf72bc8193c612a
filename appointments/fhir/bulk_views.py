"""The two addresses of SMART Scheduling Links. What is long is streamed, by few at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import chain, islice

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts import limits
from appointments.fhir import bulk
from appointments.fhir.answers import for_everybody, public, resource
from citas.db.deadlines import watch
from citas.errors import Unavailable
from citas.turnstile import turnstile

NDJSON = "application/fhir+ndjson"
CACHED = for_everybody(60)
STREAMS = 2  # at once in one process: slow readers must leave threads for the pages
WAIT_SECONDS = 2.0

_room = threading.BoundedSemaphore(STREAMS)


@public
def manifest(request: HttpRequest) -> HttpResponse:
    """Which files there are. A client asks every few minutes."""
    response = resource(request, bulk.manifest(now=timezone.now(), site=settings.SITE_URL), cache=CACHED)
    response["Content-Type"] = "application/json"
    return response


@public
def file(request: HttpRequest, file: str) -> HttpResponseBase:
    """One of the files. Raises Unavailable when enough of them are being sent."""
    limits.bulk_read(request)
    pieces = bulk.pieces(file, now=timezone.now(), site=settings.SITE_URL)
    if pieces is None:
        raise Http404
    streamed = request.method == "GET"
    response: HttpResponseBase = StreamingHttpResponse(Sending(pieces)) if streamed else HttpResponse()
    response["Content-Type"], response["Cache-Control"] = NDJSON, CACHED
    return response


class Sending:
    """A file on its way: its first pieces are read at once, so that a database that is away is a 503 and not a stump.

    Those after them are read when the request has left the turnstile, and so pass it again. What is short leaves its
    place to others before it is sent.
    """

    def __init__(self, pieces: bulk.Pieces) -> None:
        if not _room.acquire(timeout=WAIT_SECONDS):
            raise Unavailable
        self._is_held = True
        try:
            begun = list(islice(pieces, 2))
        except BaseException:
            self.close()
            raise
        if len(begun) < 2:
            self.close()
        self._lines = bulk.lines(chain(begun, _through_the_turnstile(pieces)))

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._lines)

    def close(self) -> None:
        """Django calls this when all is sent, and when whoever reads has hung up."""
        if self._is_held:
            self._is_held = False
            _room.release()


def _through_the_turnstile(pieces: bulk.Pieces) -> bulk.Pieces:
    while True:
        with turnstile.passing(), watch.request():
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
