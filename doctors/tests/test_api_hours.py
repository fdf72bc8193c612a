"""A doctor's hours and exceptions through the API: for the staff."""

from __future__ import annotations

import pytest

from doctors.models import ScheduleException, WorkingHours
from tests.api_client import Api

pytestmark = pytest.mark.django_db
RULE = {"location": "centro", "weekday": 6, "starts": "09:00", "ends": "13:00", "valid_from": "2027-01-01"}
DAY_OFF = {"date": "2027-05-03", "reason": "Congreso"}


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def api(receptionist) -> Api:
    return Api(receptionist, "reception")


@pytest.fixture
def address(doctor) -> str:
    return f"/api/doctors/{doctor.pk}"


def test_lists_in_pages(api, address):
    first = api.get(f"{address}/hours", {"limit": 6})
    second = api.get(f"{address}/hours", {"limit": 6, "after": first.json()["next"]})

    assert (len(first.json()["items"]), len(second.json()["items"]), second.json()["next"]) == (6, 4, None)
    item = first.json()["items"][0]
    assert (item["starts"], item["ends"], item["zone"], item["weekday"]) == ("09:00", "13:00", "Europe/Madrid", 1)


def test_rule_is_made_read_changed_and_removed(api, address):
    made = api.post(f"{address}/hours", RULE)
    assert made.status_code == 201, made.content
    where = made["Location"]
    assert api.get(where).json() == made.json()

    changed = api.patch(where, {"ends": "00:00"}, If_Match=made["ETag"])

    assert (changed.status_code, changed.json()["ends"]) == (200, "00:00")
    assert api.patch(where, {"ends": "14:00"}, If_Match=made["ETag"]).status_code == 412
    assert api.delete(where, If_Match=made["ETag"]).status_code == 412
    assert api.delete(where).status_code == 204
    assert api.get(where).status_code == 404


def test_exception_is_made_read_changed_and_removed(api, address):
    made = api.post(f"{address}/exceptions", DAY_OFF)
    assert made.status_code == 201, made.content
    where = made["Location"]
    assert api.get(where).json() == made.json()
    assert [one["id"] for one in api.get(f"{address}/exceptions").json()["items"]] == [made.json()["id"]]

    changed = api.patch(where, {"starts": "10:00", "ends": "12:00"})

    assert (changed.json()["starts"], changed.json()["kind"]) == ("10:00", "closes")
    assert api.patch(where, {"starts": None, "ends": None}).json()["starts"] is None
    assert api.delete(where).status_code == 204
    assert api.get(where).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"ends": "08:00"}, "#/ends"),
        ({"starts": "09:03"}, "#/starts"),
        ({"starts": "25:00"}, "#/starts"),
        ({"weekday": 8}, "#/weekday"),
        ({"weekday": "1"}, "#/weekday"),
        ({"location": "nowhere"}, "#/location"),
        ({"valid_until": "2026-01-01"}, "#/valid_until"),
        ({"valid_from": "2027-02-30"}, "#/valid_from"),
        ({"weekday": 1}, "#/starts"),  # overlaps those of Monday
        ({"doctor": "x"}, "#/doctor"),
    ],
)
def test_what_is_wrong_with_a_rule_is_named(api, address, wrong, pointer):
    answer = api.post(f"{address}/hours", {**RULE, **wrong})

    assert answer.status_code == 422, answer.content
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert WorkingHours.objects.count() == 10


@pytest.mark.parametrize("wrong", [{"starts": "09:00"}, {"kind": "opens"}, {"kind": "melts"}, {"date": "x"}])
def test_what_is_wrong_with_an_exception_is_named(api, address, wrong):
    assert api.post(f"{address}/exceptions", {**DAY_OFF, **wrong}).status_code == 422
    assert not ScheduleException.objects.exists()


@pytest.mark.parametrize(("kind", "body"), [("hours", RULE), ("exceptions", DAY_OFF)])
def test_same_key_makes_one(api, address, kind, body):
    first = api.post(f"{address}/{kind}", body, Idempotency_Key="k")

    assert api.post(f"{address}/{kind}", body, Idempotency_Key="k")["Location"] == first["Location"]
    other = {**body, **({"weekday": 7} if kind == "hours" else {"reason": "x"})}
    assert api.post(f"{address}/{kind}", other, Idempotency_Key="k").status_code == 422
    assert len(api.get(f"{address}/{kind}", {"limit": 100}).json()["items"]) == (11 if kind == "hours" else 1)


def test_doctor_keeps_the_own_ones_and_no_others(address, other_doctor, doctor_user):
    own = Api(doctor_user, "agenda")

    assert own.post(f"{address}/hours", RULE).status_code == 201
    assert own.post(f"/api/doctors/{other_doctor.pk}/hours", RULE).status_code == 403
    assert own.get(f"/api/doctors/{other_doctor.pk}/hours").status_code == 200


@pytest.mark.parametrize("kind", ["hours", "exceptions"])
def test_patients_see_none_of_it(address, patient_user, kind):
    own = Api(patient_user)

    assert [own.get(f"{address}/{kind}").status_code, own.post(f"{address}/{kind}", RULE).status_code] == [403, 403]


def test_rule_of_another_doctor_is_404(api, address, other_doctor):
    rule = WorkingHours.objects.filter(doctor=other_doctor).first()
    where = f"{address}/hours/{rule.pk}"

    answers = [api.get(where), api.patch(where, {"weekday": 7}), api.delete(where)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
