"""Nothing of a patient is in logs or mails: the watch of the whole suite works, and forced faults tell it nothing."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import structlog
from django.core import mail
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.repository import create_user
from citas.db import refusable
from notifications import repository
from tests import canaries
from tests.canaries import DIAGNOSIS, watch

pytestmark = pytest.mark.django_db
EMAIL, PHONE, CODE = "canario.correo@example.com", "+34612345678", "735193"
ALL = f"{DIAGNOSIS} {EMAIL} {PHONE} {CODE}"


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in watch.log.lines]


def seen() -> set[str]:
    """What the watch has found; the test that wrote it on purpose goes on."""
    found = {what for what, _where in watch.leaks()}
    watch.clear()
    mail.outbox.clear()
    return found


def fails(*given: Any, **named: Any) -> None:
    try:
        raise KeyError(ALL)
    except KeyError as error:
        raise ValueError(f"{ALL} {given} {named}") from error


@pytest.mark.parametrize("word", [DIAGNOSIS, EMAIL, PHONE, "612 345 678", "12345678Z", "somebody@else.org"])
def test_control_a_line_that_tells_is_found(word):
    structlog.get_logger("notifications.delivery").warning("mail_not_sent", why=f"it was {word}!")
    assert len(seen()) == 1


def test_control_a_code_that_was_sent_is_found_in_the_log(client, place, settings):
    client.post(reverse("account_request_login_code"), {"email": EMAIL})
    state = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]
    assert watch.leaks() == []
    structlog.get_logger("accounts").warning("code_sent", code=state["code"])
    assert seen() == {state["code"]}


@pytest.mark.parametrize("text", [DIAGNOSIS, PHONE, "12345678Z", "another@example.com"])
def test_control_a_mail_that_tells_is_found(text):
    repository.queue(recipient=EMAIL, subject="Su cita", text=f"Por {text}.")
    assert len(seen()) == 1


def test_mail_may_name_its_reader_and_the_clinic():
    repository.queue(recipient=EMAIL, subject="Su cita", text=f"{EMAIL}, escriba a hola@example.com")
    assert watch.leaks() == []


def test_the_cast_carries_canaries(booked, patient):
    assert booked().reason == DIAGNOSIS
    assert str(patient.phone) in canaries.PHONES
    assert patient.document_number in canaries.DOCUMENTS


@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_page_that_fails_tells_nothing_of_path_query_body_or_error(place, monkeypatch, method):
    monkeypatch.setattr("appointments.views.search.render", fails)
    monkeypatch.setattr("appointments.views.draft.SlotForm", fails)
    path = {"get": "/", "post": "/citas/nueva/", "put": "/"}[method]
    client = Client(raise_request_exception=False)
    send = getattr(client, method)
    given = {"get": {"q": ALL}, "post": {"slot": ALL, "reason": ALL}, "put": ALL}[method]
    status = send(path, given, headers={"Referer": f"https://x.example/?{EMAIL}", "User-Agent": ALL}).status_code
    assert status == {"get": 500, "post": 500, "put": 405}[method]
    client.get(f"/medicos/{EMAIL}/{CODE}/?q={PHONE}")
    assert watch.leaks() == []
    assert CODE not in "".join(watch.log.lines)
    told = [line for line in lines() if line.get("status") == 500 and "error" in line]
    assert len(told) == (0 if method == "put" else 1)
    for line in told:
        assert line["error"] == ["ValueError", "KeyError"]
        assert line["places"][-1].endswith(" fails")


@pytest.mark.parametrize("method", ["get", "post", "patch", "delete"])
@pytest.mark.parametrize("path", ["/api/health", f"/api/appointments/{CODE}", f"/api/{EMAIL}/"])
def test_api_that_fails_tells_nothing(place, monkeypatch, method, path):
    monkeypatch.setattr("ninja.operation.PathView._find_operation", fails)
    client = Client(raise_request_exception=False)
    body = json.dumps({"reason": ALL, "email": EMAIL})
    words = {"content_type": "application/json"} if method != "get" else {}
    response = getattr(client, method)(
        f"{path}?q={PHONE}", *([body] if words else []), headers={"Authorization": f"Bearer {ALL}"}, **words
    )
    assert response.status_code in (404, 500)
    assert watch.leaks() == []
    assert CODE not in "".join(watch.log.lines)
    assert CODE not in response.content.decode()


def test_row_that_is_refused_is_told_without_its_values(place, monkeypatch):
    """PostgreSQL's error says `Key (email)=(…) already exists`, MongoDB's `dup key: { email: "…" }`."""
    create_user(email=EMAIL)

    def twice(*anything: Any, **more: Any) -> None:
        with refusable():
            User(email=EMAIL).save(force_insert=True)

    with pytest.raises(IntegrityError) as refusal:
        twice()
    assert EMAIL in f"{refusal.value} {refusal.value.__cause__}"  # else there would be nothing to keep quiet
    monkeypatch.setattr("appointments.views.search.render", twice)
    assert Client(raise_request_exception=False).get("/").status_code == 500
    structlog.get_logger("citas").error("refused", exc_info=refusal.value)
    logging.getLogger("some.library").exception("refused %s", EMAIL, exc_info=refusal.value)
    assert watch.leaks() == []
    assert [line["error"][0] for line in lines() if "error" in line] == ["django.db.utils.IntegrityError"] * 3


def test_line_of_the_request_itself_tells_nothing_either(booked, patient_user, monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    client, appointment = Client(), booked()
    client.force_login(patient_user)
    client.get(reverse("appointments:proof", args=[appointment.reference]), {"q": ALL})
    assert [line["logger"] for line in lines()] == ["citas.requests"]
    assert appointment.reference not in "".join(watch.log.lines)
    assert watch.leaks() == []
