"""Questions whose answer lies at one end of an index, or in one row, are not answered by reading everything."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count, Max, Min

from accounts.models import User
from accounts.repository import create_user
from appointments.models import Appointment
from citas.db import by_index, plans
from tests.engines import ON_MONGO

pytestmark = pytest.mark.django_db
MANY = 6


@pytest.fixture
def visits(booked, now):
    if not ON_MONGO:
        with connection.cursor() as cursor:
            # So small a table is read whole, and sorted, otherwise.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    return [booked(now + timedelta(days=6, minutes=30 * number)) for number in range(MANY)]


def read(ask, table="appointments_appointment"):
    return sum(step.rows for step in plans.explained(ask) if step.table == table)


def test_first_and_last(visits):
    def ask():
        return Appointment.objects.aggregate(first=Min("starts_at"), last=Max("starts_at"))

    assert ask() == {"first": visits[0].starts_at, "last": visits[-1].starts_at}
    if ON_MONGO:  # of so few rows PostgreSQL takes what it likes
        assert read(ask) <= 2


def test_first_and_last_of_some(visits):
    some = Appointment.objects.filter(pk__in=[visit.pk for visit in visits[2:5]])
    ends = some.aggregate(first=Min("starts_at"), last=Max("starts_at"))
    assert ends == {"first": visits[2].starts_at, "last": visits[4].starts_at}


def test_first_and_last_of_nothing(db):
    assert Appointment.objects.aggregate(first=Min("starts_at"), last=Max("starts_at")) == {"first": None, "last": None}


def test_ends_without_a_value_do_not_count(visits, now):
    assert Appointment.objects.aggregate(last=Max("expires_at")) == {"last": None}
    Appointment.objects.filter(pk=visits[3].pk).update(expires_at=now)
    assert Appointment.objects.aggregate(first=Min("expires_at"), last=Max("expires_at")) == {"first": now, "last": now}


def test_ends_beside_a_number(visits):
    found = Appointment.objects.aggregate(first=Min("starts_at"), many=Count("pk"), longest=Max("version"))
    assert found == {"first": visits[0].starts_at, "many": MANY, "longest": 1}


def test_counting_stops_at_the_bound(visits):
    assert Appointment.objects.order_by()[:3].count() == 3
    assert Appointment.objects.filter(status="booked")[: MANY + 5].count() == MANY
    assert Appointment.objects.filter(status="held")[:3].count() == 0
    assert Appointment.objects.values("status").distinct()[:5].count() == 1
    assert read(Appointment.objects.filter(status="booked").order_by()[:3].count) <= 3


def test_a_value_that_is_sorted_and_selected_is_sorted_by_its_index(visits):
    def ask():
        return list(Appointment.objects.order_by("-starts_at").values_list("starts_at", flat=True)[:2])

    assert ask() == [visits[-1].starts_at, visits[-2].starts_at]
    assert read(ask) <= 2


def test_the_first_of_a_value_that_nobody_shares_is_found_by_it():
    users = [create_user(email=f"{number}@example.com") for number in range(MANY)]

    def ask():
        return User.objects.filter(email="5@example.com").first()

    assert ask() == users[5]
    assert User.objects.filter(email="nobody@example.com").first() is None
    if ON_MONGO:
        assert read(ask, "accounts_user") == 1


def test_an_index_may_be_named(visits):
    def ask():
        return by_index(Appointment.objects.filter(doctor=visits[0].doctor, status="booked"), "appointment_doctor_time")

    assert len(ask()) == MANY
    if ON_MONGO:
        (step,) = plans.explained(lambda: list(ask()))
        assert step.index == "appointment_doctor_time"


def test_what_is_prefetched_is_found_by_its_key(visits):
    def ask():
        return list(Appointment.objects.filter(pk=visits[0].pk).prefetch_related("account", "doctor"))

    create_user(email="somebody@example.com")
    assert ask()[0].account == visits[0].account
    if ON_MONGO:
        assert read(ask, "accounts_user") == 1
