"""What the mails about a visit say, in Spanish and in English, and what they never say."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from appointments import booking
from appointments.models import Appointment
from notifications import mails
from notifications.models import Message

# Tuesday 9 March 2027, 16:30 in Madrid.
AFTERNOON = datetime(2027, 3, 9, 15, 30, tzinfo=UTC)
REASON = "Una mancha en la piel"
CLINICAL = ("Dermatolog", REASON, "mancha", "Primera consulta", "First visit", "12345678Z", "Muñoz", "1985")


@pytest.fixture
def appointment(booked):
    return booked(AFTERNOON, reason=REASON)


@pytest.fixture
def write(now):
    def write(appointment, kind=Message.Kind.CONFIRMATION, language="es", at=now):
        fresh = Appointment.objects.with_names().get(pk=appointment.pk)
        return mails.write(fresh, kind=kind, recipient="ana@example.com", language=language, now=at)

    return write


@pytest.mark.parametrize(
    ("language", "when", "zone"),
    [
        ("es", "martes, 9 de marzo de 2027, 16:30", "hora de Madrid"),
        ("en", "Tuesday, 9 March 2027, 4:30 pm", "Madrid time"),
    ],
)
def test_it_says_when_where_and_with_whom(appointment, write, language, when, zone):
    content = write(appointment, language=language)
    assert content["subject"].endswith(when)
    for body in (content["text"], content["html"]):
        for words in (when[1:], zone, "Ana Vega Ruiz", "Centro", "Calle Mayor 1", "Madrid", appointment.reference):
            assert words in body
        assert "Traiga su tarjeta sanitaria." in body
    assert f'lang="{language}"' in content["html"]


@pytest.mark.parametrize("kind", [Message.Kind.CONFIRMATION, Message.Kind.MOVED, Message.Kind.CANCELLED])
@pytest.mark.parametrize("language", ["es", "en"])
def test_nothing_clinical_is_in_it(appointment, write, kind, language):
    content = write(appointment, kind=kind, language=language)
    assert [(name, word) for name, text in content.items() for word in CLINICAL if word in text] == []


def test_languages_differ_and_kinds_differ(appointment, write):
    kinds = (Message.Kind.CONFIRMATION, Message.Kind.MOVED, Message.Kind.CANCELLED)
    contents = [write(appointment, kind=kind, language=language) for kind in kinds for language in ("es", "en")]
    for part in ("subject", "text", "html"):
        assert len({content[part] for content in contents}) == 6


def test_link_opens_the_visit_until_it_changes(client, appointment, write, patient_user, now):
    content = write(appointment)
    path = re.search(r"http://localhost:8000(/citas/enlace/\S+/)$", content["text"], re.MULTILINE)[1]
    assert path in content["html"]
    proof = reverse("appointments:proof", args=[appointment.reference])
    assert client.get(path)["Location"] == proof
    assert client.get(proof).status_code == 200

    booking.cancel(appointment=appointment, actor=patient_user, source="web", now=now)
    assert client.get(path).status_code == 404


def test_it_says_until_when_to_change_it(appointment, write):
    assert "lunes, 8 de marzo de 2027, 16:30" in write(appointment)["text"]
    assert "+34 910 00 00 01" in write(appointment)["text"]


def test_visit_too_near_to_be_changed_names_the_telephone_only(appointment, write):
    content = write(appointment, at=datetime(2027, 3, 9, 9, 0, tzinfo=UTC))
    for body in (content["text"], content["html"]):
        assert "8 de marzo" not in body
        assert "+34 910 00 00 01" in body


def test_cancellation_offers_another_visit_and_no_link(appointment, write):
    content = write(appointment, kind=Message.Kind.CANCELLED)
    assert "/citas/enlace/" not in content["text"] + content["html"]
    assert "http://localhost:8000" in content["text"]
    assert content["calendar_method"] == "CANCEL"


def test_dependant_is_named_to_the_account(appointment, write, patient):
    assert "Ana\n" not in write(appointment)["text"]
    patient.relationship = "child"
    patient.given_names = "Leo & Lía"
    patient.save()
    content = write(appointment)
    assert "Leo & Lía\n" in content["text"]
    assert "Leo &amp; Lía<br>" in content["html"]
    assert "Leo" not in content["subject"] + content["calendar"]
