"""What an engine does not enforce is said by `manage.py check`, and is no warning."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.checks import WARNING
from django.core.checks.registry import registry
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.db.models import ProtectedError

from appointments.models import Appointment
from citas.db.limits import limits
from tests.engines import ON_MONGO


@pytest.fixture(autouse=True)
def _registered_by_this_test_only():
    yield
    registry.registered_checks.discard(limits)


def checked(**options):
    out, err = StringIO(), StringIO()
    call_command("check", stdout=out, stderr=err, **options)
    return out.getvalue() + err.getvalue()


def test_check_names_what_the_engine_does_not_enforce():
    said = checked(fail_level="WARNING")
    assert ("citas.I001" in said) == ("citas.I003" in said) == ON_MONGO
    assert all(message.level < WARNING and message.hint for message in limits())


def test_a_level_of_information_makes_it_fail_on_mongo_only():
    if not ON_MONGO:
        assert "no issues" in checked(fail_level="INFO")
        return
    with pytest.raises((CommandError, SystemExit)):
        checked(fail_level="INFO")


def test_other_commands_do_not_say_it():
    assert limits not in registry.registered_checks


@pytest.mark.django_db(transaction=True)
def test_what_is_said_is_true(booked):
    """The control: PostgreSQL refuses what MongoDB lets pass; Django's PROTECT holds on both."""
    visit = booked()
    with pytest.raises(ProtectedError):
        visit.patient.delete()
    rows = Appointment.objects.filter(pk=visit.pk)
    if ON_MONGO:
        assert rows.update(events=[], cancellation_reason="x" * 600) == 1
        assert connection.get_collection("patients_patient").delete_many({}).deleted_count == 1
        return
    with pytest.raises(IntegrityError, match="only ever added"):
        rows.update(events=[])
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM patients_patient")
