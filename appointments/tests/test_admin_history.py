"""The history page of an appointment in the administration: its own events, to whoever may see the appointment."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts import repository as accounts
from accounts.models import Role
from appointments import attendance, booking
from appointments.models import Status

TEN = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)
PAST = {"past_rules": True}

QUESTIONS = {"number": 10, "more_on_mongo": 1}

pytestmark = pytest.mark.django_db


def history(client, appointment):
    return client.get(reverse("admin:appointments_appointment_history", args=[appointment.pk]))


@pytest.fixture
def desk(client, receptionist):
    client.force_login(receptionist)
    return client


def test_says_when_what_by_whom_and_what_it_was_before(desk, booked, receptionist, now):
    visit = booked(TEN)
    later = TEN + timedelta(minutes=30)
    booking.move(appointment=visit, starts_at=later, actor=receptionist, source="admin", now=now, past_rules=True)
    attendance.record(appointment=visit, status=Status.NO_SHOW, actor=None, source="command", now=later)

    page = history(desk, visit)
    _booked, moved, missed = page.context["entries"]
    assert [moved.who, missed.who] == [receptionist.email, ""]
    assert "10:00" in moved.changes[0]
    assert "10:30" in moved.changes[0].partition("→")[2]
    assert len(moved.changes) == 2  # and past the rules
    assert missed.changes[0].partition("→")[2].strip() == Status.NO_SHOW.label
    assert all(entry.when in page.content.decode() for entry in page.context["entries"])


def test_names_no_address_of_a_patient(desk, booked, patient):
    visit = booked(TEN)
    assert visit.events[0]["actor"] == str(patient.account_id)
    assert patient.account.email not in history(desk, visit).content.decode()


def test_as_many_questions_for_many_events_as_for_one(desk, booked, receptionist, now, django_assert_num_queries):
    visit = booked(TEN)
    history(desk, visit)
    with django_assert_num_queries(**QUESTIONS):
        history(desk, visit)
    for number in range(1, 6):
        start = TEN + timedelta(minutes=30 * number)
        booking.move(appointment=visit, starts_at=start, actor=receptionist, source="admin", now=now, past_rules=True)
    with django_assert_num_queries(**QUESTIONS):
        assert len(history(desk, visit).context["entries"]) == 6


def test_is_not_for_another_doctor(client, booked, other_doctor, other_user):
    visit = booked(TEN)
    accounts.set_role(user=other_user, role=Role.DOCTOR)
    other_doctor.user = other_user
    other_doctor.save()
    client.force_login(other_user)

    assert history(client, visit).status_code == 302
