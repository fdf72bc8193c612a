"""What the API refuses: always application/problem+json, in the language asked for, with no row changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import InterfaceError, OperationalError

from citas import errors
from citas.api_page import _all
from tests.api_client import Api

pytestmark = pytest.mark.django_db
LIST = "/api/appointments"


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def check(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert body["status"] == status
    assert body["request_id"] == answer["X-Request-ID"]
    assert set(body) >= {"type", "title", "detail"}
    return body


BODIES: dict[str, tuple[bytes, int]] = {
    "no JSON": (b"{", 400),
    "not UTF-8": (b'{"reason": "\xff"}', 400),
    "UTF-16": ("{}".encode("utf-16"), 400),
    "NUL": (b'{"reason": "\\u0000"}', 400),
    "NUL in a name": (b'{"rea\\u0000son": 1}', 400),
    "half of a pair": (b'{"reason": "\\ud800"}', 400),
    "NaN": (b'{"reason": NaN}', 400),
    "infinity": (b'{"reason": -Infinity}', 400),
    "beyond a double": (b'{"reason": 1e999}', 400),
    "a number of 5,000 figures": (b'{"reason": ' + b"9" * 5000 + b"}", 400),
    "a name twice": (b'{"reason": "a", "reason": "b"}', 400),
    "a tower of brackets": (b"[" * 100_000 + b"]" * 100_000, 400),
    "deeper than twenty": (b'{"answers": ' + b'{"a":' * 25 + b"1" + b"}" * 26, 400),
    "a list": (b"[]", 422),
    "null": (b"null", 422),
    "a text": (b'"x"', 422),
    "a number": (b"7", 422),
    "nothing": (b"", 422),
    "an object in place of a text": (b'{"reason": {"a": 1}}', 422),
}


@pytest.mark.parametrize(("raw", "status"), BODIES.values(), ids=BODIES)
def test_body_that_means_nothing(manager, raw, status):
    api = Api(manager, "manager")
    for method, address in (("POST", LIST), ("POST", "/api/patients"), ("POST", "/api/doctors")):
        check(api.send(method, address, raw), status)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=X"])
def test_other_formats_are_415(patient_user, kind):
    check(Api(patient_user).send("POST", LIST, b"reason=x", kind), 415)


def test_other_encoding_is_400(patient_user):
    check(Api(patient_user).send("POST", LIST, b"{}", "application/json; charset=utf-16"), 400)


def test_too_much_is_413(patient_user):
    check(Api(patient_user).send("POST", LIST, b" " * (1024 * 1024 + 1)), 413)


def test_unreadable_address_is_400(patient_user):
    check(Api(patient_user).get("/api/patients?q=%00"), 400)
    check(Api(patient_user).get("/api/patients?q=%ff"), 400)


@pytest.mark.parametrize("address", ["/api/", "/api/nothing", "/api/doctors/1", "/api/appointments/x", "/api/doctors/"])
def test_unknown_address_is_404(client, address):
    check(client.get(address), 404)


def test_unknown_thing_is_404_at_a_known_address(manager):
    nobody = "0193e4a0-7c1e-7000-8000-000000000001"
    for kind in ("doctors", "patients", "appointments"):
        for answer in (
            Api(manager, "manager").get(f"/api/{kind}/{nobody}"),
            Api(manager, "manager").delete(f"/api/{kind}/{nobody}"),
        ):
            check(answer, 404)


@pytest.mark.parametrize(
    ("method", "address", "allow"),
    [
        ("PUT", LIST, "GET, HEAD, POST"),
        ("DELETE", LIST, "GET, HEAD, POST"),
        ("POST", "/api/health", "GET, HEAD"),
        ("TRACE", "/api/doctors", "GET, HEAD, POST"),
        ("POST", "/api/openapi.json", "GET, HEAD"),
    ],
)
def test_other_methods_are_405_with_those_that_there_are(patient_user, method, address, allow):
    answer = Api(patient_user).send(method, address, b"")

    check(answer, 405)
    assert answer["Allow"] == allow


@pytest.mark.parametrize(
    ("language", "title"), [("en", "We cannot find this page"), ("es", "No encontramos esta página")]
)
def test_in_the_language_asked_for(client, language, title):
    body = check(client.get("/api/nothing", headers={"Accept-Language": language}), 404)
    assert body["title"] == title


@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError("Canario"), 500), (OperationalError("Canario"), 503), (InterfaceError(""), 503)]
)
def test_unknown_error_tells_its_number_and_nothing_else(patient_user, monkeypatch, error, status):
    def fail(*_args: Any, **_named: Any) -> None:
        raise error

    monkeypatch.setattr("patients.api_repository.page", fail)
    answer = Api(patient_user).get("/api/patients")

    body = check(answer, status)
    assert set(body) == {"type", "title", "status", "detail", "request_id"}
    assert "Canario" not in answer.content.decode()
    assert ("Retry-After" in answer) == (status == 503)


def test_every_error_of_the_project_has_a_status_of_the_catalogue():
    names: dict[str, type[errors.DomainError]] = {}
    for error in _all(errors.DomainError):
        assert error.status in errors.CATALOGUE, error
        names.setdefault(error.code, error)
    assert len(names) > 15


def rows() -> dict[str, list[Any]]:
    """Everything that the clinic keeps; when a token was last used is none of it."""
    kept = [
        model for name in ("doctors", "patients", "appointments") for model in apps.get_app_config(name).get_models()
    ]
    return {model.__name__: sorted(map(str, model.objects.values_list())) for model in kept}


def test_what_is_refused_changes_no_row(booked, manager, patient_user, doctor, now):
    visit, api, own = booked(), Api(manager, "manager"), Api(patient_user)
    before = rows()
    visits, doctors, people = "/api/appointments", f"/api/doctors/{doctor.pk}", f"/api/patients/{visit.patient_id}"
    hours = {"location": "centro", "weekday": 1, "starts": "10:00", "ends": "11:00", "valid_from": "2027-01-01"}
    tries = [
        api.post(visits, {"doctor": "x"}),
        api.patch(f"{visits}/{visit.pk}", {"starts_at": "2027-03-03T03:00:00+01:00"}),
        api.patch(f"{visits}/{visit.pk}", {"status": "completed"}),
        api.delete(f"{visits}/{visit.pk}", If_Match='"old"'),
        api.delete(doctors),
        api.patch(doctors, {"specialty": "nothing", "bio": "x"}),
        api.patch(doctors, {"bio": "x"}, If_Match='"old"'),
        api.post(
            "/api/doctors", {"given_names": "A", "surnames": "B", "specialty": "dermatologia", "visit_types": ["x"]}
        ),
        api.post(f"{doctors}/hours", hours),
        api.post(f"{doctors}/exceptions", {"date": "2027-03-09", "starts": "10:00"}),
        api.delete(people),
        own.patch(people, {"document_number": "1"}),
        own.post("/api/patients", {"given_names": "A", "first_surname": "B"}),
        own.delete(doctors),
    ]

    assert all(answer.status_code >= 400 for answer in tries), [answer.status_code for answer in tries]
    assert rows() == before
    assert json.loads(tries[4].content)["visits"] == 1


def test_health_is_503_when_the_database_does_not_answer(client, monkeypatch):
    monkeypatch.setattr("citas.db.deadlines.answers", lambda: False)

    answer = client.get("/api/health")

    check(answer, 503)
    assert int(answer["Retry-After"]) > 0
