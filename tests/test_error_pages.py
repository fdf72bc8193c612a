"""When something goes wrong: the right status, a page in the reader's language, and nothing of what went wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import translation
from django_ratelimit.exceptions import Ratelimited
from redis.exceptions import ConnectionError as CacheGone

from appointments.repository import SlotTaken
from citas import error_pages
from citas.urls import handler400, handler403, handler404, handler500, urlpatterns

CANARY = "Canario-Muñoz-12345678Z"
ERRORS: dict[str, tuple[Callable[[], Exception], int]] = {
    "bad": (lambda: BadRequest(CANARY), 400),
    "suspicious": (lambda: SuspiciousOperation(CANARY), 400),
    "denied": (lambda: PermissionDenied(CANARY), 403),
    "missing": (lambda: Http404(CANARY), 404),
    "taken": (SlotTaken, 409),
    "often": (Ratelimited, 429),
    "broken": (lambda: ZeroDivisionError(CANARY), 500),
    "constraint": (lambda: DatabaseError(CANARY), 500),
    "no-database": (lambda: OperationalError(CANARY), 503),
    "lost-database": (lambda: InterfaceError(CANARY), 503),
    "no-cache": (lambda: CacheGone(CANARY), 503),
}
# A word of each page's heading, in Spanish and English.
HEADINGS = {
    400: ("No hemos podido leer", "We could not read"),
    403: ("no es para esta cuenta", "not for this account"),
    404: ("No encontramos esta página", "We cannot find this page"),
    409: ("Algo ha cambiado", "Something changed"),
    429: ("Espere un momento", "Please wait a moment"),
    500: ("Algo ha fallado", "Something failed"),
    503: ("no podemos", "We cannot answer"),
}


def _raise(request: Any, name: str) -> None:
    raise ERRORS[name][0]()


_raise.login_required = False  # type: ignore[attr-defined]
urlpatterns = [*urlpatterns, path("error/<str:name>/", _raise)]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@pytest.fixture(autouse=True)
def with_errors(settings):
    settings.ROOT_URLCONF = __name__


def get(address: str, language: str = "es", **more: Any) -> Any:
    return Client(raise_request_exception=False).get(address, headers={"Accept-Language": language}, **more)


def check(response: Any, status: int, language: str) -> None:
    page = response.content.decode()
    assert response.status_code == status
    assert f'<html lang="{language}">' in page
    assert response["X-Request-ID"] in page
    assert response["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert "Canario" not in page
    assert "Traceback" not in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("name", ERRORS)
def test_each_error_has_its_page_without_a_database(name, language):
    """pytest-django refuses the database here: no page needs it."""
    status = ERRORS[name][1]
    response = get(f"/error/{name}/", language)
    check(response, status, language)
    headings = dict(zip(("es", "en"), HEADINGS[status], strict=True))
    assert headings[language] in re.sub(r"\s+", " ", response.content.decode())


@pytest.mark.parametrize("name", ["often", "no-database", "lost-database", "no-cache"])
def test_what_passes_says_when_to_come_again(name):
    assert int(get(f"/error/{name}/")["Retry-After"]) > 0


@pytest.mark.parametrize("language", ["es", "en"])
def test_refusals_at_the_door_speak_the_readers_language_not_the_last_ones(language):
    other = {"es": "en", "en": "es"}[language]
    with translation.override(other):
        check(get("/?q=%00", language), 400, language)
        check(get("/", language, CONTENT_LENGTH="99999999"), 413, language)
        check(get("/", language, HTTP_HOST="evil.example"), 400, language)
        check(get("/no-such-page/", language), 404, language)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(("error", "status"), [(OperationalError, 503), (InterfaceError, 503), (RuntimeError, 500)])
def test_session_that_cannot_be_read_is_a_page_too(monkeypatch, error, status, language):
    def away(self: Any) -> None:
        raise error(CANARY)

    monkeypatch.setattr(SessionStore, "load", away)
    for address in ("/", "/citas/", "/admin/"):
        response = get(address, language, HTTP_COOKIE="session=abcdefghijklmnopqrstuvwxyz")
        check(response, status, language)
        assert (status == 503) == response.has_header("Retry-After")


@pytest.mark.django_db
def test_form_of_another_site_is_a_page(client):
    response = Client(enforce_csrf_checks=True).post("/citas/nueva/", headers={"Accept-Language": "en"})
    check(response, 403, "en")


def test_status_without_a_page_of_its_own_keeps_its_number():
    assert error_pages.page(RequestFactory().get("/"), 422).status_code == 422
