"""What the desk says on the day, and taking it back."""

from datetime import UTC, datetime, timedelta

import pytest

from appointments import attendance, booking
from appointments.models import Appointment, Status

# Thursday 4 March 2027, 10:00 in Madrid.
TEN = datetime(2027, 3, 4, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(receptionist):
    def run(appointment, *statuses, now=TEN):
        for status in statuses:
            attendance.record(appointment=appointment, status=status, actor=receptionist, source="admin", now=now)
        return Appointment.objects.get(pk=appointment.pk)

    return run


@pytest.fixture
def undo(receptionist):
    def run(appointment, now=TEN):
        attendance.undo(appointment=appointment, actor=receptionist, source="admin", now=now)
        return Appointment.objects.get(pk=appointment.pk)

    return run


def test_a_patient_arrives_and_is_seen(booked, record, receptionist):
    appointment = record(booked(TEN), Status.ARRIVED, Status.COMPLETED)

    assert (appointment.status, appointment.version, appointment.sequence) == (Status.COMPLETED, 3, 0)
    assert [entry["kind"] for entry in appointment.events] == ["created", "arrived", "completed"]
    assert appointment.events[2]["actor"] == str(receptionist.pk)


def test_who_forgot_to_say_arrived_can_say_completed(booked, record):
    assert record(booked(TEN), Status.COMPLETED).status == Status.COMPLETED


def test_the_same_again_changes_nothing(booked, record):
    assert record(booked(TEN), Status.ARRIVED, Status.ARRIVED).version == 2


@pytest.mark.parametrize("early", [MINUTE, timedelta(days=1)])
def test_nobody_is_missed_before_the_visit_begins(booked, record, early):
    with pytest.raises(booking.NotAllowed):
        record(booked(TEN), Status.NO_SHOW, now=TEN - early)


def test_a_patient_may_be_missed_from_the_start_on(booked, record):
    assert record(booked(TEN), Status.NO_SHOW, now=TEN).status == Status.NO_SHOW


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (Status.COMPLETED, Status.ARRIVED),
        (Status.COMPLETED, Status.NO_SHOW),
        (Status.NO_SHOW, Status.ARRIVED),
        (Status.ARRIVED, Status.NO_SHOW),
        (Status.ARRIVED, Status.BOOKED),
        (Status.ARRIVED, Status.CANCELLED),
        (Status.ARRIVED, Status.HELD),
    ],
)
def test_what_does_not_follow_is_refused(booked, record, first, then):
    with pytest.raises(booking.NotAllowed):
        record(booked(TEN), first, then)


def test_a_cancelled_visit_has_no_arrival(booked, record, now):
    appointment = booked(TEN)
    booking.cancel(appointment=appointment, actor=None, source="web", now=now)

    with pytest.raises(booking.NotAllowed):
        record(appointment, Status.ARRIVED)


def test_who_read_it_before_somebody_changed_it_is_told(booked, record):
    appointment = booked(TEN)
    read_before = Appointment.objects.get(pk=appointment.pk)
    record(appointment, Status.ARRIVED)

    with pytest.raises(booking.Stale):
        record(read_before, Status.COMPLETED)


def test_undoing_leads_back_step_by_step(booked, record, undo):
    appointment = record(booked(TEN), Status.ARRIVED, Status.COMPLETED)

    assert undo(appointment).status == Status.ARRIVED
    appointment = undo(appointment)
    assert (appointment.status, appointment.version, appointment.sequence) == (Status.BOOKED, 5, 2)
    assert [entry["kind"] for entry in appointment.events][3:] == ["undone", "undone"]


def test_undoing_leads_to_the_status_that_was_there(booked, record, undo):
    appointment = record(booked(TEN), Status.COMPLETED)

    assert undo(appointment).status == Status.BOOKED


@pytest.mark.parametrize("status", [Status.ARRIVED, Status.NO_SHOW])
def test_what_was_undone_can_be_said_again(booked, record, undo, status):
    appointment = undo(record(booked(TEN), status))

    assert record(appointment, Status.COMPLETED).status == Status.COMPLETED


def test_undoing_a_cancellation_books_again_and_tells_the_patient(booked, undo, now):
    appointment = booked(TEN)
    booking.cancel(appointment=appointment, actor=None, source="web", now=now, reason="Me equivoqué")
    Appointment.objects.update(mail_due=False)

    appointment = undo(appointment)

    assert (appointment.status, appointment.mail_due, appointment.sequence) == (Status.BOOKED, True, 2)
    assert appointment.cancellation_reason == ""


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.NO_SHOW])
def test_undoing_is_refused_when_the_time_has_gone(booked, record, undo, other_patient, now, status):
    appointment = booked(TEN)
    if status == Status.CANCELLED:
        booking.cancel(appointment=appointment, actor=None, source="web", now=now)
    else:
        record(appointment, status)
    booked(TEN, patient=other_patient)

    with pytest.raises(booking.SlotTaken):
        undo(appointment)
    assert Appointment.objects.get(pk=appointment.pk).status == status


def test_undoing_is_refused_when_the_patient_is_elsewhere_by_now(booked, undo, other_doctor, now):
    appointment = booked(TEN)
    booking.cancel(appointment=appointment, actor=None, source="web", now=now)
    booked(TEN, doctor=other_doctor)

    with pytest.raises(booking.PatientBusy):
        undo(appointment)


def test_a_booked_visit_has_nothing_to_undo(booked, undo):
    with pytest.raises(booking.NotAllowed):
        undo(booked(TEN))
