"""Other programs are told of every change once, signed; who does not take it is asked again, then left to a person."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from appointments import attendance, booking
from notifications import outbox, webhook_repository, webhooks
from notifications.models import Message, WebhookDelivery, WebhookEndpoint
from notifications.tests.receiver import Receiver

pytestmark = pytest.mark.django_db
State = WebhookDelivery.State


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with Receiver() as program:
        yield program


@pytest.fixture
def endpoint(receiver, now, db):
    return WebhookEndpoint.objects.create(name="Historia clínica", url=receiver.url, created_at=now)


def tell(now):
    outbox.write_due(now=now)
    while webhooks.deliver_due(now=now, limit=5):
        continue


def kinds(receiver):
    return [json.loads(body)["type"] for _headers, body in receiver.taken]


def test_every_change_is_told_once(booked, endpoint, receiver, now, receptionist):
    visit = booked(now + timedelta(days=2))
    tell(now)
    booking.move(appointment=visit, starts_at=now + timedelta(days=3), actor=None, source="web", now=now)
    tell(now)
    later = now + timedelta(days=3, minutes=5)
    attendance.record(appointment=visit, status="arrived", actor=receptionist, source="admin", now=later)
    tell(later)
    attendance.undo(appointment=visit, actor=receptionist, source="admin", now=later)
    tell(later)
    attendance.record(appointment=visit, status="no_show", actor=receptionist, source="admin", now=later)
    tell(later)
    tell(later)

    assert kinds(receiver) == [
        "appointment.created",
        "appointment.rescheduled",
        "appointment.arrived",
        "appointment.undone",
        "appointment.no_show",
    ]


def test_a_cancellation_is_told(booked, endpoint, receiver, now):
    booking.cancel(appointment=booked(now + timedelta(days=2)), actor=None, source="web", now=now)
    tell(now)
    assert kinds(receiver) == ["appointment.created", "appointment.cancelled"]
    assert json.loads(receiver.taken[-1][1])["data"]["status"] == "cancelled"


def test_the_patient_is_not_written_to_of_what_happens_at_the_desk(booked, endpoint, now, receptionist):
    visit = booked(now + timedelta(days=2))
    tell(now)
    later = now + timedelta(days=2, minutes=5)
    attendance.record(appointment=visit, status="arrived", actor=receptionist, source="admin", now=later)
    tell(later)
    attendance.undo(appointment=visit, actor=receptionist, source="admin", now=later)
    tell(later)
    assert Message.objects.count() == 1


def test_the_signature_is_what_standard_webhooks_says(booked, endpoint, receiver, monkeypatch, now):
    booked()
    tell(now)
    headers, body = receiver.taken[0]
    monkeypatch.setattr(Webhook, "_Webhook__verify_timestamp", lambda _self, _header: now)

    assert Webhook(endpoint.secret).verify(body, headers)["type"] == "appointment.created"
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint.secret).verify(body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook_secret()).verify(body, headers)


def webhook_secret():
    from notifications.webhook_models import new_secret

    return new_secret()


def test_nothing_says_who_the_patient_is(booked, endpoint, receiver, now, patient):
    booked(reason="Una mancha")
    tell(now)
    text = json.dumps(receiver.taken[0][0]) + receiver.taken[0][1].decode()
    for secret in ("Muñoz", "Mu\\u00f1oz", patient.document_number, str(patient.phone), "ana@example.com", "mancha"):
        assert secret not in text
    assert str(patient.pk) not in text


def test_a_new_webhook_is_not_told_of_the_past(booked, receiver, now):
    visit = booked(now + timedelta(days=2))
    tell(now)
    later = now + timedelta(minutes=1)
    WebhookEndpoint.objects.create(name="Nuevo", url=receiver.url, created_at=later)
    booking.cancel(appointment=visit, actor=None, source="web", now=later)
    tell(later)
    assert kinds(receiver) == ["appointment.cancelled"]


def test_one_out_of_use_is_told_nothing(booked, endpoint, receiver, now):
    WebhookEndpoint.objects.update(active=False)
    booked()
    tell(now)
    assert receiver.taken == []


def test_who_does_not_take_it_is_asked_again_with_the_same_id(booked, endpoint, receiver, now):
    receiver.status = 500
    booked()
    tell(now)
    assert WebhookDelivery.objects.get().error == "HTTP 500"
    receiver.status = 204
    tell(now + webhook_repository.WAITS[0])

    assert WebhookDelivery.objects.get().state == State.SENT
    first, second = (headers for headers, _body in receiver.taken)
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-timestamp"] != second["webhook-timestamp"]


def test_after_the_last_wait_it_waits_for_a_person(booked, endpoint, receiver, now, client, manager):
    receiver.status = 503
    booked()
    outbox.write_due(now=now)
    for wait in [timedelta(), *webhook_repository.WAITS]:
        now += wait
        assert webhooks.deliver_due(now=now)
    dead = WebhookDelivery.objects.get()
    assert (dead.state, dead.attempts) == (State.FAILED, len(webhook_repository.WAITS) + 1)

    client.force_login(manager)
    listed = reverse("admin:notifications_webhookdelivery_changelist")
    assert b"HTTP 503" in client.get(listed).content
    client.post(listed, {"action": "send_again", "_selected_action": [str(dead.pk)]})

    assert WebhookDelivery.objects.get().state == State.QUEUED


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/",
        "http://localhost:9/",
        "http://[::1]:9/",
        "http://[::ffff:127.0.0.1]:9/",
        "http://10.1.2.3/",
        "http://192.168.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0:9/",
        "http://2130706433:9/",
        "ftp://example.com/",
        "http://example.com:99999/",
    ],
)
def test_our_own_network_is_never_reached(booked, now, settings, url):
    settings.WEBHOOK_NETWORKS = []
    WebhookEndpoint.objects.create(name="Dentro", url=url, created_at=now)
    booked()
    tell(now)
    kept = WebhookDelivery.objects.get()
    assert kept.attempts == 1
    assert kept.error in ("address not allowed", "KeyError", "ValueError", "gaierror")


def test_a_name_that_leads_inside_is_refused(booked, receiver, endpoint, now, settings, monkeypatch):
    settings.WEBHOOK_NETWORKS = []
    found = [(2, 1, 6, "", ("93.184.215.14", 80)), (2, 1, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)
    booked()
    tell(now)
    assert WebhookDelivery.objects.get().error == "address not allowed"
    assert receiver.taken == []


def test_redirects_are_not_followed(booked, endpoint, receiver, now):
    with Receiver() as elsewhere:
        receiver.status, receiver.location = 307, elsewhere.url
        booked()
        tell(now)
        assert elsewhere.taken == []
    assert WebhookDelivery.objects.get().error == "HTTP 307"


def test_two_workers_send_one_once(booked, endpoint, now):
    booked()
    outbox.write_due(now=now)
    (key,) = webhook_repository.due(now=now, limit=5)
    assert webhook_repository.claim(key, now=now) is not None
    assert webhook_repository.claim(key, now=now) is None


def test_the_secret_is_shown_to_who_may_change_it(client, endpoint, manager, receptionist):
    page = reverse("admin:notifications_webhookendpoint_change", args=[endpoint.pk])
    client.force_login(manager)
    assert endpoint.secret in client.get(page).content.decode()
    client.force_login(receptionist)
    assert client.get(page).status_code == 403


def test_old_ones_are_forgotten(booked, endpoint, receiver, now):
    booked()
    tell(now)
    assert webhook_repository.prune(now=now + webhook_repository.KEPT) == 0
    assert webhook_repository.prune(now=now + webhook_repository.KEPT + timedelta(days=1)) == 1
