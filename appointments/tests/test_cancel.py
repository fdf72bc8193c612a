"""Cancelling a visit."""

from datetime import UTC, datetime, timedelta

import pytest

from appointments import booking
from appointments.models import Appointment, Status

# Thursday 4 March 2027, 10:00 in Madrid: it may be cancelled until Wednesday at the same hour.
TEN = datetime(2027, 3, 4, 9, 0, tzinfo=UTC)
LAST_CHANGE = TEN - timedelta(days=1)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cancel(now):
    def run(appointment, **changes):
        request = {"actor": appointment.account, "source": "web", "now": now}
        return booking.cancel(appointment=appointment, **{**request, **changes})

    return run


def test_a_cancelled_visit_keeps_its_time_and_says_who_and_why(booked, cancel, patient):
    stored = Appointment.objects.get(pk=cancel(booked(TEN), reason="Ya estoy mejor").pk)

    assert (stored.status, stored.starts_at) == (Status.CANCELLED, TEN)
    assert (stored.version, stored.sequence, stored.mail_due) == (2, 1, True)
    assert stored.cancellation_reason == "Ya estoy mejor"
    assert (stored.events[1]["kind"], stored.events[1]["actor"]) == ("cancelled", str(patient.account_id))
    assert "mejor" not in str(stored.events)


def test_cancelling_twice_changes_nothing_more(booked, cancel):
    appointment = cancel(cancel(booked(TEN)))

    assert (appointment.version, len(appointment.events)) == (2, 2)


def test_the_patient_is_free_to_see_another_doctor_then(booked, cancel, other_doctor):
    cancel(booked(TEN))

    assert booked(TEN, doctor=other_doctor).status == Status.BOOKED


@pytest.mark.parametrize("late", [timedelta(0), -MINUTE])
def test_a_patient_may_cancel_until_the_cut_off_itself(booked, cancel, late):
    appointment = booked(TEN)

    assert booking.changeable(appointment=appointment, now=LAST_CHANGE + late)
    assert cancel(appointment, now=LAST_CHANGE + late).status == Status.CANCELLED


@pytest.mark.parametrize("late", [timedelta(microseconds=1), MINUTE])
def test_a_patient_may_not_cancel_past_the_cut_off(booked, cancel, late):
    appointment = booked(TEN)

    assert not booking.changeable(appointment=appointment, now=LAST_CHANGE + late)
    with pytest.raises(booking.TooLate):
        cancel(appointment, now=LAST_CHANGE + late)


def test_a_cut_off_of_none_lasts_until_the_visit_begins(booked, cancel, visit_type):
    visit_type.cutoff = 0
    visit_type.save()

    assert cancel(booked(TEN), now=TEN).status == Status.CANCELLED


def test_desk_may_cancel_past_the_cut_off(booked, cancel, receptionist):
    appointment = cancel(booked(TEN), now=TEN + MINUTE, actor=receptionist, past_rules=True)

    assert appointment.status == Status.CANCELLED


def test_two_clicks_that_cross_are_both_answered(booked, cancel):
    appointment = booked(TEN)
    twin = Appointment.objects.get(pk=appointment.pk)
    cancel(appointment)

    assert cancel(twin).status == Status.CANCELLED
    assert len(Appointment.objects.get(pk=appointment.pk).events) == 2


@pytest.mark.parametrize("status", [Status.ARRIVED, Status.COMPLETED, Status.NO_SHOW, Status.HELD])
def test_only_a_booked_visit_is_cancelled(booked, cancel, receptionist, status):
    appointment = booked(TEN)
    appointment.status = status

    with pytest.raises(booking.NotAllowed):
        cancel(appointment, actor=receptionist)


def test_who_read_it_before_somebody_changed_it_is_told(booked, cancel, now):
    appointment = booked(TEN)
    read_before = Appointment.objects.get(pk=appointment.pk)
    booking.move(appointment=appointment, starts_at=TEN + timedelta(hours=1), actor=None, source="web", now=now)

    with pytest.raises(booking.Stale):
        cancel(read_before)
    assert Appointment.objects.get(pk=appointment.pk).status == Status.BOOKED
