"""Reception answers "I never got it" in one look, sends again what is still true, and reads nobody's codes."""

import pytest
from django.urls import reverse

from appointments import booking
from appointments.models import Appointment
from notifications import outbox, repository
from notifications.models import Message

LIST = reverse("admin:notifications_message_changelist")


@pytest.fixture
def desk(client, receptionist):
    client.force_login(receptionist)
    return client


@pytest.fixture
def sent(booked, now):
    """The confirmation of a visit, sent."""
    appointment = booked()
    outbox.write_due(now=now)
    message = Message.objects.get(appointment_id=appointment.pk)
    repository.sent(repository.claim(message.pk, now=message.next_attempt_at), now=now)
    message.refresh_from_db()
    return message


def send_again(client, *chosen):
    data = {"action": "send_again", "_selected_action": [str(message.pk) for message in chosen]}
    assert client.post(LIST, data).status_code == 302


def found(client, text):
    return list(client.get(LIST, {"q": text}).context["cl"].result_list)


def test_list_says_what_became_of_each(desk, sent, queued):
    queued("bruno@example.com")
    page = desk.get(LIST)
    assert page.status_code == 200
    assert len(page.context["cl"].result_list) == 2
    assert list(desk.get(LIST, {"state__exact": "sent"}).context["cl"].result_list) == [sent]


def test_found_by_address_and_by_reference(desk, sent, queued):
    other = queued("bruno@example.com")
    reference = Appointment.objects.get().reference
    assert found(desk, " Bruno@Example.com") == [other]
    assert found(desk, sent.recipient) == [sent]
    assert found(desk, "bruno@") == []
    assert found(desk, f" {reference.lower()} ") == [sent]


def test_sent_again_goes_back_into_the_queue(desk, sent):
    send_again(desk, sent)
    sent.refresh_from_db()
    assert (sent.state, sent.attempts) == (Message.State.QUEUED, 0)


def test_failed_one_can_be_sent_again(desk, sent):
    Message.objects.update(state=Message.State.FAILED, attempts=8, error="SMTPException")
    send_again(desk, sent)
    sent.refresh_from_db()
    assert (sent.state, sent.attempts, sent.error) == (Message.State.QUEUED, 0, "")


def test_mail_that_is_no_longer_true_is_not_sent_again(desk, sent, patient_user, now):
    booking.cancel(appointment=Appointment.objects.get(), actor=patient_user, source="web", now=now)
    send_again(desk, sent)
    sent.refresh_from_db()
    assert sent.state == Message.State.SENT


def test_what_is_being_sent_is_left_alone(sent, now):
    Message.objects.update(state=Message.State.QUEUED, next_attempt_at=now)
    assert repository.claim(sent.pk, now=now)
    assert repository.send_again(Message.objects.all(), now=now) == 0


def test_code_is_not_sent_again(desk, queued):
    code = queued(kind=Message.Kind.CODE, state=Message.State.SENT)
    send_again(desk, code)
    code.refresh_from_db()
    assert code.state == Message.State.SENT


@pytest.mark.parametrize(("mode", "shown"), [("demo", True), ("development", False), ("production", False)])
@pytest.mark.parametrize("kind", [Message.Kind.CODE, Message.Kind.OTHER])
def test_what_opens_an_account_is_read_in_the_demo_only(desk, queued, settings, kind, mode, shown):
    message = queued(kind=kind, text="codigo-424242", html="codigo-424242")
    settings.CITAS_ENV = mode
    page = desk.get(reverse("admin:notifications_message_change", args=[message.pk])).content.decode()
    assert ("424242" in page) == shown


def test_mail_about_a_visit_can_be_read(desk, sent, settings):
    settings.CITAS_ENV = "production"
    page = desk.get(reverse("admin:notifications_message_change", args=[sent.pk])).content.decode()
    assert "Dra. Ana Vega Ruiz" in page


def test_nobody_writes_changes_or_deletes_messages(client, manager, sent):
    client.force_login(manager)
    change = reverse("admin:notifications_message_change", args=[sent.pk])
    assert client.get(reverse("admin:notifications_message_add")).status_code == 403
    assert client.post(change, {"text": "x"}).status_code == 403
    assert client.get(reverse("admin:notifications_message_delete", args=[sent.pk])).status_code == 403


def test_doctors_and_patients_have_no_outbox(client, doctor_user, patient_user, sent):
    for user in (doctor_user, patient_user):
        client.force_login(user)
        assert client.get(LIST).status_code in (302, 403)
