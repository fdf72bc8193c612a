"""Reading appointments through the API: whose, in which order, and whether anything has changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Appointment
from conftest import DETAILS
from doctors.models import Clinic
from patients.models import Patient
from tests.api_client import Api
from tests.engines import asked

pytestmark = pytest.mark.django_db
LIST = "/api/appointments"


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def many(booked, now, patient, other_patient, other_doctor) -> list[Appointment]:
    """Two visits on each of four days, with two doctors, for two accounts; the first day is cancelled."""
    Clinic.objects.update(max_upcoming=100)
    made = []
    for day in (1, 2, 3, 6):
        at = now + timedelta(days=day)
        made += [booked(at), booked(at, doctor=other_doctor, patient=other_patient)]
    Appointment.objects.filter(pk=made[0].pk).update(status="cancelled")
    return made


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["items"]]


def test_each_sees_what_is_theirs(many, patient_user, other_user, doctor_user, receptionist, manager):
    assert len(ids(Api(patient_user).get(LIST))) == 4
    assert len(ids(Api(other_user).get(LIST))) == 4
    assert len(ids(Api(doctor_user, "agenda").get(LIST))) == 4
    assert len(ids(Api(receptionist, "reception").get(LIST))) == 8
    assert len(ids(Api(manager, "manager").get(LIST))) == 8


def test_scope_narrows_what_the_account_may(many, manager, doctor_user):
    assert ids(Api(manager, "own").get(LIST)) == []
    assert ids(Api(doctor_user, "own").get(LIST)) == []


def test_pages_are_whole_and_stay_when_rows_come_before_them(many, receptionist, booked, patient_user, now):
    api, seen, after = Api(receptionist, "reception"), [], {}
    for page in range(3):
        answer = api.get(LIST, {"limit": 3, **after})
        seen += ids(answer)
        child = Patient.objects.create(account=patient_user, **{**DETAILS, "relationship": "child"})
        booked(now + timedelta(days=1, minutes=60 + 30 * page), patient=child)
        after = {"after": answer.json()["next"]}

    assert seen == [str(visit.pk) for visit in many]


def test_last_page_has_no_next(many, receptionist):
    answer = Api(receptionist, "reception").get(LIST, {"limit": 8})
    assert answer.json()["next"] is None


def test_filters(many, receptionist, doctor, patient):
    api = Api(receptionist, "reception")

    assert len(ids(api.get(LIST, {"doctor": str(doctor.pk)}))) == 4
    assert len(ids(api.get(LIST, {"doctor": doctor.slug, "status": "booked"}))) == 3
    assert len(ids(api.get(LIST, {"patient": str(patient.pk)}))) == 4
    assert len(ids(api.get(LIST, {"from": "2027-03-04", "to": "2027-03-05"}))) == 4
    assert len(ids(api.get(LIST, {"from": "2027-03-04T10:00:00+01:00", "to": "2027-03-05T10:00:00+01:00"}))) == 2
    assert ids(api.get(LIST, {"from": "9999-12-31T23:59:59-23:59"})) == []
    assert len(ids(api.get(LIST, {"from": "0001-01-01", "to": "9999-12-31"}))) == 8


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "9" * 5000),
        ("limit", "one"),
        ("after", "x"),
        ("after", "!" * 27),
        ("status", "lost"),
        ("from", "yesterday"),
        ("from", "2027-02-30"),
        ("to", "12345"),
        ("patient", "1"),
        ("doctor", "a b"),
    ],
)
def test_what_makes_no_sense_is_422_and_says_where(receptionist, name, value):
    answer = Api(receptionist, "reception").get(LIST, {name: value})

    assert answer.status_code == 422
    assert [(one["in"], one["pointer"]) for one in answer.json()["errors"]] == [("query", f"#/{name}")]


@pytest.mark.parametrize("word", ["A" * 27, "_" * 27, "-" * 27])
def test_every_word_of_that_length_is_a_place(many, receptionist, word):
    assert Api(receptionist, "reception").get(LIST, {"after": word}).status_code == 200


def queries(api, address, **headers) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as captured:
        answer = api.get(address, **headers)
    return answer.status_code, len(asked(captured))


def test_304_while_nothing_has_changed(many, receptionist):
    api = Api(receptionist, "reception")
    for address in (LIST, f"{LIST}/{many[1].pk}"):
        answer = api.get(address)
        assert answer["Cache-Control"] == "private, no-cache"

        same = api.get(address, If_None_Match=answer["ETag"])

        assert (same.status_code, same.content, same["ETag"]) == (304, b"", answer["ETag"])
        assert same["Cache-Control"] == "private, no-cache"

    tags = {address: api.get(address)["ETag"] for address in (LIST, f"{LIST}/{many[1].pk}")}
    api.delete(f"{LIST}/{many[1].pk}")
    for address, tag in tags.items():
        assert api.get(address, If_None_Match=tag).status_code == 200


def test_private_answers_are_not_shared_between_accounts(many, patient_user, other_user):
    tag = Api(patient_user).get(LIST)["ETag"]

    answer = Api(other_user).get(LIST, If_None_Match=tag)

    assert answer.status_code == 200
    assert {"Authorization", "Cookie"} <= {word.strip() for word in answer["Vary"].split(",")}


def test_head_is_get_without_a_body(many, receptionist):
    api = Api(receptionist, "reception")
    full, head = api.get(LIST), api.client.head(LIST, headers=api.headers)

    assert (head.status_code, head.content, head["ETag"]) == (200, b"", full["ETag"])
    assert head["Content-Length"] == str(len(full.content))
