"""One line a request: what it cost and what of that the database took; shown to the staff, and kept for Prometheus."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from appointments.views import search as views
from citas import measuring, metrics, request_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(monkeypatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The lines of requests; a busy machine makes none slow."""
    monkeypatch.setattr(measuring, "SLOW_SECONDS", 60)
    kept: list[str] = []
    request_line.readers.append(kept.append)
    yield lambda: [json.loads(line) for line in kept]
    request_line.readers.remove(kept.append)


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def counted(name: str, **labels: str) -> float:
    metrics.settle()
    return metrics.own.get_sample_value(name, labels) or 0.0


def test_line_names_the_route_and_nothing_of_the_path(client, booked, patient_user, written, settings):
    appointment = booked()
    client.force_login(patient_user)
    response = client.get(reverse("appointments:proof", args=[appointment.reference]))
    (line,) = written()
    assert appointment.reference not in json.dumps(line)
    assert (line["event"], line["method"], line["status"], line["level"]) == ("request", "GET", 200, "info")
    assert (line["name"], line["route"]) == ("appointments:proof", "citas/<reference:reference>/")
    assert line["request_id"] == response["X-Request-ID"]
    assert line["engine"] == settings.DATABASE_ENGINE
    assert line["queries"] > 0
    assert 0 < line["database_milliseconds"] < line["milliseconds"]
    assert line["timestamp"].endswith("Z")


def test_one_line_for_each_request_whatever_becomes_of_it(client, place, written, monkeypatch):
    def broken(*anything: Any, **more: Any) -> None:
        raise ValueError

    client.raise_request_exception = False
    client.get("/")
    client.get("/nada/")
    client.get("/?q=%00")
    client.post("/")
    monkeypatch.setattr("appointments.views.search.render", broken)
    client.get("/")
    assert [line["status"] for line in written()] == [200, 404, 400, 405, 500]
    assert [line["name"] for line in written()] == [
        "appointments:search", "none", "none", "appointments:search", "appointments:search",
    ]  # fmt: skip


def test_method_that_nobody_knows_is_not_repeated(client, place, written):
    client.generic("CANARIO", "/")
    assert [line["method"] for line in written()] == ["other"]


def test_files_of_the_site_are_one_route(client, written):
    response = client.get("/static/css/citas.css")
    assert b"".join(response)
    response.close()
    assert [(line["name"], line["queries"]) for line in written()] == [("static", 0)]


def test_slow_request_is_a_warning_with_its_queries(client, place, written, monkeypatch):
    monkeypatch.setattr(measuring, "SLOW_SECONDS", 0.05)
    client.get("/live")
    shown = views.render
    monkeypatch.setattr(views, "render", lambda *page, **more: time.sleep(0.06) or shown(*page, **more))
    client.get("/")
    quick, slow = written()
    assert (quick["event"], quick["level"]) == ("request", "info")
    assert (slow["event"], slow["level"]) == ("slow_request", "warning")
    assert slow["queries"] > 0
    assert slow["milliseconds"] >= 60


def test_log_that_nobody_takes_is_no_reason_to_fail(client, place, monkeypatch):
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr("sys.stderr", closed)
    assert client.get("/").status_code == 200


def test_half_a_second_is_slow():
    assert measuring.SLOW_SECONDS == 0.5


def test_id_of_the_request_comes_in_and_goes_out(client, written):
    given = client.get("/live", headers={"X-Request-ID": "abc-12345678"})
    made, refused = client.get("/live"), client.get("/live", headers={"X-Request-ID": "<b>not an id</b>"})
    assert given["X-Request-ID"] == "abc-12345678"
    assert len({made["X-Request-ID"], refused["X-Request-ID"], "abc-12345678"}) == 3
    assert "<" not in refused["X-Request-ID"]
    assert [line["request_id"] for line in written()] == [
        "abc-12345678", made["X-Request-ID"], refused["X-Request-ID"],
    ]  # fmt: skip


@pytest.mark.parametrize("person", ["doctor_user", "receptionist", "manager"])
def test_staff_see_what_a_page_cost(client, place, request, person):
    client.force_login(request.getfixturevalue(person))
    said = client.get("/")["Server-Timing"]
    assert said.startswith("total;dur=")
    assert "db;dur=" in said
    assert 'queries"' in said


def test_others_do_not(client, place, patient_user):
    assert not client.get("/").has_header("Server-Timing")
    client.force_login(patient_user)
    assert not client.get("/").has_header("Server-Timing")
    assert not client.get("/live").has_header("Server-Timing")


def test_in_development_everybody_does(place, settings):
    settings.DEBUG = True
    assert Client().get("/live")["Server-Timing"].startswith("total;dur=")


def test_nobody_is_looked_up_only_to_be_shown_it(rf):
    request = rf.get("/")
    request.user = SimpleLazyObject(lambda: pytest.fail("the database was asked who this is"))
    response = measuring.MeasuringMiddleware(lambda request: HttpResponse())(request)
    assert not response.has_header("Server-Timing")


def test_request_is_counted_by_route_status_and_engine(client, place, settings):
    labels = {"route": "appointments:search", "status": "200", "engine": settings.DATABASE_ENGINE}
    names = ("citas_request_seconds", "citas_request_database_seconds", "citas_request_queries")
    before = {name: counted(f"{name}_count", **labels) for name in names}
    asked = counted("citas_request_queries_sum", **labels)
    client.get("/")
    client.get("/")
    assert {name: counted(f"{name}_count", **labels) - before[name] for name in names} == dict.fromkeys(names, 2)
    assert counted("citas_request_queries_sum", **labels) > asked
