"""One appointment of which no mail can be written, or one message that breaks its transport, stops nobody else's."""

from datetime import timedelta

import pytest
import structlog

from appointments.models import Appointment
from doctors.models import Location
from notifications import outbox
from notifications.delivery import deliver_due
from notifications.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def bad(booked, now):
    """An appointment at a place whose time zone does not exist; its mail is due before all others."""
    nowhere = Location.objects.create(name="Luna", slug="luna", address="x", city="x", zone="Luna/Mare_Imbrium")
    appointment = booked()
    Appointment.objects.filter(pk=appointment.pk).update(location=nowhere, updated_at=now - timedelta(days=1))
    return appointment


def told():
    return list(Message.objects.values_list("appointment_id", flat=True))


def test_the_others_are_told(bad, booked, now):
    good = booked(bad.starts_at + timedelta(hours=1))
    assert outbox.write_due(now=now) == 2
    assert told() == [good.pk]
    assert list(Appointment.objects.filter(mail_due=True)) == [bad]


def test_it_does_not_take_the_place_of_others(bad, booked, now):
    good = booked(bad.starts_at + timedelta(hours=1))
    for _round in range(2):
        outbox.write_due(now=now, limit=1)
    assert told() == [good.pk]
    assert outbox.write_due(now=now, limit=1) == 0


def test_the_log_has_the_kind_of_error_and_the_key_only(bad, now):
    with structlog.testing.capture_logs() as lines:
        outbox.write_due(now=now)
    error = "ZoneInfoNotFoundError"
    assert lines == [
        {"event": "mail_not_written", "appointment": str(bad.pk), "error": error, "log_level": "error"},
    ]


def test_once_mended_it_is_told_after_a_rest(bad, place, now):
    outbox.write_due(now=now)
    Appointment.objects.filter(pk=bad.pk).update(location=place)
    assert outbox.write_due(now=now + outbox.REST - timedelta(seconds=1)) == 0
    assert outbox.write_due(now=now + outbox.REST) == 1
    assert told() == [bad.pk]


def test_whatever_a_transport_raises_is_a_message_not_sent(settings, queued, now):
    settings.DELIVERY = {"EMAIL_BACKEND": "notifications.tests.transports.Broken"}
    for recipient in ("bad@example.com", "ana@example.com"):
        queued(recipient)
    assert deliver_due(now=now, limit=9) == 1
    assert list(Message.objects.order_by("recipient").values_list("state", "error")) == [
        (Message.State.SENT, ""),
        (Message.State.QUEUED, "RuntimeError"),
    ]
