"""What PostgreSQL itself keeps of an appointment's history, whoever writes. MongoDB has no triggers (decision 0009)."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from appointments import booking
from appointments.models import Appointment

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment(booked, now):
    """One with two events."""
    made = booked()
    booking.cancel(appointment=made, actor=made.account, source="web", now=now)
    return made


def run(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def rewrite(appointment: Appointment, events: list) -> None:
    run("UPDATE appointments_appointment SET events = %s WHERE id = %s", json.dumps(events), appointment.pk)


def test_events_cannot_be_shortened(appointment):
    with pytest.raises(IntegrityError, match="only ever added"):
        rewrite(appointment, appointment.events[:1])


def test_events_cannot_be_emptied(appointment):
    with pytest.raises(IntegrityError, match="only ever added"):
        rewrite(appointment, [])


@pytest.mark.parametrize("number", [0, 1])
def test_an_earlier_event_cannot_be_changed(appointment, number):
    events = json.loads(json.dumps(appointment.events))
    events[number]["actor"] = None

    with pytest.raises(IntegrityError, match="only ever added"):
        rewrite(appointment, events)


def test_events_cannot_change_places(appointment):
    with pytest.raises(IntegrityError, match="only ever added"):
        rewrite(appointment, appointment.events[::-1])


@pytest.mark.parametrize("events", ["null", "{}", '"gone"'])
def test_events_cannot_become_something_else(appointment, events):
    with pytest.raises(DatabaseError):
        run("UPDATE appointments_appointment SET events = %s::jsonb WHERE id = %s", events, appointment.pk)


def test_events_can_be_added(appointment):
    rewrite(appointment, [*appointment.events, {"kind": "confirmed"}])

    appointment.refresh_from_db()
    assert len(appointment.events) == 3


def test_an_appointment_cannot_be_deleted(appointment):
    with pytest.raises(IntegrityError, match="never deleted"):
        run("DELETE FROM appointments_appointment WHERE id = %s", appointment.pk)
