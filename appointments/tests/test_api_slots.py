"""Free time through the API: anybody may look."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from appointments.models import Appointment
from conftest import make_doctor
from doctors.models import Location, Offering, ScheduleException, VisitType
from tests.api_client import Api

pytestmark = pytest.mark.django_db
SLOTS = "/api/doctors/available-slots"


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def api() -> Api:
    return Api()


def items(answer) -> list[dict]:
    assert answer.status_code == 200, answer.content
    return answer.json()["items"]


def test_from_now_to_a_fortnight_on(api, doctor):
    answer = api.get(SLOTS, {"limit": 100})
    found = items(answer)

    # Two hours' notice: at 10:00 the first is that of 12:00.
    assert found[0]["starts_at"] == "2027-03-02T12:00:00+01:00"
    assert found[0]["zone"] == "Europe/Madrid"
    last = items(api.get(SLOTS, {"limit": 100, "after": answer.json()["next"]}))[-1]
    assert last["starts_at"] < "2027-03-16T10:00:00+01:00"


def test_item_is_what_a_booking_needs(api, doctor, visit_type, place):
    item = items(api.get(SLOTS))[0]

    assert list(item) == ["id", "doctor", "visit_type", "location", "starts_at", "ends_at", "zone"]
    assert (item["doctor"], item["visit_type"], item["location"]) == tuple(
        str(one.pk) for one in (doctor, visit_type, place)
    )


def test_every_doctor_and_visit_type_in_time_order(api, doctor, other_doctor):
    longer = VisitType.objects.create(name="Larga", slug="larga", duration=60, position=2)
    Offering.objects.create(doctor=doctor, visit_type=longer)

    found = items(api.get(SLOTS, {"limit": 100}))

    assert {(item["doctor"], item["visit_type"]) for item in found} == {
        (str(one.doctor_id), str(one.visit_type_id)) for one in Offering.objects.all()
    }
    assert all(first["starts_at"] <= second["starts_at"] for first, second in pairwise(found))
    assert {item["visit_type"] for item in items(api.get(SLOTS, {"visit_type": "larga"}))} == {str(longer.pk)}


def test_pages_join_without_gap_or_repetition(api, doctor, other_doctor):
    whole = items(api.get(SLOTS, {"limit": 100}))
    seen, after = [], {}
    while len(seen) < 60:
        answer = api.get(SLOTS, {"limit": 7, **after})
        seen += items(answer)
        after = {"after": answer.json()["next"]}

    assert seen[:60] == whole[:60]


def test_filters_by_key_and_short_name(api, doctor, other_doctor, specialty, place):
    for names in ({"doctor": doctor.slug}, {"doctor": str(doctor.pk)}):
        assert {item["doctor"] for item in items(api.get(SLOTS, names))} == {str(doctor.pk)}
    assert items(api.get(SLOTS, {"specialty": specialty.slug, "location": place.slug}))
    for names in ({"specialty": "nada"}, {"location": "nowhere"}, {"doctor": "nobody"}, {"visit_type": "none"}):
        answer = api.get(SLOTS, names)
        assert (items(answer), answer.json()["next_free"]) == ([], None)


def test_by_the_clock_of_each_place(api, doctor, visit_type, specialty):
    far = Location.objects.create(name="Las Palmas", slug="canarias", city="Las Palmas", zone="Atlantic/Canary")
    make_doctor(slug="lejos", specialty=specialty, location=far, visit_type=visit_type)

    item = items(api.get(SLOTS, {"location": "canarias", "from": "2027-03-08"}))[0]

    assert (item["starts_at"], item["zone"]) == ("2027-03-08T09:00:00+00:00", "Atlantic/Canary")


def test_taken_time_is_not_offered(api, booked, now, patient):
    booked(now + timedelta(days=1))
    starts = {item["starts_at"] for item in items(api.get(SLOTS, {"limit": 100}))}

    assert "2027-03-03T10:00:00+01:00" not in starts
    assert "2027-03-03T10:30:00+01:00" in starts or "2027-03-03T10:25:00+01:00" in starts


def test_nothing_free_says_what_is_next(api, doctor):
    for day in range(2, 20):
        ScheduleException.objects.create(doctor=doctor, date=date(2027, 3, day), kind="closes")

    answer = api.get(SLOTS)

    assert (items(answer), answer.json()["next"]) == ([], None)
    assert answer.json()["next_free"]["starts_at"] == "2027-03-22T09:00:00+01:00"
    later = items(api.get(SLOTS, {"from": answer.json()["next_free"]["starts_at"]}))
    assert later[0] == answer.json()["next_free"]


def test_62_days_at_most(api, doctor, now):
    def ask(days: int):
        return api.get(SLOTS, {"from": now.isoformat(), "to": (now + timedelta(days=days)).isoformat()})

    assert ask(62).status_code == 200
    refused = ask(63)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/to")


def test_interval_that_ends_before_it_begins_has_nothing_free(api, doctor):
    answer = api.get(SLOTS, {"from": "2027-04-05", "to": "2000-03-02"})

    assert items(answer) == []
    assert answer.json()["next_free"]["starts_at"] == "2027-04-05T09:00:00+02:00"


@pytest.mark.parametrize(
    "start", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "1969-07-20", "9999-12-31"]
)
def test_any_year_is_answered(api, doctor, start):
    assert items(api.get(SLOTS, {"from": start})) == []


def test_plus_of_an_offset_may_have_become_a_blank(api, doctor):
    answer = api.client.get(f"{SLOTS}?from=2027-03-08T09:00:00+01:00")

    assert items(answer)[0]["starts_at"] == "2027-03-08T09:00:00+01:00"


def test_304_until_a_start_comes_or_goes(api, doctor, booked, now, patient):
    answer = api.get(SLOTS)
    assert api.get(SLOTS, If_None_Match=answer["ETag"]).status_code == 304

    booked(datetime.fromisoformat(items(answer)[0]["starts_at"]))

    assert api.get(SLOTS, If_None_Match=answer["ETag"]).status_code == 200
    assert Appointment.objects.count() == 1
