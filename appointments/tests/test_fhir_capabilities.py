"""The CapabilityStatement says what is there: all of it, and nothing else."""

from __future__ import annotations

import pytest

from appointments.fhir import urls
from appointments.fhir.ids import ScheduleId, SlotId
from doctors.models import Offering
from tests.fhir import read, refused, resources

pytestmark = pytest.mark.django_db
STRICT = {"Prefer": "handling=strict"}


@pytest.fixture
def ids(clock, booked, doctor, place, patient_user, client) -> dict[str, str]:
    """One thing of every kind, seen by whom it belongs to."""
    visit = booked()
    client.force_login(patient_user)
    schedule = ScheduleId(Offering.objects.get(doctor=doctor).pk, place.pk)
    return {
        "Location": str(place.pk),
        "PractitionerRole": str(doctor.pk),
        "Schedule": str(schedule),
        "Slot": str(SlotId(schedule, visit.starts_at)),
        "Appointment": str(visit.pk),
    }


@pytest.fixture
def statement(client, db) -> dict:
    return read(client.get("/fhir/metadata"))


def kinds(statement):
    return {one["type"]: one for one in statement["rest"][0]["resource"]}


def test_statement_names_version_and_format(statement):
    assert (statement["fhirVersion"], statement["kind"], statement["status"]) == ("4.0.1", "instance", "active")
    assert "application/fhir+json" in statement["format"]


def test_every_address_is_in_the_statement_and_nothing_else(statement):
    there = {str(route.pattern).partition("/")[0] for route in urls.urlpatterns}
    operations = {f"${one['name']}" for one in statement["rest"][0]["operation"]}
    assert there == {"metadata", "bulk", *operations, *kinds(statement)}


def test_every_interaction_answers(client, ids, statement):
    for kind, said in kinds(statement).items():
        assert [one["code"] for one in said["interaction"]] == ["read", "search-type"]
        found = read(client.get(f"/fhir/{kind}/{ids[kind]}"))
        assert (found["resourceType"], found["id"]) == (kind, ids[kind])
        required = {"schedule": ids["Schedule"]} if kind == "Slot" else {}
        assert resources(read(client.get(f"/fhir/{kind}", required)))


def test_every_parameter_is_known_and_no_other(client, ids, statement):
    values = {
        "_id": lambda kind: ids[kind],
        "location": lambda kind: f"Location/{ids['Location']}",
        "actor": lambda kind: f"PractitionerRole/{ids['PractitionerRole']}",
        "schedule": lambda kind: f"Schedule/{ids['Schedule']}",
        "start": lambda kind: "ge2027-03-03",
        "date": lambda kind: "ge2027-03-03",
        "status": lambda kind: {"Slot": "free"}.get(kind, "booked"),
    }
    for kind, said in kinds(statement).items():
        known = {one["name"] for one in said["searchParam"]}
        required = {"schedule": ids["Schedule"]} if kind == "Slot" else {}
        for name, value in values.items():
            answer = client.get(f"/fhir/{kind}", {**required, name: value(kind)}, headers=STRICT)
            if name in known:
                assert resources(read(answer)), (kind, name)
            else:
                assert refused(answer, 400) == "invalid", (kind, name)


def test_conditional_reads_are_as_stated(client, ids, statement):
    for kind, said in kinds(statement).items():
        assert (said["conditionalRead"], said["versioning"]) == ("not-match", "no-version")
        tag = client.get(f"/fhir/{kind}/{ids[kind]}")["ETag"]
        assert client.get(f"/fhir/{kind}/{ids[kind]}", headers={"If-None-Match": tag}).status_code == 304


def test_all_but_appointments_is_public(client, ids, statement):
    client.logout()
    for kind in kinds(statement):
        assert client.get(f"/fhir/{kind}/{ids[kind]}").status_code == (401 if kind == "Appointment" else 200)
