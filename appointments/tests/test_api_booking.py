"""Booking through the API: the same rules as everywhere, once however often it is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointments.models import Appointment
from conftest import DETAILS
from doctors.models import Clinic
from patients.models import Patient
from tests.api_client import Api

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def api(patient_user) -> Api:
    return Api(patient_user)


@pytest.fixture
def visit(doctor, patient, visit_type, place) -> dict:
    """Thursday, 10:00 in Madrid, by keys."""
    return {
        "doctor": str(doctor.pk),
        "patient": str(patient.pk),
        "visit_type": str(visit_type.pk),
        "location": str(place.pk),
        "starts_at": "2027-03-04T10:00:00+01:00",
    }


def test_books_and_says_where(api, visit):
    answer = api.post("/api/appointments", {**visit, "reason": "Una mancha", "answers": {"alergias": "no"}})

    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert answer["Location"] == f"/api/appointments/{body['id']}"
    assert (body["status"], body["reason"], body["answers"]) == ("booked", "Una mancha", {"alergias": "no"})
    assert (body["starts_at"], body["zone"]) == ("2027-03-04T10:00:00+01:00", "Europe/Madrid")
    read = api.get(answer["Location"])
    assert read.json() == body
    assert read["ETag"] == answer["ETag"]
    stored = Appointment.objects.get()
    assert stored.events[0]["source"] == "api"


def test_short_names_do_as_well(api, visit, doctor, visit_type, place):
    names = {"doctor": doctor.slug, "visit_type": visit_type.slug, "location": place.slug}

    assert api.post("/api/appointments", {**visit, **names}).status_code == 201


def test_what_available_slots_says_can_be_posted_as_it_is(api, visit, doctor):
    slot = api.get("/api/doctors/available-slots", {"doctor": str(doctor.pk)}).json()["items"][0]

    answer = api.post("/api/appointments", {**slot, "patient": visit["patient"]})

    assert answer.status_code == 201, answer.content
    assert answer.json()["starts_at"] == slot["starts_at"]


def test_taken_time_is_409_with_the_five_nearest(api, visit, booked, other_patient, now):
    booked(now + timedelta(days=2), patient=other_patient)

    answer = api.post("/api/appointments", visit)

    body = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert body["type"] == "/api/docs#slot-taken"
    assert len(body["nearest"]) == 5
    again = api.post("/api/appointments", {**body["nearest"][0], "patient": visit["patient"]})
    assert again.status_code == 201


@pytest.mark.parametrize("start", ["2027-03-04T10:00:01+01:00", "2027-03-04T03:00:00+01:00", "0001-01-01T00:00:00Z"])
def test_time_that_nobody_offers_is_422(api, visit, start):
    answer = api.post("/api/appointments", {**visit, "starts_at": start})

    assert (answer.status_code, answer.json()["type"]) == (422, "/api/docs#not-offered")
    assert not Appointment.objects.exists()


def test_cap_on_upcoming_visits_holds_here_too(api, visit):
    Clinic.objects.update(max_upcoming=0)

    answer = api.post("/api/appointments", visit)

    assert (answer.status_code, answer.json()["type"]) == (422, "/api/docs#too-many-upcoming")


@pytest.mark.parametrize("field", ["account", "status", "reference", "version", "source", "owner", "role"])
def test_nothing_is_smuggled_in(api, visit, field):
    answer = api.post("/api/appointments", {**visit, field: "manager"})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"in": "body", "pointer": f"#/{field}", "detail": "There is nothing of this name here."}
    ]
    assert not Appointment.objects.exists()


def test_stranger_cannot_book_for_anothers_patient(visit, other_user):
    answer = Api(other_user).post("/api/appointments", visit)

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["pointer"] == "#/patient"


def test_reception_books_for_anybody_and_a_doctor_for_whom_they_have_met(visit, receptionist, doctor_user, booked, now):
    assert Api(doctor_user, "agenda").post("/api/appointments", visit).status_code == 404
    booked(now + timedelta(days=1))
    later = {**visit, "starts_at": "2027-03-11T10:00:00+01:00"}

    assert Api(receptionist, "reception").post("/api/appointments", visit).status_code == 201
    assert Api(doctor_user, "agenda").post("/api/appointments", later).status_code == 201


def test_doctor_fills_no_other_agenda(visit, doctor_user, other_doctor, booked, now):
    booked(now + timedelta(days=1))

    answer = Api(doctor_user, "agenda").post("/api/appointments", {**visit, "doctor": str(other_doctor.pk)})

    assert answer.status_code == 403


def test_unknown_things_are_named(api, visit):
    answer = api.post(
        "/api/appointments", {**visit, "doctor": "nobody", "visit_type": "nothing", "location": "nowhere"}
    )

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#/doctor", "#/visit_type", "#/location"]


def test_same_key_books_once_and_answers_as_it_is_now(api, visit):
    first = api.post("/api/appointments", visit, Idempotency_Key="visita-1")
    api.delete(first["Location"])

    again = api.post("/api/appointments", dict(reversed(visit.items())), Idempotency_Key="visita-1")

    assert (again.status_code, again["Location"]) == (201, first["Location"])
    assert again.json()["status"] == "cancelled"
    assert Appointment.objects.count() == 1


def test_same_key_with_another_body_is_422(api, visit):
    api.post("/api/appointments", visit, Idempotency_Key="visita-1")

    answer = api.post("/api/appointments", {**visit, "reason": "Otra cosa"}, Idempotency_Key="visita-1")

    assert (answer.status_code, answer.json()["type"]) == (422, "/api/docs#key-reused")
    assert Appointment.objects.count() == 1


def test_same_key_of_another_account_is_another_key(api, visit, receptionist, patient_user):
    second = Patient.objects.create(account=patient_user, relationship="child", **DETAILS)
    first = api.post("/api/appointments", visit, Idempotency_Key="visita-1").json()
    other = {**visit, "patient": str(second.pk), "starts_at": "2027-03-04T11:00:00+01:00"}

    answer = Api(receptionist, "reception").post("/api/appointments", other, Idempotency_Key="visita-1")

    assert answer.status_code == 201
    assert answer.json()["id"] != first["id"]


@pytest.mark.parametrize("key", ["", "ñ", "a" * 256])
def test_key_that_is_none_is_refused(api, visit, key):
    answer = api.post("/api/appointments", visit, Idempotency_Key=key)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["in"] == "header"
