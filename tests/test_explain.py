"""The plans of the product's most used questions: an index that is missing is told, on every engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from appointments.models import Appointment
from tests.engines import ON_MONGO

pytestmark = pytest.mark.django_db

FEW = 5  # rows that may be read whole, where the clinic of the test has more


@pytest.fixture
def visits(booked, now):
    found = [booked(now + timedelta(days=6, minutes=30 * number)) for number in range(FEW + 1)]
    if not ON_MONGO:
        with connection.cursor() as cursor:
            # So few rows are read whole because that is quickest; here it counts whether an index would serve.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL cpu_index_tuple_cost = 1")
            cursor.execute("ANALYZE appointments_appointment")  # another test's rows may still be counted
    return found


@contextmanager
def without(name: str) -> Iterator[None]:
    index = next(index for index in Appointment._meta.indexes if index.name == name)
    with connection.schema_editor() as editor:
        editor.remove_index(Appointment, index)
    try:
        yield
    finally:
        if ON_MONGO:  # elsewhere the test's transaction is rolled back
            with connection.schema_editor() as editor:
                editor.add_index(Appointment, index)


@pytest.mark.usefixtures("visits")
@pytest.mark.parametrize(
    ("question", "index"), [("reference", "appointment_reference"), ("request", "appointment_request")]
)
def test_a_missing_index_is_told(capsys, question, index):
    call_command("explain", question, rows=FEW)
    assert f"by {index}: 0 of {FEW + 1}" in capsys.readouterr().out

    with without(index), pytest.raises(SystemExit) as end:
        call_command("explain", question, rows=FEW)
    assert end.value.code == 1
    assert "<- all of it" in capsys.readouterr().out


@pytest.mark.usefixtures("visits")
def test_small_tables_may_be_read_whole():
    with without("appointment_reference"):
        call_command("explain", "reference", rows=FEW + 1)


@pytest.mark.usefixtures("visits")
def test_every_question_is_answered_and_changes_nothing(capsys):
    before = list(Appointment.objects.order_by("id").values())
    call_command("explain", json=True)
    found = json.loads(capsys.readouterr().out)
    assert len(found) >= 10
    assert {"earliest", "session", "email", "day", "messages", "patient"} <= set(found)
    assert {"api-doctors-q", "api-slots", "api-patients-q", "api-appointments-narrow", "webhooks-due"} <= set(found)
    assert {"fhir-schedules", "fhir-appointments-after", "fhir-bulk-slots"} <= set(found)
    assert not any(step["whole"] for steps in found.values() for step in steps)
    assert list(Appointment.objects.order_by("id").values()) == before


def test_an_empty_clinic_has_plans_too():
    call_command("explain")


def test_an_unknown_question_is_refused():
    with pytest.raises(CommandError, match="there are earliest"):
        call_command("explain", "nonsense")
