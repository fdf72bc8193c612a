"""Reading hours and exceptions: what is in force, in one query each."""

from __future__ import annotations

from datetime import date, time, timedelta

from doctors import repository
from doctors.models import ScheduleException, WorkingHours

MONDAY = date(2027, 3, 1)


def hours(doctors, first=MONDAY, last=MONDAY):
    return repository.hours(doctors=doctors, first=first, last=last)


def test_hours_of_many_doctors_are_two_queries(doctor, other_doctor, django_assert_num_queries):
    with django_assert_num_queries(2):
        found = hours([doctor.pk, other_doctor.pk])

    assert {row.doctor for row in found} == {doctor.pk, other_doctor.pk}


def test_exceptions_of_many_doctors_are_one_query(doctor, other_doctor, place, django_assert_num_queries):
    for somebody in (doctor, other_doctor, None):
        ScheduleException.objects.create(doctor=somebody, date=MONDAY)

    with django_assert_num_queries(1):
        found = repository.exceptions(doctors=[doctor.pk], first=MONDAY, last=MONDAY)

    assert {row.doctor for row in found} == {doctor.pk, None}


def test_everybody_is_meant_when_no_doctors_are_named(doctor, other_doctor):
    assert {row.doctor for row in hours(None)} == {doctor.pk, other_doctor.pk}


def test_a_row_says_all_that_availability_asks(doctor, place):
    first = min(hours([doctor.pk]), key=lambda row: (row.weekday, row.starts))

    assert (first.location, first.zone, first.weekday) == (place.pk, "Europe/Madrid", 1)
    assert (first.starts, first.ends, first.valid_until) == (time(9), time(13), None)


def test_rules_of_another_time_are_left_out(doctor):
    WorkingHours.objects.filter(weekday=1).update(valid_until=MONDAY - timedelta(days=1))
    WorkingHours.objects.filter(weekday=2).update(valid_from=MONDAY + timedelta(days=1))

    assert {row.weekday for row in hours([doctor.pk])} == {3, 4, 5}
    assert {row.weekday for row in hours([doctor.pk], last=MONDAY + timedelta(days=1))} == {2, 3, 4, 5}


def test_a_closed_location_has_no_hours(doctor, place):
    ScheduleException.objects.create(
        doctor=doctor, location=place, date=MONDAY, starts=time(9), ends=time(10), kind="opens"
    )
    repository.set_active(rows=type(place).objects.filter(pk=place.pk), active=False)

    assert hours([doctor.pk]) == []
    assert repository.exceptions(doctors=[doctor.pk], first=MONDAY, last=MONDAY) == []


def test_exceptions_out_of_use_do_not_count(doctor):
    ScheduleException.objects.create(doctor=doctor, date=MONDAY, active=False)

    assert repository.exceptions(doctors=[doctor.pk], first=MONDAY, last=MONDAY) == []


def test_an_opening_names_the_zone_of_its_clock(doctor, place):
    ScheduleException.objects.create(
        doctor=doctor, location=place, date=MONDAY, starts=time(20), ends=time(0), kind="opens"
    )

    [row] = repository.exceptions(doctors=None, first=MONDAY, last=MONDAY)

    assert (row.opens, row.zone, row.starts, row.ends) == (True, "Europe/Madrid", time(20), time(0))
