"""What anybody reads through FHIR: places, doctors, schedules, free slots. Every answer is R4 by HL7's schema."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.conf import settings

from appointments.fhir.ids import ScheduleId, SlotId
from conftest import make_doctor
from doctors.models import Location, Offering, ScheduleException, VisitType, WorkingHours
from tests.fhir import faults, next_url, pages, read, refused, resources

pytestmark = pytest.mark.django_db
WEDNESDAY = "2027-03-03"  # the day after the tests' now


@pytest.fixture(autouse=True)
def _clock(clock):
    return clock


@pytest.fixture
def schedule(doctor, place) -> str:
    return str(ScheduleId(Offering.objects.get(doctor=doctor).pk, place.pk))


def slots(client, schedule, **asked):
    query = {"schedule": f"Schedule/{schedule}", "start": [f"ge{WEDNESDAY}", "lt2027-03-04"], "status": "free", **asked}
    return client.get("/fhir/Slot", query)


def test_control_schema_sees_what_is_wrong():
    slot = {"resourceType": "Slot", "id": "a", "status": "free", "schedule": {"reference": "Schedule/a"}}
    slot |= {"start": "2027-03-03T09:00:00+01:00", "end": "2027-03-03T09:20:00+01:00"}
    assert faults(slot) == []
    wrong = ({"patient": "Ana"}, {"id": "x" * 65}, {"start": "2027-03-03"}, {"status": "unknown"}, {"comment": ""})
    assert all(faults(slot | change) for change in wrong)
    assert faults({"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": slot | {"id": "_"}}]})


def test_location_has_its_address_and_clock(client, place):
    found = read(client.get(f"/fhir/Location/{place.pk}"))
    assert (found["id"], found["name"], found["status"]) == (str(place.pk), "Centro", "active")
    assert found["address"]["line"] == ["Calle Mayor 1"]
    assert found["address"]["country"] == "ES"
    assert found["telecom"][0]["value"] == "+34910000001"
    assert found["extension"][0]["valueCode"] == "Europe/Madrid"


def test_location_without_address_or_phone_is_fhir_too(client, place):
    bare = Location.objects.create(name="Sede", slug="sede", zone="Europe/Madrid")
    assert "telecom" not in read(client.get(f"/fhir/Location/{bare.pk}"))


def test_location_out_of_use_is_inactive_and_in_no_search(client, place):
    Location.objects.update(active=False)
    assert read(client.get(f"/fhir/Location/{place.pk}"))["status"] == "inactive"
    assert resources(read(client.get("/fhir/Location"))) == []


def test_doctor_has_specialty_and_places(client, doctor, place):
    found = read(client.get(f"/fhir/PractitionerRole/{doctor.pk}"))
    assert found["practitioner"]["display"] == "Dra. Ana Vega Ruiz"
    assert found["specialty"] == [{"text": "Dermatología"}]
    assert [one["reference"] for one in found["location"]] == [f"Location/{place.pk}"]


def test_words_are_the_clinics_whatever_the_reader_speaks(client, doctor):
    said = client.get(f"/fhir/PractitionerRole/{doctor.pk}", headers={"Accept-Language": "en"})
    assert said["Content-Language"] == "es"
    assert read(said)["specialty"] == [{"text": "Dermatología"}]


def test_doctor_out_of_use_is_gone_and_hidden_one_never_was(client, doctor, other_doctor):
    doctor.active = False
    doctor.save()
    other_doctor.hidden = True
    other_doctor.save()
    assert refused(client.get(f"/fhir/PractitionerRole/{doctor.pk}"), 410) == "deleted"
    assert refused(client.get(f"/fhir/PractitionerRole/{other_doctor.pk}"), 404) == "not-found"
    assert resources(read(client.get("/fhir/PractitionerRole"))) == []
    assert resources(read(client.get("/fhir/Schedule"))) == []


def test_schedule_is_one_offering_at_one_place(client, doctor, place, visit_type, schedule):
    found = read(client.get(f"/fhir/Schedule/{schedule}"))
    assert [actor["reference"] for actor in found["actor"]] == [f"PractitionerRole/{doctor.pk}", f"Location/{place.pk}"]
    assert found["serviceType"][0]["coding"][0]["code"] == visit_type.slug
    assert found["planningHorizon"]["end"] == "2027-04-30"


def test_references_between_public_resources_lead_somewhere(client, doctor, schedule):
    found = read(client.get(f"/fhir/Schedule/{schedule}"))
    slot = resources(read(slots(client, schedule)))[0]
    named = [*(actor["reference"] for actor in found["actor"]), slot["schedule"]["reference"], f"Slot/{slot['id']}"]
    assert {client.get(f"/fhir/{reference}").status_code for reference in named} == {200}


def test_doctor_at_two_places_has_a_schedule_for_each(client, doctor, place):
    second = Location.objects.create(name="Norte", slug="norte", city="Madrid", zone="Europe/Madrid")
    hours = {"weekday": 6, "starts": time(9), "ends": time(11), "valid_from": date(2020, 1, 1)}
    WorkingHours.objects.create(doctor=doctor, location=second, **hours)
    found = resources(read(client.get("/fhir/Schedule")))
    assert {one["actor"][1]["display"] for one in found} == {"Centro", "Norte"}
    there = resources(read(client.get(f"/fhir/Schedule?actor=Location/{second.pk}")))
    assert [one["actor"][1]["display"] for one in there] == ["Norte"]
    assert len(resources(read(client.get(f"/fhir/PractitionerRole?location=Location/{second.pk}")))) == 1


def test_place_of_a_single_opening_has_a_schedule(client, doctor):
    second = Location.objects.create(name="Norte", slug="norte", city="Madrid", zone="Europe/Madrid")
    opening = {"kind": "opens", "date": date(2027, 3, 6), "starts": time(9), "ends": time(10)}
    ScheduleException.objects.create(doctor=doctor, location=second, **opening)
    found = resources(read(client.get(f"/fhir/Schedule?actor=Location/{second.pk}")))
    assert len(found) == 1
    free = slots(client, found[0]["id"], start=["ge2027-03-06"])
    assert [one["start"] for one in resources(read(free))][:1] == ["2027-03-06T09:00:00+01:00"]


def test_free_slots_of_a_day_carry_local_instants(client, schedule):
    found = resources(read(slots(client, schedule)))
    assert (found[0]["start"], found[0]["end"]) == ("2027-03-03T09:00:00+01:00", "2027-03-03T09:20:00+01:00")
    assert {one["status"] for one in found} == {"free"}
    assert all(len(one["id"]) <= 64 and one["schedule"]["reference"] == f"Schedule/{schedule}" for one in found)


def test_offset_follows_the_clock_over_its_switch(client, schedule):
    found = pages(client, f"/fhir/Slot?schedule={schedule}&start=ge2027-03-26&start=lt2027-03-30")
    starts = [one["start"] for page in found for one in page]
    assert "2027-03-26T09:00:00+01:00" in starts
    assert "2027-03-29T09:00:00+02:00" in starts


def test_slot_that_was_taken_is_busy_and_listed_no_more(client, schedule, booked):
    start = datetime.fromisoformat("2027-03-03T09:00:00+01:00")
    first = resources(read(slots(client, schedule)))[0]
    assert read(client.get(f"/fhir/Slot/{first['id']}"))["status"] == "free"
    booked(start)
    taken = read(client.get(f"/fhir/Slot/{first['id']}"))
    assert taken["status"] == "busy"
    assert "extension" not in taken
    assert first["id"] not in [one["id"] for one in resources(read(slots(client, schedule)))]


def test_slot_that_can_be_booked_though_it_is_not_listed_is_free(client, schedule):
    start = datetime.fromisoformat("2027-03-03T09:05:00+01:00")
    assert read(client.get(f"/fhir/Slot/{SlotId(ScheduleId.parse(schedule), start)}"))["status"] == "free"


@pytest.mark.parametrize(
    ("start", "status", "said"),
    [
        ("2027-03-02T10:30:00+01:00", 200, "busy-unavailable"),  # within two hours from now
        ("2027-03-02T09:00:00+01:00", 410, "deleted"),
        ("2027-03-03T14:00:00+01:00", 404, "not-found"),  # outside hours
        ("2027-03-03T09:01:00+01:00", 404, "not-found"),  # off the grid
        ("2027-06-01T09:00:00+01:00", 404, "not-found"),  # beyond the horizon
        ("2199-12-31T09:00:00+01:00", 404, "not-found"),
        ("1970-01-01T00:00:00+00:00", 410, "deleted"),
    ],
)
def test_start_that_cannot_be_booked_says_why(client, schedule, start, status, said):
    answer = client.get(f"/fhir/Slot/{SlotId(ScheduleId.parse(schedule), datetime.fromisoformat(start))}")
    assert (read(answer)["status"] if status == 200 else refused(answer, status)) == said


def test_slot_of_what_is_not_offered_is_not_found(client, schedule, place):
    start = datetime.fromisoformat("2027-03-03T09:00:00+01:00")
    for pair in (ScheduleId(uuid4(), place.pk), ScheduleId(ScheduleId.parse(schedule).offering, uuid4())):
        assert refused(client.get(f"/fhir/Slot/{SlotId(pair, start)}"), 404) == "not-found"
        assert resources(read(slots(client, str(pair)))) == []
    VisitType.objects.update(active=False)
    assert refused(client.get(f"/fhir/Schedule/{schedule}"), 404) == "not-found"


@pytest.mark.parametrize("status", ["busy", "busy-unavailable", "", "anything"])
def test_search_for_slots_of_another_status_finds_nothing(client, schedule, status):
    assert resources(read(slots(client, schedule, status=status))) == []


@pytest.mark.parametrize("status", ["free", "busy,free", "http://hl7.org/fhir/slotstatus|free"])
def test_search_for_free_slots_finds_them(client, schedule, status):
    assert resources(read(slots(client, schedule, status=status)))


def test_window_of_slots_is_62_days_at_most(client, schedule):
    wide = {"start": ["ge2027-03-03", "lt2027-05-05"]}
    assert refused(slots(client, schedule, **wide), 422) == "too-costly"
    assert slots(client, schedule, start=["ge2027-03-03", "lt2027-05-04"]).status_code == 200
    assert slots(client, schedule, start=["ge1999", "lt2027-05-02"]).status_code == 200  # what is past does not count
    found = pages(client, f"/fhir/Slot?schedule={schedule}&_count=100")
    assert max(one["start"] for page in found for one in page)[:10] == "2027-04-30"  # that day is the horizon's


@pytest.mark.parametrize(
    ("start", "first", "last"),
    [
        (["2027-03-03"], "09:00", "17:30"),
        (["gt2027-03-02", "le2027-03-03"], "09:00", "17:30"),
        (["ge2027-03-03T10:00:00+01:00", "lt2027-03-03T12:00:00+01:00"], "10:00", "11:30"),
        (["gt2027-03-03T10:00:00+01:00", "le2027-03-03T12:00:00+01:00"], "10:30", "12:00"),
        (["ge2027-03-03T09:00:00Z", "lt2027-03-03T11:00:00Z"], "10:00", "11:30"),
        (["ge2027-03-03T10:00", "lt2027-03-03T11:00"], "10:00", "10:30"),
        (["2027-03-03T10:00:00+01:00"], "10:00", "10:00"),
    ],
)
def test_prefixes_and_precision_of_dates(client, schedule, start, first, last):
    starts = [one["start"][11:16] for one in resources(read(slots(client, schedule, start=start)))]
    assert (starts[0], starts[-1]) == (first, last)


def test_pages_hold_every_slot_once(client, schedule):
    found = pages(client, f"/fhir/Slot?schedule=Schedule/{schedule}&start=ge2027-03-03&start=lt2027-03-10&_count=7")
    at_once = pages(client, f"/fhir/Slot?schedule=Schedule/{schedule}&start=ge2027-03-03&start=lt2027-03-10&_count=100")
    assert {len(page) for page in found[:-1]} == {7}
    assert [one for page in found for one in page] == [one for page in at_once for one in page]


@pytest.mark.parametrize("kind", ["Location", "PractitionerRole", "Schedule"])
def test_pages_hold_everything_once(client, place, specialty, visit_type, kind):
    second = Location.objects.create(name="Norte", slug="norte", city="Madrid", zone="Europe/Madrid")
    for number in range(5):
        made = make_doctor(slug=f"m-{number}", specialty=specialty, location=place, visit_type=visit_type)
        hours = {"weekday": 6, "starts": time(9), "ends": time(11), "valid_from": date(2020, 1, 1)}
        WorkingHours.objects.create(doctor=made, location=second, **hours)
    expected = {"Location": 2, "PractitionerRole": 5, "Schedule": 10}[kind]
    for count in (1, 3, 100):
        found = pages(client, f"/fhir/{kind}?_count={count}")
        assert len({one["id"] for page in found for one in page}) == sum(map(len, found)) == expected
        assert [len(page) for page in found[:-1]] == [count] * (len(found) - 1)


def test_ids_narrow_a_search(client, doctor, other_doctor, schedule):
    found = resources(read(client.get(f"/fhir/PractitionerRole?_id={doctor.pk},{uuid4()},nonsense")))
    assert [one["id"] for one in found] == [str(doctor.pk)]
    found = pages(client, f"/fhir/Schedule?_count=1&_id={ScheduleId(uuid4(), uuid4())},{schedule}")
    assert [one["id"] for page in found for one in page] == [schedule]
    assert len(resources(read(client.get(f"/fhir/Schedule?actor=PractitionerRole/{doctor.pk}")))) == 1


def test_reference_may_be_our_whole_address(client, doctor, schedule):
    for written in (schedule, f"Schedule/{schedule}", f"{settings.SITE_URL}/fhir/Schedule/{schedule}"):
        assert resources(read(client.get("/fhir/Slot", {"schedule": written})))


def test_count_is_a_hundred_at_most(client, schedule):
    bundle = read(client.get(f"/fhir/Slot?schedule={schedule}&_count=99999"))
    assert len(resources(bundle)) == 100
    assert "_count=100" in str(next_url(bundle))


def test_self_link_says_what_was_understood(client, schedule):
    bundle = read(client.get(f"/fhir/Slot?schedule={schedule}&status=free&colour=red&_format=json"))
    url = bundle["link"][0]["url"]
    assert url == f"{settings.SITE_URL}/fhir/Slot?schedule={schedule}&status=free&_count=50"
    strict = client.get("/fhir/Location?colour=red", headers={"Prefer": "handling=strict"})
    assert refused(strict, 400) == "invalid"


def test_who_has_it_already_is_told_so(client, place):
    first = client.get(f"/fhir/Location/{place.pk}")
    assert first["ETag"].startswith('W/"')
    again = client.get(f"/fhir/Location/{place.pk}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    place.name = "Centro nuevo"
    place.save()
    assert client.get(f"/fhir/Location/{place.pk}", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_public_answers_may_be_kept_by_whoever_passes_them_on(client, schedule, doctor, patient_user):
    client.force_login(patient_user)
    for url in ("/fhir/metadata", "/fhir/Location", f"/fhir/Schedule/{schedule}", f"/fhir/Slot?schedule={schedule}"):
        answer = client.get(url)
        assert answer["Cache-Control"].startswith("public, max-age="), url
        assert "Cookie" not in answer.get("Vary", ""), url
        assert not answer.cookies, url


def test_slot_ids_are_reversible():
    start = datetime.fromisoformat("2027-03-03T09:00:00+01:00")
    pair = ScheduleId(uuid4(), uuid4())
    named = SlotId(pair, start)
    assert SlotId.parse(str(named)) == named
    assert ScheduleId.parse(str(pair)) == pair
    assert len(str(named)) == 59
    for wrong in (str(named).upper(), str(named)[:-1], f"{named}a", "", "0" * 59, str(pair)):
        with pytest.raises(ValueError):
            SlotId.parse(wrong)
    late = SlotId(pair, start + timedelta(days=200 * 366))
    with pytest.raises(ValueError):
        SlotId.parse(str(late))
