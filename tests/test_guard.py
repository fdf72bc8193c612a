"""Rivals whom no rule has looked at first: all of them stand at the database's guard itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appointments import repository
from appointments.models import LIVE, Appointment
from citas.db import uuid7
from citas.management.proof.plan import KINDS, kind_of
from conftest import DETAILS, make_doctor
from patients.models import Patient
from tests.at_once import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)

RIVALS, ROUNDS = 40, 3
START = datetime(2027, 3, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def claim(place, visit_type, now):
    """Claims a time without asking any rule: `claim(doctor, patient, kind, start)`."""

    def run(doctor, patient, kind, start):
        visit = kind.visit(start)
        appointment = Appointment(
            doctor=doctor,
            patient=patient,
            visit_type=visit_type,
            location=place,
            starts_at=visit.start,
            ends_at=visit.end,
            visit=visit,
            busy=kind.busy(start),
            request_key=uuid7().hex,
        )
        return repository.claim(appointment=appointment, actor=None, source="web", now=now)

    return run


def starts():
    return [START + timedelta(hours=3 * number) for number in range(ROUNDS)]


def test_one_of_many_gets_the_time_of_a_doctor(claim, doctor):
    people = [Patient.objects.create(**{**DETAILS, "document_number": str(number)}) for number in range(RIVALS)]

    for start in starts():
        rivals = [(person, kind_of(client=number, scarce="doctor")) for number, person in enumerate(people)]
        results = at_once([lambda rival=rival: claim(doctor, *rival, start) for rival in rivals])  # noqa: B023

        assert refusals(results) == [repository.SlotTaken] * (RIVALS - 1)
        assert Appointment.objects.filter(status__in=LIVE, busy__overlaps=KINDS[0].busy(start)).count() == 1


def test_one_of_many_gets_the_time_of_a_patient(claim, patient, specialty, place, visit_type):
    made = {"specialty": specialty, "location": place, "visit_type": visit_type}
    doctors = [make_doctor(slug=f"rival-{number}", **made) for number in range(RIVALS)]

    for start in starts():
        rivals = [(doctor, kind_of(client=number, scarce="patient")) for number, doctor in enumerate(doctors)]
        results = at_once([lambda rival=rival: claim(rival[0], patient, rival[1], start) for rival in rivals])  # noqa: B023

        assert refusals(results) == [repository.PatientBusy] * (RIVALS - 1)
        assert Appointment.objects.filter(status__in=LIVE, visit__overlaps=KINDS[0].visit(start)).count() == 1
