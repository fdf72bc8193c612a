"""How often booking, moving and cancelling ask the database: the same however full the clinic is."""

from datetime import UTC, datetime, timedelta

import pytest

from appointments import booking, calendars, search
from appointments.models import Appointment

# Thursday 4 March 2027, 10:00 in Madrid.
TEN = datetime(2027, 3, 4, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[0, 5], ids=["empty", "full"])
def clinic_with_visits(request, booked, other_patient, doctor):
    for number in range(request.param):
        booked(TEN + timedelta(days=1, minutes=30 * number), patient=other_patient)


@pytest.mark.usefixtures("clinic_with_visits")
def test_booking(booked, django_assert_num_queries):
    # The request's key, the offering, the cap's two, places, hours, exceptions, busy time, holds; the insert.
    with django_assert_num_queries(9 + 1, more_on_mongo=1):
        booked(TEN)


@pytest.mark.usefixtures("clinic_with_visits")
def test_moving(booked, django_assert_num_queries, now):
    appointment = Appointment.objects.with_names().get(pk=booked(TEN).pk)

    # The offering, places, hours, exceptions, busy time, holds; the update.
    with django_assert_num_queries(6 + 1):
        booking.move(appointment=appointment, starts_at=TEN + timedelta(hours=1), actor=None, source="web", now=now)


@pytest.mark.usefixtures("clinic_with_visits")
def test_cancelling(booked, django_assert_num_queries, now):
    appointment = Appointment.objects.with_names().get(pk=booked(TEN).pk)

    with django_assert_num_queries(1):
        booking.cancel(appointment=appointment, actor=None, source="web", now=now)


@pytest.mark.usefixtures("clinic_with_visits", "other_doctor")
def test_the_earliest_slots_of_everybody(django_assert_num_queries, now):
    offerings = search.offerings(specialty="", location="", doctor="")
    last = now.date() + timedelta(days=13)

    with django_assert_num_queries(4):
        slots = calendars.earliest(offerings=offerings, location=None, first=now.date(), last=last, now=now, limit=20)
    assert len({slot.doctor for slot in slots}) == 2
