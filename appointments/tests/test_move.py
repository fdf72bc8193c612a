"""Giving a visit another time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from appointments import booking
from appointments.models import Appointment, Status
from citas.db.intervals import Interval
from doctors.models import Location, WorkingHours

# Thursday 4 March 2027, 10:00 in Madrid: it may be changed until Wednesday at the same hour.
TEN = datetime(2027, 3, 4, 9, 0, tzinfo=UTC)
LAST_CHANGE = TEN - timedelta(days=1)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def move(now):
    def run(appointment, starts_at, **changes):
        request = {"actor": appointment.account, "source": "web", "now": now}
        return booking.move(appointment=appointment, starts_at=starts_at, **{**request, **changes})

    return run


def test_a_moved_visit_has_its_new_time_everywhere(booked, move):
    stored = Appointment.objects.get(pk=move(booked(TEN), TEN + HOUR).pk)

    assert (stored.starts_at, stored.ends_at) == (TEN + HOUR, TEN + HOUR + 20 * MINUTE)
    assert stored.visit == Interval(TEN + HOUR, TEN + HOUR + 20 * MINUTE)
    assert stored.busy == Interval(TEN + HOUR, TEN + HOUR + 25 * MINUTE)


def test_a_move_raises_version_and_sequence_and_leaves_an_event(booked, move, patient):
    appointment = booked(TEN)
    Appointment.objects.update(mail_due=False)
    stored = Appointment.objects.get(pk=move(appointment, TEN + HOUR).pk)

    assert (stored.version, stored.sequence, stored.mail_due) == (2, 1, True)
    created, moved = stored.events
    assert (moved["kind"], moved["actor"], moved["version"]) == ("rescheduled", str(patient.account_id), 2)
    assert (created["starts_at"], moved["starts_at"]) == ("2027-03-04T09:00:00.000Z", "2027-03-04T10:00:00.000Z")


def test_the_old_time_is_free_again(booked, move, other_patient):
    move(booked(TEN), TEN + HOUR)

    assert booked(TEN, patient=other_patient).status == Status.BOOKED


def test_a_visit_may_move_into_its_own_time(booked, move):
    assert move(booked(TEN), TEN + 5 * MINUTE).starts_at == TEN + 5 * MINUTE


def test_moving_to_the_same_time_changes_nothing(booked, move):
    appointment = move(booked(TEN), TEN)

    assert (appointment.version, len(appointment.events)) == (1, 1)


def test_a_visit_can_move_to_another_place(booked, move, doctor):
    other = Location.objects.create(name="Norte", slug="norte", address="Calle 2", city="Madrid", zone="Europe/Madrid")
    friday = {"doctor": doctor, "location": other, "weekday": 5, "valid_from": date(2020, 1, 1)}
    WorkingHours.objects.create(**friday, starts=time(19), ends=time(20))

    appointment = move(booked(TEN), datetime(2027, 3, 5, 18, 0, tzinfo=UTC), location=other)

    assert Appointment.objects.get(pk=appointment.pk).location == other


@pytest.mark.parametrize("late", [timedelta(0), -MINUTE])
def test_a_patient_may_move_until_the_cut_off_itself(booked, move, late):
    assert move(booked(TEN), TEN + 24 * HOUR, now=LAST_CHANGE + late).sequence == 1


@pytest.mark.parametrize("late", [timedelta(microseconds=1), MINUTE])
def test_a_patient_may_not_move_past_the_cut_off(booked, move, late):
    with pytest.raises(booking.TooLate):
        move(booked(TEN), TEN + 24 * HOUR, now=LAST_CHANGE + late)


def test_desk_may_move_past_the_cut_off_and_the_event_says_so(booked, move, receptionist):
    appointment = move(booked(TEN), TEN + HOUR, now=TEN - MINUTE, actor=receptionist, past_rules=True)

    assert appointment.events[-1]["past_rules"] is True


def test_staff_are_bound_by_the_rules_unless_they_say_otherwise(booked, move, receptionist):
    with pytest.raises(booking.TooLate):
        move(booked(TEN), TEN + HOUR, now=TEN - MINUTE, actor=receptionist)


def test_who_saw_another_version_moves_nothing(booked, move):
    appointment = move(booked(TEN), TEN + HOUR)

    with pytest.raises(booking.Stale):
        move(appointment, TEN + 2 * HOUR, seen=1)


def test_two_clicks_that_cross_are_both_answered(booked, move):
    appointment = booked(TEN)
    twin = Appointment.objects.get(pk=appointment.pk)
    move(appointment, TEN + HOUR)

    assert move(twin, TEN + HOUR).starts_at == TEN + HOUR
    assert len(Appointment.objects.get(pk=appointment.pk).events) == 2


def test_a_cancelled_visit_does_not_move_to_its_own_start(booked, move, now):
    appointment = booked(TEN)
    booking.cancel(appointment=appointment, actor=None, source="web", now=now)

    with pytest.raises(booking.NotAllowed):
        move(appointment, TEN)


@pytest.mark.parametrize("starts_at", [TEN - 5 * HOUR, TEN + 2 * MINUTE, TEN + timedelta(days=90), TEN - 3 * 24 * HOUR])
def test_a_visit_cannot_move_where_none_can_be_booked(booked, move, starts_at):
    with pytest.raises(booking.NotOffered):
        move(booked(TEN), starts_at)


def test_a_visit_cannot_move_onto_another_of_its_patient(booked, move, other_doctor):
    booked(TEN + HOUR, doctor=other_doctor)

    with pytest.raises(booking.PatientBusy):
        move(booked(TEN), TEN + HOUR)


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.ARRIVED, Status.COMPLETED, Status.NO_SHOW, Status.HELD])
def test_only_a_booked_visit_moves(booked, move, receptionist, status):
    appointment = booked(TEN)
    appointment.status = status

    with pytest.raises(booking.NotAllowed):
        move(appointment, TEN + HOUR, actor=receptionist)


def test_who_read_it_before_somebody_changed_it_is_told(booked, move):
    appointment = booked(TEN)
    read_before = Appointment.objects.get(pk=appointment.pk)
    move(appointment, TEN + HOUR)

    with pytest.raises(booking.Stale):
        move(read_before, TEN + 2 * HOUR)
    assert Appointment.objects.get(pk=appointment.pk).starts_at == TEN + HOUR
