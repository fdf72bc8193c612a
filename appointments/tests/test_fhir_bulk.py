"""SMART Scheduling Links: the manifest, and the files that it names, streamed line by line."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.conf import settings

from accounts.models import Role
from accounts.repository import create_user
from appointments.fhir import bulk, bulk_views
from appointments.fhir.resources import DEEP_LINK
from citas.errors import Unavailable
from conftest import make_doctor
from doctors.models import Offering, VisitType
from patients.models import Patient
from tests.fhir import faults, read, refused, resources

pytestmark = pytest.mark.django_db
MANIFEST = "/fhir/$bulk-publish"


@pytest.fixture(autouse=True)
def _clock(clock):
    return clock


def lines(client, url):
    """The resources of a file, all right."""
    answer = client.get(url.removeprefix(settings.SITE_URL))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/fhir+ndjson"
    assert answer["Cache-Control"] == "public, max-age=60"
    text = b"".join(answer.streaming_content).decode()
    assert text == "" or text.endswith("\n")
    found = [json.loads(line) for line in text.splitlines()]
    assert [fault for one in found for fault in faults(one)] == []
    return found


def published(client):
    """Everything that the manifest leads to, by kind."""
    found = {}
    for entry in client.get(MANIFEST).json()["output"]:
        rows = lines(client, entry["url"])
        assert {row["resourceType"] for row in rows} <= {entry["type"]}
        found.setdefault(entry["type"], []).extend(rows)
    return found


def test_manifest_is_as_the_specification_has_it(client, doctor):
    answer = client.get(MANIFEST)
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "public, max-age=60"
    manifest = answer.json()
    assert manifest["request"] == f"{settings.SITE_URL}{MANIFEST}"
    assert manifest["transactionTime"] == "2027-03-02T09:00:00Z"
    assert manifest["error"] == []
    assert [entry["type"] for entry in manifest["output"]][:2] == ["Location", "Schedule"]
    weeks = [entry["url"] for entry in manifest["output"] if entry["type"] == "Slot"]
    assert weeks[0].endswith("/fhir/bulk/slots-2027-W09.ndjson")
    assert len(weeks) == len(set(weeks)) == 9  # sixty days


def test_manifest_of_an_empty_clinic(client, db):
    assert {kind: [] for kind in ("Location", "Schedule", "Slot")} == published(client)


def test_files_hold_what_searches_find(client, doctor, other_doctor, booked):
    booked()
    found = published(client)
    for kind in ("Location", "Schedule"):
        assert found[kind] == resources(read(client.get(f"/fhir/{kind}")))
    searched = []
    for schedule in found["Schedule"]:
        url = f"/fhir/Slot?schedule={schedule['id']}&_count=100"
        while url:
            bundle = read(client.get(url))
            searched += resources(bundle)
            links = {link["relation"]: link["url"] for link in bundle["link"]}
            url = links.get("next", "").removeprefix(settings.SITE_URL)
    assert sorted(one["id"] for one in found["Slot"]) == sorted(one["id"] for one in searched)


def test_every_slot_is_of_a_schedule_and_a_place_that_are_published(client, doctor, other_doctor):
    found = published(client)
    schedules, places = ({one["id"] for one in found[kind]} for kind in ("Schedule", "Location"))
    assert {one["schedule"]["reference"].removeprefix("Schedule/") for one in found["Slot"]} == schedules
    actors = [actor["reference"] for one in found["Schedule"] for actor in one["actor"]]
    assert {actor.removeprefix("Location/") for actor in actors if actor.startswith("Location/")} == places


def test_every_slot_leads_to_its_booking(client, doctor):
    for one in published(client)["Slot"][:3]:
        (link,) = one["extension"]
        assert link["url"] == DEEP_LINK
        assert client.get(link["valueUrl"].removeprefix(settings.SITE_URL)).status_code == 200


def test_doctor_with_two_visit_types_has_slots_for_both(client, doctor):
    long = VisitType.objects.create(name="Larga", slug="larga", duration=60, horizon_days=30)
    Offering.objects.create(doctor=doctor, visit_type=long)
    found = published(client)
    assert len(found["Schedule"]) == 2
    assert {one["schedule"]["reference"] for one in found["Slot"]} == {f"Schedule/{s['id']}" for s in found["Schedule"]}


def test_no_patient_is_in_anything_public(client, doctor, booked, visit_type, place):
    """The control is the private search, where the same words are."""
    account = create_user(email="canario@example.com", role=Role.PATIENT)
    names = {"given_names": "Canario", "first_surname": "Canariez", "document_number": "00000000T"}
    patient = Patient.objects.create(account=account, phone="+34699999999", **names)
    visit = booked(patient=patient, reason="canario", actor=account)
    told = ["canari", "00000000t", "699999999", str(visit.pk), str(patient.pk), visit.reference.lower()]
    urls = [entry["url"].removeprefix(settings.SITE_URL) for entry in client.get(MANIFEST).json()["output"]]
    (schedule,) = resources(read(client.get("/fhir/Schedule")))
    searches = [f"/fhir/{kind}" for kind in ("metadata", "Location", "PractitionerRole", "Schedule")]
    for url in [MANIFEST, *urls, *searches, f"/fhir/Slot?schedule={schedule['id']}&_count=100"]:
        answer = client.get(url)
        text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode().lower()
        assert [word for word in told if word in text] == [], url
    client.force_login(account)
    seen = client.get("/fhir/Appointment").content.decode().lower()
    assert [word for word in told if word in seen] == [word for word in told if word not in ("00000000t", "699999999")]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("slots-2027-W08.ndjson", 410),
        ("slots-1999-W01.ndjson", 410),
        ("slots-2027-W30.ndjson", 404),
        ("slots-2027-W54.ndjson", 404),
        ("slots-0000-W00.ndjson", 404),
        ("slots-9999-W52.ndjson", 404),
        ("slots.ndjson", 404),
        ("patients.ndjson", 404),
        ("slots-2027-W09", 404),
    ],
)
def test_file_that_is_not_there(client, doctor, name, status):
    assert refused(client.get(f"/fhir/bulk/{name}"), status) in ("deleted", "not-found")


def test_pieces_are_read_one_after_the_other(client, place, specialty, visit_type, monkeypatch):
    for number in range(5):
        make_doctor(slug=f"m-{number}", specialty=specialty, location=place, visit_type=visit_type)
    whole = {kind: [one["id"] for one in rows] for kind, rows in published(client).items()}
    monkeypatch.setattr(bulk, "DOCTORS", 2)
    monkeypatch.setattr(bulk, "ROWS", 2)
    monkeypatch.setattr(bulk, "LINES", 3)
    pieces = {kind: [one["id"] for one in rows] for kind, rows in published(client).items()}
    assert {kind: sorted(ids) for kind, ids in pieces.items()} == {kind: sorted(ids) for kind, ids in whole.items()}


def test_file_asks_in_pieces_and_not_by_the_row(client, place, specialty, visit_type, django_assert_num_queries):
    for number in range(30):
        make_doctor(slug=f"m-{number:02}", specialty=specialty, location=place, visit_type=visit_type)
    with django_assert_num_queries(1 + 2 * 6):  # the horizon, and two pieces of up to 25 doctors
        assert len(lines(client, "/fhir/bulk/slots-2027-W10.ndjson")) == 30 * 5 * 14
    with django_assert_num_queries(4, more_on_mongo=3):
        assert len(lines(client, "/fhir/bulk/schedules.ndjson")) == 30
    with django_assert_num_queries(2):
        assert len(lines(client, "/fhir/bulk/locations.ndjson")) == 1


def test_few_that_are_long_are_sent_at_once(client, doctor, other_doctor, monkeypatch):
    monkeypatch.setattr(bulk_views, "WAIT_SECONDS", 0.01)
    monkeypatch.setattr(bulk, "DOCTORS", 1)
    url = "/fhir/bulk/slots-2027-W10.ndjson"
    sent = [client.get(url) for _number in range(bulk_views.STREAMS)]
    assert refused(client.get(url), 503) == "transient"
    for answer in sent:
        list(answer.streaming_content)
    assert lines(client, url)


def test_what_breaks_off_is_no_file_that_ends_well(client, place, specialty, visit_type, monkeypatch):
    for number in range(3):
        make_doctor(slug=f"m-{number}", specialty=specialty, location=place, visit_type=visit_type)
    monkeypatch.setattr(bulk, "DOCTORS", 1)
    answer = client.get("/fhir/bulk/slots-2027-W10.ndjson")

    def away(*_asked):
        raise Unavailable

    monkeypatch.setattr("appointments.fhir.repository.offerings_of", away)
    with pytest.raises(Unavailable):
        list(answer.streaming_content)
    monkeypatch.undo()


def test_files_have_a_limit_of_their_own(client, doctor, settings):
    settings.RATE_LIMIT_FACTOR = 1 / 60
    assert lines(client, "/fhir/bulk/locations.ndjson")
    assert refused(client.get("/fhir/bulk/locations.ndjson"), 429) == "throttled"
    assert client.get("/fhir/Location").status_code == 200


def test_week_of_a_switch_of_clocks_lacks_nothing(client, doctor):
    """Weeks are cut in UTC, so that an hour that comes twice is in one of them and a skipped one in none."""
    VisitType.objects.update(horizon_days=400)
    found = published(client)["Slot"]
    assert len({one["id"] for one in found}) == len(found)
    days = {one["start"][:10] for one in found}
    assert {"2027-03-26", "2027-03-29", "2027-10-29", "2027-11-01"} <= days
    assert all(one["start"].endswith("+02:00") for one in found if "2027-03-29" <= one["start"] < "2027-10-30")


def test_horizon_is_the_last_day(client, doctor, now):
    starts = [one["start"][:10] for one in published(client)["Slot"]]
    assert max(starts) == "2027-04-30" <= (now + timedelta(days=60)).date().isoformat()
