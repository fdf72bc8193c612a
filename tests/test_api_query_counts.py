"""How often each endpoint asks the database: the same however many rows it answers with, and less for what is known."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import DETAILS, make_doctor
from doctors.models import Clinic
from patients.models import Patient
from tests.api_client import Api
from tests.engines import ON_MONGO, asked

pytestmark = pytest.mark.django_db
# Of these the token is one, what is kept for the whole site the rest. The second number: with what is known already.
READS = {
    "/api/health": (0, 0),
    "/api/doctors": (1, 1),
    "/api/doctors/{doctor}": (3, 3),
    "/api/doctors/{doctor}/hours": (3, 3),
    "/api/doctors/{doctor}/exceptions": (3, 3),
    "/api/doctors/available-slots": (5, 5),
    "/api/patients": (2, 2),
    "/api/patients/{patient}": (2, 2),
    "/api/appointments": (3, 3),
    "/api/appointments/{appointment}": (3, 3),
}
# Subqueries that MongoDB is asked by themselves.
MORE_ON_MONGO = {"/api/doctors/{doctor}": 1, "/api/doctors/available-slots": 1}


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture(params=[1, 15])
def things(request, doctor, booked, patient, patient_user, visit_type, place, now) -> dict[str, str]:
    Clinic.objects.update(max_upcoming=1000)
    for number in range(request.param - 1):
        other = make_doctor(slug=f"m-{number}", specialty=doctor.specialty, location=place, visit_type=visit_type)
        child = {**DETAILS, "given_names": f"Hija {number}", "relationship": "child"}
        booked(now + timedelta(days=6), doctor=other, patient=Patient.objects.create(account=patient_user, **child))
    visit = booked(now + timedelta(days=6))
    return {"doctor": str(doctor.pk), "patient": str(patient.pk), "appointment": str(visit.pk)}


def queries(api: Api, address: str, **headers: str) -> tuple[int, list[str]]:
    with CaptureQueriesContext(connection) as captured:
        answer = api.get(address, **headers)
    return answer.status_code, asked(captured)


def test_reads(things, manager):
    api, found = Api(manager, "manager"), {}
    for address in READS:
        path = address.format(**things)
        tag = api.get(path)["ETag"]
        status, first = queries(api, path)
        known, second = queries(api, path, If_None_Match=tag)
        assert (status, known) == (200, 304), address
        found[address] = (len(first), len(second))
    more = MORE_ON_MONGO if ON_MONGO else {}
    assert found == {name: tuple(count + more.get(name, 0) for count in counts) for name, counts in READS.items()}
