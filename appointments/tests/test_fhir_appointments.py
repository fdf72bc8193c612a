"""Appointments through FHIR: for the bearer of a token or whoever is signed in, and of those only their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import token_repository
from appointments import booking
from appointments.fhir.resources import STATUSES
from appointments.models import Appointment, Status
from doctors.models import Clinic, Doctor
from patients.models import Patient
from tests.fhir import pages, read, refused, resources

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(clock):
    return clock


@pytest.fixture
def token(now):
    """The header of somebody's token."""

    def make(user, scope="own"):
        secret = token_repository.create(user=user, scope=scope, expires_at=now + timedelta(days=1), now=now)
        return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}

    return make


def of(appointment):
    return f"/fhir/Appointment/{appointment.pk}"


def participants(resource):
    return [participant["actor"] for participant in resource["participant"]]


def test_owner_reads_the_own_visit(client, booked, token, patient_user, doctor, place):
    visit = booked()
    found = read(client.get(of(visit), **token(patient_user)))
    assert (found["id"], found["status"]) == (str(visit.pk), "booked")
    assert (found["start"], found["end"]) == ("2027-03-03T10:00:00+01:00", "2027-03-03T10:20:00+01:00")
    assert found["minutesDuration"] == 20
    assert found["identifier"][0]["value"] == visit.reference
    patient, practitioner, location = participants(found)
    assert (patient["display"], patient["identifier"]["value"]) == ("Ana Muñoz Prieto", str(visit.patient_id))
    assert practitioner["reference"] == f"PractitionerRole/{doctor.pk}"
    assert location["reference"] == f"Location/{place.pk}"


def test_neither_reason_nor_answers_are_in_it(client, booked, token, patient_user):
    visit = booked(reason="canario-del-motivo")
    Appointment.objects.filter(pk=visit.pk).update(
        answers={"canario": "canario-de-la-respuesta"}, cancellation_reason="canario-de-la-anulación"
    )
    for url in (of(visit), "/fhir/Appointment"):
        answer = client.get(url, **token(patient_user))
        read(answer)
        assert "canario" not in answer.content.decode()


def test_stranger_gets_404_and_an_empty_search(client, booked, token, other_user):
    visit = booked()
    assert refused(client.get(of(visit), **token(other_user)), 404) == "not-found"
    assert resources(read(client.get(f"/fhir/Appointment?_id={visit.pk}", **token(other_user)))) == []


@pytest.mark.parametrize("url", ["/fhir/Appointment", "/fhir/Appointment/01935f7e-1110-7740-9f26-42aadcded204"])
@pytest.mark.parametrize(
    "header", [{}, {"HTTP_AUTHORIZATION": "Bearer citas_wrong"}, {"HTTP_AUTHORIZATION": "Basic eA=="}]
)
def test_anonymous_gets_401(client, booked, url, header):
    booked()
    answer = client.get(url, **header)
    assert refused(answer, 401) == "login"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_expired_token_gets_401(client, booked, patient_user, now):
    secret = token_repository.create(user=patient_user, scope="own", expires_at=now, now=now)
    assert refused(client.get("/fhir/Appointment", HTTP_AUTHORIZATION=f"Bearer {secret}"), 401) == "login"


def test_session_of_a_browser_reads_too(client, booked, patient_user):
    visit = booked()
    client.force_login(patient_user)
    assert [one["id"] for one in resources(read(client.get("/fhir/Appointment")))] == [str(visit.pk)]


def test_doctor_reads_the_own_agenda_and_desk_everything(
    client, booked, token, doctor_user, receptionist, other_doctor
):
    mine = booked()
    theirs = booked(mine.starts_at + timedelta(hours=1), doctor=other_doctor)

    def seen(user, scope):
        return {one["id"] for one in resources(read(client.get("/fhir/Appointment", **token(user, scope))))}

    assert seen(doctor_user, "own") == set()
    assert str(theirs.pk) not in seen(doctor_user, "agenda")
    assert str(mine.pk) in seen(doctor_user, "agenda")
    assert seen(receptionist, "reception") >= {str(mine.pk), str(theirs.pk)}


def test_private_answers_are_kept_by_nobody_else(client, booked, token, patient_user):
    visit = booked()
    for url in (of(visit), "/fhir/Appointment"):
        answer = client.get(url, **token(patient_user))
        assert answer["Cache-Control"] == "private, no-cache"
        assert {"Authorization", "Cookie"} <= {name.strip() for name in answer["Vary"].split(",")}
        again = client.get(url, headers={"If-None-Match": answer["ETag"]}, **token(patient_user))
        assert again.status_code == 304


def test_changed_visit_has_another_tag(client, booked, token, patient_user, now):
    visit, header = booked(now + timedelta(days=2)), token(patient_user)
    first = client.get(of(visit), **header)
    booking.cancel(appointment=visit, actor=patient_user, source="web", now=now + timedelta(minutes=1))
    again = client.get(of(visit), headers={"If-None-Match": first["ETag"]}, **header)
    assert read(again)["status"] == "cancelled"


@pytest.mark.parametrize("status", list(Status))
def test_status_maps_one_to_one(client, booked, token, receptionist, now, status):
    visit = booked()
    Appointment.objects.filter(pk=visit.pk).update(status=status, expires_at=now + timedelta(minutes=5))
    code = {
        "held": "pending",
        "booked": "booked",
        "arrived": "arrived",
        "completed": "fulfilled",
        "cancelled": "cancelled",
        "no_show": "noshow",
    }[status]
    header = token(receptionist, "reception")
    assert read(client.get(of(visit), **header))["status"] == code
    for asked in set(STATUSES.values()):
        found = resources(read(client.get(f"/fhir/Appointment?status={asked}", **header)))
        assert len(found) == (asked == code), asked


def test_hold_that_has_run_out_is_not_there(client, booked, token, receptionist, now):
    visit = booked()
    Appointment.objects.filter(pk=visit.pk).update(status="held", expires_at=now)
    assert refused(client.get(of(visit), **token(receptionist, "reception")), 404) == "not-found"


def test_visits_of_hidden_doctors_are_not_there(client, booked, token, receptionist):
    visit = booked()
    Doctor.objects.update(hidden=True)
    assert refused(client.get(of(visit), **token(receptionist, "reception")), 404) == "not-found"


def test_search_narrows_by_date_status_actor_and_id(client, booked, token, receptionist, doctor, other_doctor, place):
    first = booked()
    second = booked(first.starts_at + timedelta(days=1, hours=1), doctor=other_doctor)

    def found(query):
        answer = client.get(f"/fhir/Appointment?{query}", **token(receptionist, "reception"))
        return [one["id"] for one in resources(read(answer))]

    both = [str(first.pk), str(second.pk)]
    assert found("") == both
    assert found("date=2027-03-03") == both[:1]
    assert found("date=ge2027-03-04") == both[1:]
    assert found("date=ge2027-03-03T10:00:00%2B01:00&date=lt2027-03-04") == both[:1]
    assert found(f"actor=PractitionerRole/{other_doctor.pk}") == both[1:]
    assert found(f"actor=Location/{place.pk}") == both
    assert found("actor=Location/01935f7e-1110-7740-9f26-42aadcded204") == []
    assert found("status=booked,pending") == both
    assert found("status=nonsense") == []
    assert found(f"_id={second.pk},01935f7e-1110-7740-9f26-42aadcded204") == both[1:]


def test_pages_hold_everything_once(client, booked, token, receptionist, patient_user):
    Clinic.objects.update(max_upcoming=100)
    start = booked().starts_at
    for number in range(1, 6):
        booked(start + timedelta(days=number if number < 3 else number + 2))
    found = pages(client, "/fhir/Appointment?_count=2", **token(receptionist, "reception"))
    starts = [one["start"] for page in found for one in page]
    assert [len(page) for page in found] == [2, 2, 2]
    assert starts == sorted(set(starts))


def test_dependant_has_a_name_for_who_cares_and_for_the_desk(client, booked, token, patient_user, receptionist):
    child = Patient.objects.create(account=patient_user, relationship="child", given_names="Lía", first_surname="Muñoz")
    visit = booked(patient=child)
    for header in (token(patient_user), token(receptionist, "reception")):
        assert participants(read(client.get(of(visit), **header)))[0]["display"] == "Lía Muñoz"
