"""The door to everything that may ask the database: fewer are let in than the process has threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.http import HttpRequest, HttpResponse

from citas import error_pages
from citas.db.configuration import THREADS
from citas.db.deadlines import Watch, watch
from citas.errors import Unavailable

ROOM = THREADS - 2  # the others answer for the process itself, and whoever must be sent away
QUEUE_SECONDS = 1.0
LOOK_SECONDS = 0.05
WITHOUT_DATABASE = frozenset({"/live"})


class Turnstile:
    """Room for some at once; others wait a little, but not while the database is silent."""

    def __init__(self, room: int, seen: Watch) -> None:
        self._room = threading.Semaphore(room)
        self._watch = seen

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Raises Unavailable when there is no getting in."""
        if not self._enter():
            raise Unavailable
        try:
            yield
        finally:
            self._room.release()

    def _enter(self) -> bool:
        deadline = time.monotonic() + QUEUE_SECONDS
        pause = 0.0
        while not self._watch.is_open():
            if self._room.acquire(timeout=pause):
                return True
            if self._watch.is_silent() or time.monotonic() > deadline:
                return False
            pause = LOOK_SECONDS  # not before the first look: others wait behind those who are sent away
        return False


turnstile = Turnstile(ROOM, watch)


class TurnstileMiddleware:
    """No request waits long for a database that does not answer, and /live asks none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in WITHOUT_DATABASE:
            request.COOKIES.clear()  # a session would be looked for, whoever may see the page
            return self.get_response(request)
        try:
            with turnstile.passing(), watch.request():
                return self.get_response(request)
        except Unavailable as refusal:
            return error_pages.page(request, refusal.status, refusal.message)
