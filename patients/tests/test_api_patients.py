"""Patients through the API: an account's own, everybody for the desk."""

from __future__ import annotations

import pytest

from conftest import DETAILS
from patients.models import Patient
from tests.api_client import Api

pytestmark = pytest.mark.django_db
PATIENTS = "/api/patients"
CHILD = {
    "relationship": "child",
    "given_names": "Lía",
    "first_surname": "Muñoz",
    "birth_date": "2019-05-01",
    "phone": "600 00 00 02",
    "consent": True,
}


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def api(patient_user, place) -> Api:
    return Api(patient_user)


@pytest.fixture
def desk(receptionist, place) -> Api:
    return Api(receptionist, "reception")


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["items"]]


def test_account_sees_its_own_and_the_desk_everybody(api, desk, patient, other_patient):
    assert ids(api.get(PATIENTS)) == [str(patient.pk)]
    assert ids(desk.get(PATIENTS)) == [str(patient.pk), str(other_patient.pk)]
    assert api.get(f"{PATIENTS}/{other_patient.pk}").status_code == 404
    assert desk.get(f"{PATIENTS}/{other_patient.pk}").json()["given_names"] == "Bruno"


def test_found_by_name_document_phone_and_reference(desk, patient, other_patient, booked):
    visit = booked()

    assert ids(desk.get(PATIENTS, {"q": "munoz"})) == [str(patient.pk)]
    assert ids(desk.get(PATIENTS, {"q": "8765 4321"})) == [str(other_patient.pk)]
    assert len(ids(desk.get(PATIENTS, {"q": "600 000 001"}))) == 2
    assert ids(desk.get(PATIENTS, {"q": visit.reference})) == [str(patient.pk)]
    assert ids(desk.get(PATIENTS, {"q": "nadie"})) == []


def test_pages(desk, patient_user):
    made = [
        Patient.objects.create(
            account=patient_user, **{**DETAILS, "relationship": "child", "given_names": f"H{number}"}
        )
        for number in range(5)
    ]
    seen, after = [], {}
    for _page in range(3):
        answer = desk.get(PATIENTS, {"limit": 2, **after})
        seen += ids(answer)
        after = {"after": answer.json()["next"]}

    assert seen == [str(one.pk) for one in made]
    assert after == {"after": None}


def test_account_adds_a_dependant(api, patient_user):
    answer = api.post(PATIENTS, CHILD)

    assert answer.status_code == 201, answer.content
    assert api.get(answer["Location"]).json() == answer.json()
    stored = Patient.objects.get()
    assert (stored.account, stored.relationship, stored.phone.as_e164) == (patient_user, "child", "+34600000002")
    assert stored.consents[0]["source"] == "api"


def test_second_record_of_oneself_is_409(api, patient):
    oneself = {**CHILD, "relationship": "self", "document_type": "dni", "document_number": "12345678Z"}

    answer = api.post(PATIENTS, oneself)

    assert (answer.status_code, answer.json()["type"]) == (409, "/api/docs#oneself-known")


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"consent": False}, "#/consent"),
        ({"birth_date": None}, "#/birth_date"),
        ({"birth_date": "2028-01-01"}, "#/birth_date"),
        ({"birth_date": "1800-01-01"}, "#/birth_date"),
        ({"phone": "1"}, "#/phone"),
        ({"given_names": "Lía7"}, "#/given_names"),
        ({"document_type": "dni", "document_number": "1"}, "#/document_number"),
        ({"document_type": "library card", "document_number": "1"}, "#/document_type"),
        ({"email": "x@example.com"}, "#/email"),
        ({"relationship": "friend"}, "#/relationship"),
        ({"account": "x"}, "#/account"),
        ({"active": False}, "#/active"),
        ({"owner": "x"}, "#/owner"),
        ({"consents": []}, "#/consents"),
    ],
)
def test_what_is_wrong_is_named(api, wrong, pointer):
    answer = api.post(PATIENTS, {**CHILD, **wrong})

    assert answer.status_code == 422, answer.content
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert not Patient.objects.exists()


def test_desk_adds_somebody_without_an_account(desk):
    answer = desk.post(PATIENTS, {"given_names": "Rosa", "first_surname": "Gil", "email": "ROSA@example.com"})

    assert answer.status_code == 201, answer.content
    stored = Patient.objects.get()
    assert (stored.account, stored.email, stored.language, str(stored.phone)) == (None, "rosa@example.com", "es", "")


@pytest.mark.parametrize("who", ["api", "desk"])
def test_same_key_adds_one(request, who):
    api = request.getfixturevalue(who)
    first = api.post(PATIENTS, CHILD, Idempotency_Key="k")
    api.patch(first["Location"], {"given_names": "Lea"})

    again = api.post(PATIENTS, CHILD, Idempotency_Key="k")

    assert (again.status_code, again["Location"], again.json()["given_names"]) == (201, first["Location"], "Lea")
    assert api.post(PATIENTS, {**CHILD, "given_names": "Leo"}, Idempotency_Key="k").status_code == 422
    assert Patient.objects.count() == 1


def test_changes_some_details_and_leaves_the_others(api, patient):
    answer = api.patch(f"{PATIENTS}/{patient.pk}", {"phone": "+34611111111"})

    assert answer.status_code == 200, answer.content
    patient.refresh_from_db()
    assert (patient.phone.as_e164, patient.document_number, patient.given_names) == ("+34611111111", "12345678Z", "Ana")
    for smuggled in ({"account": None}, {"relationship": "child"}, {"email": "x@example.com"}, {"active": False}):
        assert api.patch(f"{PATIENTS}/{patient.pk}", smuggled).status_code == 422


def test_stale_change_is_412(api, patient, now, monkeypatch):
    address = f"{PATIENTS}/{patient.pk}"
    seen = api.get(address)["ETag"]
    monkeypatch.setattr("django.utils.timezone.now", lambda: now.replace(second=1))
    assert api.patch(address, {"given_names": "Ana María"}, If_Match=seen).status_code == 200

    assert api.patch(address, {"given_names": "Eva"}, If_Match=seen).status_code == 412
    assert api.get(address).json()["given_names"] == "Ana María"


def test_304_until_something_changes(api, desk, patient, monkeypatch, now):
    for reader in (api, desk):
        for address in (PATIENTS, f"{PATIENTS}/{patient.pk}"):
            answer = reader.get(address)
            assert reader.get(address, If_None_Match=answer["ETag"]).status_code == 304
    monkeypatch.setattr("django.utils.timezone.now", lambda: now.replace(second=2))
    api.patch(f"{PATIENTS}/{patient.pk}", {"given_names": "Eva"})
    assert api.get(f"{PATIENTS}/{patient.pk}", If_None_Match=answer["ETag"]).status_code == 200


def test_with_visits_refused_with_their_number(api, desk, patient, booked):
    booked()
    for reader in (api, desk):
        answer = reader.delete(f"{PATIENTS}/{patient.pk}")
        assert (answer.status_code, answer.json()["visits"]) == (409, 1)
    patient.refresh_from_db()
    assert patient.active


def test_without_taken_off_the_list_and_kept(api, desk, patient):
    child = api.post(PATIENTS, CHILD)["Location"]

    assert api.delete(f"{PATIENTS}/{patient.pk}").json()["type"] == "/api/docs#oneself"
    assert [api.delete(child).status_code for _try in range(2)] == [204, 204]
    assert api.get(child).status_code == desk.get(child).status_code == 404
    assert Patient.objects.filter(active=False).count() == 1
    assert desk.delete(f"{PATIENTS}/{patient.pk}").status_code == 204


def test_stranger_gets_404(other_user, patient, place):
    stranger, address = Api(other_user), f"{PATIENTS}/{patient.pk}"

    answers = [stranger.get(address), stranger.patch(address, {"given_names": "X"}), stranger.delete(address)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
