"""The same request twenty times at once makes one thing, and everybody is answered with it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from appointments.models import Appointment
from doctors.models import Doctor, WorkingHours
from patients.models import Patient
from tests.api_client import token_for
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 20
CHILD = {
    "relationship": "child",
    "given_names": "Lía",
    "first_surname": "Muñoz",
    "birth_date": "2019-05-01",
    "phone": "+34600000002",
    "consent": True,
}


@pytest.fixture(autouse=True)
def clock(monkeypatch, now, settings):
    settings.RATE_LIMIT_FACTOR = 1000
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def send(secret: str, address: str, body: dict, method: str = "POST", **headers: str):
    given = {"Authorization": f"Bearer {secret}", **headers}

    def call() -> tuple[int, str]:
        client = Client(raise_request_exception=False)
        answer = client.generic(method, address, json.dumps(body), content_type="application/json", headers=given)
        if answer.status_code == 503:  # too many at the door: trying again is safe
            return call()
        return answer.status_code, answer.json().get("id", answer.content.decode())

    return call


@pytest.mark.parametrize("kind", ["appointments", "patients", "doctors", "hours"])
def test_twenty_at_once_make_one(kind, doctor, patient, visit_type, place, patient_user, manager):
    bodies = {
        "appointments": {
            "doctor": doctor.slug,
            "patient": str(patient.pk),
            "visit_type": visit_type.slug,
            "location": place.slug,
            "starts_at": "2027-03-04T10:00:00+01:00",
        },
        "patients": CHILD,
        "doctors": {"given_names": "A", "surnames": "B", "specialty": "dermatologia", "visit_types": [visit_type.slug]},
        "hours": {"location": "centro", "weekday": 6, "starts": "09:00", "ends": "10:00", "valid_from": "2027-01-01"},
    }
    models = {"appointments": Appointment, "patients": Patient, "doctors": Doctor, "hours": WorkingHours}
    before = models[kind].objects.count()
    address = f"/api/doctors/{doctor.pk}/hours" if kind == "hours" else f"/api/{kind}"
    secret = token_for(patient_user, "own") if kind in ("appointments", "patients") else token_for(manager, "manager")

    answers = at_once([send(secret, address, bodies[kind], **{"Idempotency-Key": "once"})] * TIMES)

    assert {status for status, _id in answers} == {201}, answers
    assert len({key for _status, key in answers}) == 1
    assert models[kind].objects.count() == before + 1


def test_of_two_changes_of_one_version_one_is_412(doctor, manager):
    secret, address = token_for(manager, "manager"), f"/api/doctors/{doctor.pk}"
    seen = Client().get(address)["ETag"]

    answers = at_once(
        [send(secret, address, {"bio": f"{number}"}, "PATCH", **{"If-Match": seen}) for number in range(6)]
    )

    assert sorted(status for status, _id in answers) == [200, *[412] * 5]


def test_of_two_moves_of_one_version_one_is_412(booked, now, patient_user):
    visit = booked(now + timedelta(days=2))
    secret, address = token_for(patient_user, "own"), f"/api/appointments/{visit.pk}"
    seen = Client().get(address, headers={"Authorization": f"Bearer {secret}"})["ETag"]
    starts = [(now + timedelta(days=3, minutes=30 * number)).isoformat() for number in range(4)]

    answers = at_once([send(secret, address, {"starts_at": at}, "PATCH", **{"If-Match": seen}) for at in starts])

    assert sorted(status for status, _id in answers) == [200, 412, 412, 412]


def test_overlapping_hours_at_once_make_one(doctor, manager):
    secret, address = token_for(manager, "manager"), f"/api/doctors/{doctor.pk}/hours"
    rule = {"location": "centro", "weekday": 6, "starts": "09:00", "ends": "10:00", "valid_from": "2027-01-01"}

    answers = at_once([send(secret, address, rule)] * 6)

    assert sorted(status for status, _id in answers) == [201, *[422] * 5]
