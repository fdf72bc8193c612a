"""What is written down of errors: enough to find them, nothing of whom they happened to."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from appointments import calendars, draft_repository, listing
from appointments.models import Appointment, Draft
from citas import logs
from doctors.models import Offering
from notifications.models import Message
from patients.models import Patient

pytestmark = pytest.mark.django_db

# What a patient types; none of it may be read in a log.
CANARIES = {
    "email": "canario.correo@example.com",
    "given_names": "Canarita",
    "first_surname": "Pajarosa",
    "document_number": "12345678Z",
    "phone": "+34 612 345 678",
    "reason": "un lunar cantarín",
    "search": "busqueda-canora",
}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that the project's own configuration writes, down to the smallest note."""
    page = io.StringIO()
    handler = logging.StreamHandler(page)
    handler.setFormatter(logs.formatter())
    root = logging.getLogger()
    names = ["django", "django.request", "django.security", *logs.OWN]
    before = {name: logging.getLogger(name).level for name in names}
    root.addHandler(handler)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield page
    root.removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def lines(page: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in page.getvalue().splitlines()]


@pytest.fixture
def client(monkeypatch, now) -> Client:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return Client(raise_request_exception=False)


@pytest.fixture
def free(doctor, now) -> str:
    offering = Offering.objects.select_related("doctor__specialty", "visit_type").get(doctor=doctor)
    slots = calendars.week(offering=offering, location=None, first=now.date(), now=now)
    return next(day for day in listing.days(slots, offering=offering) if not day.empty).morning[0].value


def enter(client: Client) -> None:
    """With the code of a mail, as a new patient does."""
    client.post(reverse("account_request_login_code"), {"email": CANARIES["email"]})
    state = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]
    client.post(reverse("account_confirm_login_code"), {"code": state["code"]})


def fill_in(client: Client, draft: Draft) -> None:
    def send(step: str, **fields: str) -> None:
        client.post(reverse(f"appointments:{step}", args=[draft.pk]), fields)

    birth = {"birth_date_day": "12", "birth_date_month": "4", "birth_date_year": "1985"}
    details = {name: CANARIES[name] for name in ("given_names", "first_surname", "document_number", "phone")}
    send("draft_who", who="self")
    send("draft_details", document_type="dni", consent="on", **birth, **details)
    send("draft_reason", reason=CANARIES["reason"])
    send("draft_confirm")


def go_wrong(client: Client, appointment: Appointment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals, pages that are not there, faults of ours and a database that is away, all with what was typed."""
    proof = reverse("appointments:proof", args=[appointment.reference])
    for address in (f"{proof}nada/", f"/{CANARIES['email']}/", "/medicos/Pajarosa/", f"/?q={CANARIES['search']}%00"):
        client.get(address)
    stranger = Client(raise_request_exception=False, enforce_csrf_checks=True)
    stranger.post(f"{proof}cancelar/", CANARIES)
    stranger.get("/", headers={"host": "canarita.example"})
    stranger.get(f"/admin/?{CANARIES['search']}", headers={"cookie": f"session={CANARIES['search']}"})

    def broken(**anything: Any) -> None:
        raise ValueError(f"{CANARIES} {appointment.reference}") from KeyError(CANARIES["email"])

    with monkeypatch.context() as patch:
        patch.setattr("appointments.presentation.proof", broken)
        patch.setattr(draft_repository, "keep", broken)
        client.get(proof)
        client.post(f"{proof}cancelar/", {"reason": CANARIES["reason"]})

    def away(self: Any) -> None:
        raise OperationalError(f"connection lost while reading {CANARIES['email']}")

    with monkeypatch.context() as patch:
        patch.setattr(SessionStore, "load", away)
        client.get(proof)


def test_nothing_typed_is_written_down(client, free, written, monkeypatch):
    response = client.post(reverse("appointments:draft_new"), {"slot": free})
    draft = Draft.objects.get(pk=response["Location"].split("/")[3])
    enter(client)
    fill_in(client, draft)
    appointment = Appointment.objects.get()
    go_wrong(client, appointment, monkeypatch)
    page = written.getvalue()
    secrets = [
        *CANARIES.values(), "612345678", "Canarita", appointment.reference, str(draft.pk), str(appointment.pk),
        str(Patient.objects.get().pk), client.cookies[settings.SESSION_COOKIE_NAME].value, *_codes(),
    ]  # fmt: skip
    assert [secret for secret in secrets if secret.casefold() in page.casefold()] == []
    kinds = {(line["status"], line["route"]) for line in lines(written) if "status" in line}
    assert {(500, "citas/<reference:reference>/"), (404, "medicos/<slug:slug>/"), (404, ""), (400, "")} <= kinds
    assert {403, 503} <= {status for status, _route in kinds}


def _codes() -> list[str]:
    """The codes that were sent, as the outbox keeps them."""
    return [word for text in Message.objects.values_list("text", flat=True) for word in text.split() if word.isdigit()]


def test_line_says_where_it_happened_and_to_which_request(client, booked, patient_user, written, monkeypatch):
    def broken(*anything: Any, **more: Any) -> None:
        try:
            raise KeyError(CANARIES["email"])
        except KeyError as error:
            raise ValueError(CANARIES["reason"]) from error

    client.force_login(patient_user)
    appointment = booked()
    monkeypatch.setattr("appointments.presentation.proof", broken)
    response = client.get(reverse("appointments:proof", args=[appointment.reference]))
    line = next(line for line in lines(written) if line.get("status") == 500)
    assert line["request_id"] == response["X-Request-ID"]
    assert line["error"] == ["ValueError", "KeyError"]
    assert (line["method"], line["route"], line["level"]) == ("GET", "citas/<reference:reference>/", "error")
    assert any(place.startswith("appointments/views/visit.py:") for place in line["places"])
    assert line["places"][-1].endswith(" broken")


def test_server_that_is_away_is_told_by_its_kind(client, patient_user, written, monkeypatch):
    def away(**anything: Any) -> None:
        raise OperationalError(CANARIES["reason"])

    client.force_login(patient_user)
    monkeypatch.setattr("appointments.repository.past_page", away)
    assert client.get(reverse("appointments:mine")).status_code == 503
    line = next(line for line in lines(written) if line["event"] == "unavailable")
    assert line["error"] == ["django.db.utils.OperationalError"]
    assert line["places"][-1].endswith(" away")


def test_sentences_of_libraries_are_written_without_what_was_filled_in(written):
    logging.getLogger("some.library").warning("could not reach %s", CANARIES["email"])
    assert [line["event"] for line in lines(written)] == ["could not reach %s"]


def test_own_notes_are_lines_of_the_same_kind(written):
    structlog.get_logger("notifications.delivery").warning("mail_not_sent", attempt=2)
    line = lines(written)[-1]
    assert (line["event"], line["attempt"], line["level"]) == ("mail_not_sent", 2, "warning")
    assert line["timestamp"].endswith("Z")


def test_configuration_sends_everything_one_way():
    for name in ("django", "django.server", "django.request"):
        assert logging.getLogger(name).handlers == []
        assert logging.getLogger(name).propagate
    assert settings.LOGGING["root"] == {"handlers": ["stderr"], "level": "WARNING"}
