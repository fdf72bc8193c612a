"""Changes of appointments become messages: each once, whatever dies in between."""

from datetime import timedelta

import pytest

from appointments import attendance, booking
from appointments import repository as appointments
from appointments.models import Appointment, Status
from notifications import outbox, repository
from notifications.models import Message

pytestmark = pytest.mark.django_db


def told():
    return list(Message.objects.order_by("id").values_list("kind", "sequence", "recipient"))


@pytest.fixture
def change(patient_user, now):
    """Moves the visit by half an hour, or does something else to it, for its patient."""

    def act(appointment, what=booking.move, **more):
        if what is booking.move:
            more = {"starts_at": appointment.starts_at + timedelta(minutes=30), **more}
        return what(appointment=appointment, actor=patient_user, source="web", now=now, **more)

    return act


def test_booking_moving_and_cancelling_are_told_once_each(booked, change, now):
    appointment = booked()
    for act in (lambda: None, lambda: change(appointment), lambda: change(appointment, booking.cancel)):
        act()
        outbox.write_due(now=now)
        outbox.write_due(now=now)
    to = "ana@example.com"
    assert told() == [("confirmation", 0, to), ("moved", 1, to), ("cancelled", 2, to)]
    assert not Appointment.objects.filter(mail_due=True).exists()
    assert set(Message.objects.values_list("appointment_id", flat=True)) == {appointment.pk}


def test_undone_cancellation_is_confirmed_again(booked, change, receptionist, now):
    appointment = booked()
    outbox.write_due(now=now)
    change(appointment, booking.cancel)
    outbox.write_due(now=now)
    attendance.undo(appointment=appointment, actor=receptionist, source="admin", now=now)
    outbox.write_due(now=now)
    assert [kind for kind, _sequence, _to in told()] == ["confirmation", "cancelled", "confirmation"]


def test_arrival_is_no_news_to_the_patient(booked, receptionist, now):
    appointment = booked()
    outbox.write_due(now=now)
    change = {"appointment": appointment, "actor": receptionist, "source": "admin", "now": appointment.starts_at}
    attendance.record(status=Status.ARRIVED, **change)
    attendance.undo(**change)
    outbox.write_due(now=now)
    assert Message.objects.count() == 1
    assert len(told()) == 1


def test_death_between_message_and_flag_writes_nothing_twice(booked, now):
    appointment = booked()
    assert outbox.write(appointment, now=now)
    assert outbox.write_due(now=now) == 1
    assert len(told()) == 1
    assert outbox.write_due(now=now) == 0


def test_change_between_message_and_flag_is_told_too(booked, change, now):
    (read,) = appointments.mail_due(limit=1) if booked() else ()
    outbox.write(read, now=now)
    change(Appointment.objects.get())
    assert not appointments.mail_written(read)
    outbox.write_due(now=now)
    assert [kind for kind, _sequence, _to in told()] == ["confirmation", "moved"]


def test_two_workers_write_one_message(booked, now):
    booked()
    seen = [appointments.mail_due(limit=9)[0] for _worker in range(2)]
    assert [outbox.write(appointment, now=now) for appointment in seen] == [True, False]


def test_key_decides_what_is_the_same_message(db):
    # The control: without a key the second would be another message.
    assert [repository.queue(recipient="a@example.com", subject="x", dedupe_key="1") for _time in range(2)] == [1, 0]
    assert [repository.queue(recipient="a@example.com", subject="x") for _time in range(2)] == [1, 1]


def test_patient_without_an_account_is_written_to_in_their_language(booked, patient, now):
    type(patient).objects.filter(pk=patient.pk).update(account=None, email="a@example.com", language="en")
    booked()
    outbox.write_due(now=now)
    assert list(Message.objects.values_list("recipient", "language")) == [("a@example.com", "en")]


def test_patient_without_an_address_gets_no_mail(booked, patient, now):
    type(patient).objects.filter(pk=patient.pk).update(account=None, email="")
    booked()
    assert outbox.write_due(now=now) == 1
    assert told() == []
    assert outbox.write_due(now=now) == 0


def test_longest_address_fits(booked, patient_user, now):
    longest = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 57}.es"
    type(patient_user).objects.filter(pk=patient_user.pk).update(email=longest)
    booked()
    outbox.write_due(now=now)
    assert told() == [("confirmation", 0, longest)]


def test_hold_is_not_confirmed_before_it_is_a_visit(booked, now):
    appointment = booked()
    held = [{**appointment.events[0], "status": Status.HELD}]
    Appointment.objects.filter(pk=appointment.pk).update(mail_due=False)
    appointment.events, appointment.status = held, Status.HELD
    assert not outbox.write(appointment, now=now)
    assert told() == []
