"""Booking a visit."""

from datetime import UTC, datetime, timedelta

import pytest

from appointments import booking, repository
from appointments.models import Appointment, Status
from citas.db import uuid7
from citas.db.intervals import Interval

# Wednesday 3 March 2027, 10:00 in Madrid.
TEN = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_booking_keeps_the_visit_and_what_it_blocks(booked, doctor):
    appointment = Appointment.objects.get(pk=booked(TEN).pk)

    assert (appointment.status, appointment.version, appointment.sequence) == (Status.BOOKED, 1, 0)
    assert appointment.visit == Interval(TEN, TEN + timedelta(minutes=20))
    assert appointment.busy == Interval(TEN, TEN + timedelta(minutes=25))
    assert appointment.mail_due


def test_booking_leaves_one_event_without_names(booked, patient):
    (event,) = Appointment.objects.get(pk=booked(TEN, reason="Dolor de espalda").pk).events

    assert (event["kind"], event["actor"], event["source"]) == ("created", str(patient.account_id), "web")
    assert "Dolor" not in str(event)
    assert "Muñoz" not in str(event)


def test_same_request_twice_books_once(booked):
    first, second = booked(TEN, request_key="same"), booked(TEN, request_key="same")

    assert first == second
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize("minutes", [0, 5, 20, -20])
def test_overlapping_visit_of_the_doctor_is_refused(booked, other_patient, minutes):
    booked(TEN)

    with pytest.raises(booking.SlotTaken):
        booked(TEN + timedelta(minutes=minutes), patient=other_patient)


def test_database_refuses_what_no_rule_had_looked_at(booked, other_patient):
    first = booked(TEN)
    rival = Appointment.objects.get(pk=first.pk)
    rival.pk, rival.patient, rival.request_key = uuid7(), other_patient, "rival"

    with pytest.raises(repository.SlotTaken):
        repository.claim(appointment=rival, actor=None, source="web", now=TEN)


def test_patient_cannot_be_in_two_places(booked, other_doctor):
    booked(TEN)

    with pytest.raises(booking.PatientBusy):
        booked(TEN, doctor=other_doctor)


@pytest.mark.parametrize(
    "starts_at",
    [
        TEN.replace(hour=4),  # before the hours
        TEN.replace(hour=13),  # at lunch
        TEN + timedelta(minutes=2),  # off the grid
        TEN - timedelta(days=1, minutes=-30),  # within the minimum notice
        TEN + timedelta(days=70),  # beyond the horizon
        TEN - timedelta(days=30),  # in the past
    ],
)
def test_what_is_not_offered_is_refused(booked, starts_at):
    with pytest.raises(booking.NotOffered):
        booked(starts_at)


def test_desk_may_pass_the_minimum_notice_and_the_event_says_so(booked, receptionist):
    appointment = booked(TEN - timedelta(days=1, minutes=-30), actor=receptionist, past_rules=True)

    assert appointment.events[0]["past_rules"] is True


def test_staff_are_bound_by_the_rules_unless_they_say_otherwise(booked, receptionist):
    with pytest.raises(booking.NotOffered):
        booked(TEN - timedelta(days=1, minutes=-30), actor=receptionist)


def test_somebody_elses_key_books_anew(booked, other_patient, other_doctor):
    first = booked(TEN, request_key="key")
    second = booked(TEN, request_key="key", actor=other_patient.account, patient=other_patient, doctor=other_doctor)

    assert first != second


def test_who_is_off_the_books_is_not_booked(booked, patient):
    patient.active = False

    with pytest.raises(booking.NotOffered):
        booked(TEN)


def test_account_has_a_cap_on_visits_ahead(booked):
    for days in range(6):
        booked(TEN + timedelta(days=[0, 1, 2, 5, 6, 7][days]))

    with pytest.raises(booking.TooManyUpcoming):
        booked(TEN + timedelta(days=8))


def test_a_cancelled_time_can_be_booked_again(booked, other_patient, now):
    first = booked(TEN)
    booking.cancel(appointment=first, actor=first.account, source="web", now=now)

    assert booked(TEN, patient=other_patient).status == Status.BOOKED
