"""Booking on the days on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from appointments import booking
from appointments.models import Appointment
from citas.db.intervals import Interval
from doctors.models import Location, WorkingHours

pytestmark = pytest.mark.django_db

MADRID, SANTIAGO = "Europe/Madrid", "America/Santiago"
WHOLE_DAY = (time(0), time(0))


@pytest.fixture
def book_at(booked, doctor, visit_type):
    """Books at a place of that zone, where the doctor works round the clock, six hours before the visit."""
    visit_type.horizon_days = 730
    visit_type.save()

    def book(zone, starts_at, hours=WHOLE_DAY, **changes):
        place, _made = Location.objects.get_or_create(slug=zone.lower().replace("/", "-"), defaults={"zone": zone})
        weekday = starts_at.astimezone(ZoneInfo(zone)).isoweekday()
        WorkingHours.objects.get_or_create(
            doctor=doctor,
            location=place,
            weekday=weekday,
            starts=hours[0],
            ends=hours[1],
            valid_from=date(2020, 1, 1),
        )
        before = starts_at - timedelta(hours=6)
        appointment = booked(starts_at, location=place, now=before, **changes)
        return Appointment.objects.with_names().get(pk=appointment.pk)

    return book


@pytest.mark.parametrize(
    ("zone", "starts_at", "wall"),
    [
        (MADRID, datetime(2027, 3, 28, 0, 40, tzinfo=UTC), "01:40"),
        (MADRID, datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "03:00"),  # 02:00–03:00 does not happen
        (MADRID, datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "02:30"),  # the first of two
        (MADRID, datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "02:30"),  # the second
        (SANTIAGO, datetime(2027, 9, 5, 3, 40, tzinfo=UTC), "23:40"),
        (SANTIAGO, datetime(2027, 9, 5, 4, 0, tzinfo=UTC), "01:00"),  # there is no midnight
        (SANTIAGO, datetime(2027, 4, 4, 2, 30, tzinfo=UTC), "23:30"),  # the first of two
        (SANTIAGO, datetime(2027, 4, 4, 3, 30, tzinfo=UTC), "23:30"),  # the second
    ],
)
def test_a_visit_on_a_switch_day_is_an_instant_with_the_right_wall_time(book_at, zone, starts_at, wall):
    appointment = book_at(zone, starts_at)

    assert appointment.starts_at == starts_at
    assert f"{appointment.local_start:%H:%M}" == wall


def test_a_visit_across_the_switch_lasts_as_long_as_any(book_at, visit_type):
    before_the_jump = datetime(2027, 3, 28, 0, 50, tzinfo=UTC)
    appointment = book_at(MADRID, before_the_jump)

    assert appointment.visit == Interval(before_the_jump, before_the_jump + timedelta(minutes=20))
    local_end = appointment.ends_at.astimezone(appointment.zone)
    assert (f"{appointment.local_start:%H:%M}", f"{local_end:%H:%M}") == ("01:50", "03:10")


def test_an_hour_that_happens_twice_can_be_booked_twice(book_at, other_patient):
    first = book_at(MADRID, datetime(2027, 10, 31, 0, 30, tzinfo=UTC))
    second = book_at(MADRID, datetime(2027, 10, 31, 1, 30, tzinfo=UTC), patient=other_patient)

    assert first.local_start.replace(tzinfo=None, fold=0) == second.local_start.replace(tzinfo=None, fold=0)
    assert not first.busy.overlaps(second.busy)


@pytest.mark.parametrize(
    ("zone", "starts_at", "hours"),
    [
        (MADRID, datetime(2027, 3, 28, 1, 0, tzinfo=UTC), (time(2), time(3))),
        (SANTIAGO, datetime(2027, 9, 5, 4, 0, tzinfo=UTC), (time(0), time(1))),
    ],
)
def test_hours_that_the_clock_skips_cannot_be_booked(book_at, zone, starts_at, hours):
    with pytest.raises(booking.NotOffered):
        book_at(zone, starts_at, hours=hours)


def test_the_same_wall_time_after_the_switch_is_another_instant(book_at, other_patient):
    saturday = book_at(MADRID, datetime(2027, 3, 27, 9, 0, tzinfo=UTC))
    sunday = book_at(MADRID, datetime(2027, 3, 28, 8, 0, tzinfo=UTC), patient=other_patient)

    assert f"{saturday.local_start:%H:%M}" == f"{sunday.local_start:%H:%M}" == "10:00"
    assert sunday.starts_at - saturday.starts_at == timedelta(hours=23)


def test_the_cut_off_counts_hours_that_pass_not_hands_of_a_clock(book_at, visit_type):
    appointment = book_at(MADRID, datetime(2027, 3, 28, 8, 0, tzinfo=UTC))

    last_change = booking.last_change(appointment).astimezone(ZoneInfo(MADRID))
    assert f"{last_change:%d %H:%M}" == "27 09:00"
