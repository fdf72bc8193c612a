"""What every answer carries, on every address, and what production adds to it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import programs
from tests import scene as scenes
from tests.scene import PEOPLE, Scene, routes, undone

ROUTES = sorted(routes())
SECRET = "only-for-this-test-of-production-0123456789-abcdefghijklm"


@pytest.fixture
def scene(booked, now, monkeypatch, patient_user, other_user, doctor_user, receptionist, manager) -> Scene:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    accounts = (patient_user, other_user, doctor_user, receptionist, manager)
    return scenes.make(appointment=booked(), accounts=dict(zip(PEOPLE[1:], accounts, strict=True)))


def _kept(route: str) -> str:
    """What must be said about keeping: programs may ask again whether theirs is still good, free time may be kept."""
    if route.startswith("fhir/") and "Appointment" not in route:
        return "^public, max-age=[1-9]|no-store"
    return "no-cache|no-store" if route.startswith(("api/", "fhir/")) else "no-store"


def every_answer(scene: Scene) -> Any:
    for route in ROUTES:
        for person in ("anonymous", "owner", "manager"):
            with undone():
                yield route, scene.client(person).get(scene.path(route))


class Addresses(HTMLParser):
    """Where a page leads or loads from, and what it says in its own code or style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elsewhere: list[str] = []
        self.inline: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        for name, value in attributes:
            if name == "style" or name.startswith("on"):
                self.inline.append(f"<{tag} {name}={value}>")
            if name in ("src", "href", "action", "srcset", "data") and re.match(r"\s*(//|[a-z]+://)", value or ""):
                self.elsewhere.append(f"<{tag} {name}={value}>")
        if tag == "style" or (tag == "script" and not given.get("src") and given.get("type") != "application/json"):
            self.inline.append(f"<{tag}>")


@pytest.mark.django_db
def test_every_answer_has_the_same_shield_and_is_kept_by_nobody(scene):
    wrong = []
    for route, response in every_answer(scene):
        policy = response["Content-Security-Policy"]
        good = (
            "default-src 'none'" in policy
            and "unsafe" not in policy
            and "frame-ancestors 'none'" in policy
            and response["X-Content-Type-Options"] == "nosniff"
            and response["X-Frame-Options"] == "DENY"
            and response["Referrer-Policy"] == "same-origin"
            and response["Cross-Origin-Opener-Policy"] == "same-origin"
            and re.search(_kept(route), response["Cache-Control"])
            and response["X-Request-ID"]
        )
        wrong += [] if good else [route]
    assert wrong == []


@pytest.mark.django_db
def test_no_page_loads_from_elsewhere_or_speaks_inline(scene):
    wrong = {}
    for route, response in every_answer(scene):
        if response["Content-Type"].startswith("text/html"):
            page = Addresses(response.content.decode())
            if page.elsewhere or page.inline:
                wrong[route] = page.elsewhere + page.inline
    assert wrong == {}


@pytest.mark.django_db
def test_every_cookie_is_for_the_server_alone(scene):
    client = scene.client("anonymous")
    client.get("/cuenta/entrar/")
    client.post("/idioma/", {"language": "en"})
    client.post("/cuenta/entrar/", {"login": "ana@example.com", "password": "una-clave-de-prueba"})
    client.post("/citas/nueva/", {"slot": scene.draft.data["slot"]})
    assert set(client.cookies) == {"session", "csrf", "language", "browser"}
    for cookie in client.cookies.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


def test_redirect_to_a_missing_slash_is_not_kept_either():
    response = Client().get("/medicos")
    assert response.status_code == 301
    assert response["Cache-Control"] == "no-store"


LOOK = """
import json
from unittest import mock
import django
django.setup()
from django.conf import settings
from django.test import Client

settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
here = {"secure": True, "headers": {"host": "citas.example.com"}}
client = Client(raise_request_exception=False)
with mock.patch("doctors.repository.clinic_or_usual", lambda: None), mock.patch("django.contrib.auth.get_user"):
    secure, plain = client.get("/idioma/", **here), client.get("/idioma/", headers=here["headers"])
    client.post("/idioma/", {"language": "en"}, **here)
    demo = [client.get(path, **here).status_code for path in ("/estilo/", "/correo/")]
endings = ("_COOKIE_NAME", "_SECURE", "_HTTPONLY", "_SAMESITE")
print(json.dumps({
    "status": plain.status_code, "location": plain["Location"], "hsts": secure["Strict-Transport-Security"],
    "cookies": {name: dict(cookie) for name, cookie in client.cookies.items()}, "demo": demo, "debug": settings.DEBUG,
    "settings": {name: getattr(settings, name) for name in dir(settings) if name.endswith(endings)},
}))
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a production process says of itself; it has no database, and needs none for this."""
    done = run_in_production(tmp_path_factory.mktemp("production"), sys.executable, "-c", LOOK)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def run_in_production(data: Path, *command: str) -> subprocess.CompletedProcess[str]:
    variables = {
        "CITAS_ENV": "production",
        "SECRET_KEY": SECRET,
        "SITE_URL": "https://citas.example.com",
        "ALLOWED_HOSTS": "citas.example.com",
        "CACHE_URL": "redis://127.0.0.1:1/0",
        "DATABASE_URL": "postgres://user:word@127.0.0.1:1/citas",
        "DJANGO_SETTINGS_MODULE": "citas.settings",
    }
    env = programs.environment(data, **variables)
    return subprocess.run(command, cwd=programs.ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_production_speaks_https_only(production):
    assert production["status"] == 301
    assert production["location"] == "https://citas.example.com/idioma/"
    assert production["hsts"].startswith("max-age=31536000")
    assert not production["debug"]


def test_production_locks_its_cookies_to_the_host(production):
    chosen = production["settings"]
    for kind in ("SESSION", "CSRF", "LANGUAGE", "BROWSER"):
        assert chosen[f"{kind}_COOKIE_NAME"].startswith("__Host-")
    for kind in ("SESSION", "CSRF", "LANGUAGE"):
        assert chosen[f"{kind}_COOKIE_SECURE"]
        assert chosen[f"{kind}_COOKIE_HTTPONLY"]
        assert chosen[f"{kind}_COOKIE_SAMESITE"] == "Lax"
    for name, cookie in production["cookies"].items():
        assert name.startswith("__Host-")
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")


def test_production_has_neither_the_mailbox_nor_the_style_page(production):
    assert production["demo"] == [404, 404]


def test_deployment_check_finds_nothing(tmp_path):
    done = run_in_production(tmp_path, sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
