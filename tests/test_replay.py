"""The same request, sent many times at once: one appointment, and everybody hears the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from appointments import booking
from appointments.models import Appointment
from tests.at_once import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)

# Wednesday 3 March 2027, 10:00 in Madrid.
TEN = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("_again", range(5))
def test_twenty_equal_requests_book_once_and_answer_the_same(booked, _again):
    results = at_once([lambda: booked(TEN, request_key="double-click") for _client in range(20)])

    assert refusals(results) == []
    assert len({appointment.reference for appointment in results}) == 1
    assert Appointment.objects.get().version == 1


def test_a_repeated_request_answers_even_when_the_cap_is_reached(booked):
    for day in range(6):
        last = booked(TEN.replace(day=[3, 4, 5, 8, 9, 10][day]), request_key=f"day-{day}")

    assert booked(last.starts_at, request_key="day-5") == last


def test_a_repeated_request_answers_its_appointment_after_it_was_cancelled(booked, now):
    first = booked(TEN, request_key="once")
    booking.cancel(appointment=first, actor=None, source="web", now=now)

    assert booked(TEN, request_key="once") == first
    assert Appointment.objects.count() == 1
