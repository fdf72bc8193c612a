"""FHIR asks the database the same number of questions however many rows it shows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointments.fhir.ids import ScheduleId, SlotId
from conftest import DETAILS, make_doctor
from doctors.models import Clinic, Location, Offering
from patients.models import Patient
from tests.fhir import read

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[1, 20])
def ids(request, clock, booked, doctor, place, visit_type, patient_user) -> dict[str, str]:
    """One of everything, or twenty."""
    Clinic.objects.update(max_upcoming=1000)
    for number in range(request.param - 1):
        there = Location.objects.create(name=f"Sede {number}", slug=f"s-{number}", city="Madrid", zone="Europe/Madrid")
        other = make_doctor(slug=f"m-{number}", specialty=doctor.specialty, location=there, visit_type=visit_type)
        names = {"given_names": f"Hija {number}", "document_number": "", "relationship": "child"}
        child = Patient.objects.create(account=patient_user, **{**DETAILS, **names})
        booked(clock + timedelta(days=1), doctor=other, location=there, patient=child)
    visit = booked(clock + timedelta(days=1))
    schedule = ScheduleId(Offering.objects.get(doctor=doctor).pk, place.pk)
    return {
        "location": str(place.pk),
        "doctor": str(doctor.pk),
        "schedule": str(schedule),
        "slot": str(SlotId(schedule, visit.starts_at)),
        "appointment": str(visit.pk),
    }


# (address, questions, how many of its subqueries MongoDB is asked by themselves)
ASKED = [
    ("metadata", 0, 0),
    ("Location", 2, 0),
    ("Location/{location}", 2, 0),
    ("PractitionerRole", 4, 0),
    ("PractitionerRole?location=Location/{location}", 4, 2),
    ("PractitionerRole/{doctor}", 4, 0),
    ("Schedule", 4, 3),
    ("Schedule?actor=PractitionerRole/{doctor}", 4, 3),
    ("Schedule?actor=Location/{location}", 4, 3),
    ("Schedule/{schedule}", 4, 1),
    ("Slot?schedule={schedule}&status=free&_count=100", 8, 1),
    ("Slot/{slot}", 8, 1),
    ("$bulk-publish", 1, 0),
    ("bulk/locations.ndjson", 2, 0),
    ("bulk/schedules.ndjson", 4, 3),
    ("bulk/slots-2027-W10.ndjson", 7, 0),
    ("Appointment", 5, 0),
    ("Appointment?date=ge2027-03-03&status=booked&actor=Location/{location}", 5, 0),
    ("Appointment/{appointment}", 4, 0),
]


@pytest.mark.parametrize(("address", "questions", "more_on_mongo"), ASKED)
def test_questions_asked(client, ids, receptionist, django_assert_num_queries, address, questions, more_on_mongo):
    url = f"/fhir/{address.format(**ids)}"
    if address.startswith("Appointment"):  # with a session: two more
        client.force_login(receptionist)
    client.get(url)
    with django_assert_num_queries(questions, more_on_mongo=more_on_mongo):
        answer = client.get(url)
        assert answer.getvalue()
    assert answer.status_code == 200
    if answer["Content-Type"].startswith("application/fhir+json"):
        read(answer)
