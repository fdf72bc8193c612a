"""The clinic of `make run`: small, alive, and around today whatever the day."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from appointments.models import LIVE, Appointment, Status
from citas import demo
from doctors.models import WorkingHours

WEDNESDAY = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)


def seed(now):
    out = StringIO()
    call_command("seed", demo=True, now=now, json=True, stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def demonstration(db):
    return seed(WEDNESDAY)


def test_the_demo_has_the_size_that_was_promised(demonstration):
    assert [demonstration[name] for name in ("locations", "specialties", "doctors", "patients")] == [3, 6, 12, 200]
    assert demonstration["seconds"] < 20


def test_the_demo_reaches_from_four_weeks_ago_to_six_weeks_ahead(demonstration):
    starts = Appointment.objects.order_by("starts_at").values_list("starts_at", flat=True)

    assert WEDNESDAY - timedelta(days=29) < starts.first() < WEDNESDAY - timedelta(days=26)
    assert WEDNESDAY + timedelta(days=40) < starts.last() < WEDNESDAY + timedelta(days=43)


def test_the_demo_has_visits_in_every_status(demonstration):
    assert set(Appointment.objects.values_list("status", flat=True)) == set(Status)


def test_a_third_of_the_demo_is_free(demonstration):
    ahead = Appointment.objects.filter(status__in=LIVE, starts_at__gt=WEDNESDAY)
    taken = sum((visit.ends_at - visit.starts_at for visit in ahead), timedelta())
    a_week = sum(rule.ends.hour - rule.starts.hour for rule in WorkingHours.objects.all())

    assert 0.5 < taken / timedelta(hours=a_week * 6) < 0.75


@pytest.mark.parametrize(("day", "hour"), [(10, 5), (10, 10), (10, 22), (14, 9), (19, 9)])
def test_today_at_the_desk_has_begun_whatever_the_hour_and_the_day(db, day, hour):
    now = datetime(2027, 3, day, hour, tzinfo=UTC)  # a Wednesday, a Sunday, a public holiday

    seed(now)

    today = Counter(Appointment.objects.filter(starts_at__date=now.date()).values_list("status", flat=True))
    assert today[Status.ARRIVED] and today[Status.COMPLETED] and today[Status.BOOKED]


def test_the_demos_patient_has_a_child_and_visits_ahead_and_behind(demonstration):
    account = User.objects.get(email=demo.PATIENT)
    visits = Appointment.objects.of(account)

    assert sorted(account.patients.values_list("relationship", flat=True)) == ["child", "self"]
    assert visits.filter(status=Status.BOOKED, starts_at__gt=WEDNESDAY).count() == 2
    assert visits.filter(status=Status.COMPLETED, ends_at__lt=WEDNESDAY).count() >= 2
