"""Many rivals for one slot: one winner, and without the guard there would have been more."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from appointments.booking import SlotTaken
from appointments.models import LIVE, Appointment
from citas.management.proof.race import Race
from citas.management.proof.unguarded_repository import Visit
from doctors.models import Doctor, Location, ScheduleException, VisitType
from patients.models import Patient

pytestmark = pytest.mark.django_db(transaction=True)

KEYS = ["clients", "rounds", "winners", "refused", "errors", "overlaps", "seconds"]


@pytest.fixture
def prove(capsys):
    def run(**options):
        call_command("prove_booking", json=True, **options)
        return json.loads(capsys.readouterr().out)

    return run


@pytest.mark.parametrize("scarce", ["doctor", "patient"])
def test_each_round_has_one_winner(prove, scarce):
    result = prove(scarce=scarce, clients=40, rounds=3)

    assert list(result) == KEYS
    assert result["winners"] == [1, 1, 1]
    assert (result["refused"], result["errors"], result["overlaps"]) == (117, 0, 0)


@pytest.mark.parametrize("scarce", ["doctor", "patient"])
def test_without_the_guard_there_are_double_bookings(prove, scarce):
    result = prove(scarce=scarce, clients=40, rounds=3, without_guard=True)

    assert result["overlaps"] > 0
    assert max(result["winners"]) > 1


def test_proof_leaves_nobody_in_sight(prove):
    prove(clients=4, rounds=1)

    assert not Doctor.objects.filter(hidden=False).exists()
    for kind in (Doctor, Patient, VisitType, Location):
        assert kind.objects.exists()
        assert not kind.objects.filter(active=True).exists()


def test_proof_cancels_its_visits_and_can_be_repeated(prove):
    prove(clients=4, rounds=2)

    assert prove(clients=6, rounds=2)["winners"] == [1, 1]
    assert Appointment.objects.count() == 4
    assert not Appointment.objects.filter(status__in=LIVE).exists()


def test_proof_takes_days_on_which_the_clinic_is_open(prove):
    tomorrow = timezone.now().date() + timedelta(days=1)
    ScheduleException.objects.create(date=tomorrow, reason="Fiesta local")

    prove(clients=4, rounds=1)

    assert Appointment.objects.get().starts_at.date() > tomorrow


def test_result_is_also_said_in_words(capsys):
    call_command("prove_booking", clients=4, rounds=1)

    assert "1 winner a round, 3 refused, 0 errors, 0 overlaps" in capsys.readouterr().out


def test_race_needs_rivals(prove):
    with pytest.raises(CommandError):
        prove(clients=1)


def test_more_rounds_than_open_days_are_refused(prove):
    with pytest.raises(CommandError, match="open days"):
        prove(clients=2, rounds=10_000)


def test_a_scratch_table_of_a_killed_run_is_no_hindrance(prove):
    with connection.schema_editor() as editor:
        editor.create_model(Visit)

    assert prove(clients=40, rounds=2, without_guard=True)["overlaps"] > 0


def test_whatever_is_no_refusal_counts_as_an_error():
    def attempt(client: int, current: int) -> bool:
        if client == 0:
            return True
        raise SlotTaken if client == 1 else ValueError("odd")

    (ended,) = Race(clients=3, attempt=attempt, refusals=[SlotTaken]).run(rounds=1, after_each=list)

    assert (ended.winners, ended.refused, ended.errors) == (1, 1, ["ValueError: odd"])


@pytest.mark.thorough
@pytest.mark.parametrize("scarce", ["doctor", "patient"])
def test_twenty_rounds_of_two_hundred_clients(prove, scarce):
    result = prove(scarce=scarce, clients=200, rounds=20)

    assert result["winners"] == [1] * 20
    assert (result["refused"], result["errors"], result["overlaps"]) == (3980, 0, 0)
