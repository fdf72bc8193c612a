"""Every address of the site, for everybody, as tests/access_matrix.py has it."""

from __future__ import annotations

from itertools import groupby

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import engines
from tests import scene as scenes
from tests.access_matrix import expected
from tests.scene import PEOPLE, Scene, answer, routes, undone

pytestmark = pytest.mark.django_db

EXPECTED = expected()
ROUTES = sorted(routes())
PAGES = [route for route in ROUTES if not route.startswith("api/")]  # the API has uses for every method
FORM = "application/x-www-form-urlencoded"


def area(route: str) -> str:
    """A model's pages in the administration, or all that begins with the same word: one test each."""
    parts = route.split("/")
    return "/".join(parts[:3]) if route.startswith("admin/") and len(parts) > 3 else parts[0]


AREAS = {name: list(group) for name, group in groupby(ROUTES, key=area)}


@pytest.fixture
def scene(booked, now, monkeypatch, patient_user, other_user, doctor_user, receptionist, manager) -> Scene:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    accounts = (patient_user, other_user, doctor_user, receptionist, manager)
    return scenes.make(appointment=booked(), accounts=dict(zip(PEOPLE[1:], accounts, strict=True)))


def test_every_address_has_a_row_and_every_row_an_address():
    assert {route for route, _method, _person in EXPECTED} == set(ROUTES)


def writes(captured: CaptureQueriesContext) -> list[str]:
    """Changes of anything but the session, which remembers a message or an opened link."""
    return [text for text in engines.writes(captured) if "django_session" not in text]


@pytest.mark.parametrize("name", AREAS)
def test_everybody_gets_what_the_matrix_says(scene, name):
    wrong = {}
    for route, method, person in ((r, m, p) for r in AREAS[name] for m in ("GET", "POST") for p in PEOPLE):
        with CaptureQueriesContext(connection) as captured:
            status = answer(scene, person, method, scene.path(route)).status_code
        if status not in EXPECTED[route, method, person]:
            wrong[route, method, person] = status
        if method == "GET" and writes(captured):
            wrong[route, method, person] = writes(captured)
    assert wrong == {}


def test_form_of_another_site_is_refused_at_every_address(scene):
    accepted = {}
    for person in ("anonymous", "owner", "manager"):
        client = scene.client(person, enforce_csrf_checks=True)
        for route in ROUTES:
            status = client.generic("POST", scene.path(route), content_type=FORM).status_code
            # API and FHIR say first which methods there are, and who has no session needs no CSRF token to be refused.
            if status not in ((401, 403, 405) if route.startswith(("api/", "fhir/")) else (403,)):
                accepted[route, person] = status
    assert accepted == {}


def test_methods_that_no_form_sends_change_nothing(scene):
    wrong = {}
    for route, method in ((r, m) for r in PAGES for m in ("PUT", "PATCH", "DELETE")):
        with undone(), CaptureQueriesContext(connection) as captured:
            status = scene.client("manager").generic(method, scene.path(route), content_type=FORM).status_code
        if status >= 500 or writes(captured):
            wrong[route, method] = (status, writes(captured))
    assert wrong == {}


def test_who_is_sent_away_is_sent_to_the_log_in(scene):
    """Every 302 of a stranger to the site leads there, unless the address is one of the entrances itself."""
    entrances = ("citas/nueva/", "citas/enlace/", "cuenta/", "idioma/", "admin/login/")
    for route in ROUTES:
        if EXPECTED[route, "GET", "anonymous"] == (302,) and not route.startswith(entrances):
            location = answer(scene, "anonymous", "GET", scene.path(route))["Location"]
            assert location.startswith(("/cuenta/entrar/?next=", "/admin/login/?next=")), route
    assert answer(scene, "anonymous", "GET", "/admin/login/?next=/admin/")["Location"].startswith("/cuenta/entrar/")
