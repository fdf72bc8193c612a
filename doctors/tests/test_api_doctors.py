"""Doctors through the API: anybody reads, managers keep."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conftest import make_doctor
from doctors.models import Doctor, Offering, VisitType
from tests.api_client import Api

pytestmark = pytest.mark.django_db
DOCTORS = "/api/doctors"
NEW = {"title": "Dr.", "given_names": "Íñigo", "surnames": "Núñez Sáenz", "specialty": "dermatologia"}


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def api(manager) -> Api:
    return Api(manager, "manager")


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["surnames"] for item in answer.json()["items"]]


@pytest.fixture
def five(specialty, place, visit_type, doctor) -> None:
    for number, surnames in enumerate(("Abad Gil", "Zafra Gil", "Muñoz Gil", "Casas Gil")):
        make_doctor(
            slug=f"x-{surnames[0].lower()}-munoz-{number}" if surnames[0] == "M" else f"x-{number}",
            specialty=specialty,
            location=place,
            visit_type=visit_type,
            surnames=surnames,
        )


@pytest.mark.usefixtures("five")
def test_in_the_order_of_names_page_by_page():
    api, seen, after = Api(), [], {}
    while True:
        answer = api.get(DOCTORS, {"limit": 2, **after})
        seen += names(answer)
        if answer.json()["next"] is None:
            break
        after = {"after": answer.json()["next"]}

    assert seen == ["Abad Gil", "Casas Gil", "Muñoz Gil", "Vega Ruiz", "Zafra Gil"]


@pytest.mark.usefixtures("five")
def test_found_by_words_specialty_and_place(doctor, specialty, place):
    api = Api()

    assert names(api.get(DOCTORS, {"q": "MUÑOZ"})) == ["Muñoz Gil"]
    assert names(api.get(DOCTORS, {"q": "¿?"})) == []
    assert len(names(api.get(DOCTORS, {"specialty": specialty.slug, "location": str(place.pk)}))) == 5
    assert names(api.get(DOCTORS, {"specialty": "nada"})) == names(api.get(DOCTORS, {"location": "nada"})) == []
    assert names(api.get(DOCTORS, {"after": "A" * 22})) == []


def test_who_is_hidden_or_out_of_use_is_not_shown(doctor, other_doctor):
    Doctor.objects.filter(pk=doctor.pk).update(active=False)
    Doctor.objects.filter(pk=other_doctor.pk).update(hidden=True)
    api = Api()

    assert names(api.get(DOCTORS)) == []
    assert [api.get(f"{DOCTORS}/{one.pk}").status_code for one in (doctor, other_doctor)] == [404, 404]


def test_detail_says_what_and_where(doctor, visit_type, place):
    answer = Api().get(f"{DOCTORS}/{doctor.pk}")

    body = answer.json()
    assert (body["name"], body["specialty"]["name"]) == ("Dr Ana Vega Ruiz", "Dermatology")
    offered = {"id": str(visit_type.pk), "slug": "primera-consulta", "name": "First visit", "duration": 20}
    assert body["visit_types"] == [offered]
    assert [(one["slug"], one["zone"]) for one in body["locations"]] == [("centro", "Europe/Madrid")]
    spanish = Api().get(f"{DOCTORS}/{doctor.pk}", Accept_Language="es")
    assert spanish.json()["name"] == "Dra. Ana Vega Ruiz"
    assert spanish["ETag"] != answer["ETag"]


def test_304_until_something_changes(doctor):
    for address in (DOCTORS, f"{DOCTORS}/{doctor.pk}"):
        answer = Api().get(address)
        assert answer["Cache-Control"] == "no-cache"
        assert Api().get(address, If_None_Match=f'"other", {answer["ETag"]}').status_code == 304
        Doctor.objects.update(languages=f"Español {address[-3:]}")
        assert Api().get(address, If_None_Match=answer["ETag"]).status_code == 200


def test_manager_adds_one_who_can_be_seen_at_once(api, specialty, visit_type):
    answer = api.post(DOCTORS, {**NEW, "visit_types": [visit_type.slug]})

    assert answer.status_code == 201, answer.content
    body = Api().get(answer["Location"]).json()
    assert body == answer.json()
    assert (body["slug"], len(body["visit_types"])) == ("inigo-nunez-saenz", 1)


@pytest.mark.usefixtures("specialty")
def test_same_key_adds_one(api):
    first = api.post(DOCTORS, NEW, Idempotency_Key="k")
    api.patch(first["Location"], {"bio": "Nuevo"})

    again = api.post(DOCTORS, NEW, Idempotency_Key="k")

    assert (again.status_code, again["Location"], again.json()["bio"]) == (201, first["Location"], "Nuevo")
    assert api.post(DOCTORS, {**NEW, "bio": "x"}, Idempotency_Key="k").json()["type"] == "/api/docs#key-reused"
    assert Doctor.objects.count() == 1
    assert api.post(DOCTORS, NEW).json()["slug"] == "inigo-nunez-saenz-2"


@pytest.mark.usefixtures("specialty")
@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"specialty": "nothing"}, "#/specialty"),
        ({"visit_types": ["nothing"]}, "#/visit_types"),
        ({"visit_types": ["a b"]}, "#/visit_types/0"),
        ({"given_names": " "}, "#/given_names"),
        ({"surnames": "x" * 121}, "#/surnames"),
        ({"hidden": True}, "#/hidden"),
        ({"slug": "x"}, "#/slug"),
        ({"user": "x"}, "#/user"),
        ({"active": False}, "#/active"),
    ],
)
def test_what_is_wrong_is_named(api, wrong, pointer):
    answer = api.post(DOCTORS, {**NEW, **wrong})

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert not Doctor.objects.exists()


def test_manager_changes_some_of_it(api, doctor, visit_type):
    longer = VisitType.objects.create(name="Larga", slug="larga", duration=60)
    Offering.objects.filter(doctor=doctor).update(duration=40)

    answer = api.patch(f"{DOCTORS}/{doctor.pk}", {"bio": "Piel", "visit_types": [visit_type.slug, str(longer.pk)]})

    assert answer.status_code == 200, answer.content
    assert (answer.json()["bio"], answer.json()["surnames"]) == ("Piel", "Vega Ruiz")
    assert {one["slug"]: one["duration"] for one in answer.json()["visit_types"]} == {
        "primera-consulta": 40,
        "larga": 60,
    }
    assert api.patch(f"{DOCTORS}/{doctor.pk}", {"visit_types": []}).json()["visit_types"] == []


def test_stale_change_is_412(api, doctor):
    address = f"{DOCTORS}/{doctor.pk}"
    seen = api.get(address)["ETag"]
    assert api.patch(address, {"bio": "uno"}, If_Match=seen).status_code == 200

    assert api.patch(address, {"bio": "dos"}, If_Match=seen).status_code == 412
    assert api.delete(address, If_Match=seen).status_code == 412
    assert api.get(address).json()["bio"] == "uno"


def test_with_visits_ahead_refused_with_their_number(api, doctor, booked, now):
    booked(now + timedelta(days=1))
    cancelled = booked(now + timedelta(days=2))
    type(cancelled).objects.filter(pk=cancelled.pk).update(status="cancelled")

    answer = api.delete(f"{DOCTORS}/{doctor.pk}")

    assert (answer.status_code, answer.json()["visits"]) == (409, 1)
    assert answer.json()["type"] == "/api/docs#still-needed"
    doctor.refresh_from_db()
    assert doctor.active


def test_without_taken_out_of_use_and_kept(api, doctor):
    assert [api.delete(f"{DOCTORS}/{doctor.pk}").status_code for _try in range(2)] == [204, 204]
    doctor.refresh_from_db()
    assert not doctor.active
    assert api.patch(f"{DOCTORS}/{doctor.pk}", {"bio": "x"}).status_code == 404
    assert api.delete("/api/doctors/0193e4a0-7c1e-7000-8000-000000000001").status_code == 404
