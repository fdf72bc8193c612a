"""Addresses of the administration as nobody's browser writes them: a page, a way back or a refusal, never a 500."""

from __future__ import annotations

import pytest

from tests import scene as scenes
from tests.access_matrix import ADMINISTRATION
from tests.scene import PEOPLE, Scene

pytestmark = pytest.mark.django_db

MODELS = [line.split()[0] for line in ADMINISTRATION.strip().splitlines()]
HUGE = "9" * 30
QUERIES = [
    "p=-1",
    f"p={HUGE}",
    "p=a",
    "o=garbage",
    f"o={HUGE}.-{HUGE}..",
    "e=1",
    "all=",
    "q=" + "%F0%9F%92%89" * 50,
    "q=%27%22%5C%25_%28",
    "_facets=x&_popup=1&_to_field=id",
    "_to_field=password",
    "is_active__exact=maybe&active__exact=2&state__exact=x&status__exact=x",
    "password__startswith=a",
    "account__password__startswith=a",
    "patient__account__email__startswith=a",
    "id__in=1,2,x&pk=x",
    "doctor__id__exact=not-a-key",
    "location__id__exact=%5B%5D",
    "nothing__of__that=1",
    *(f"{field}__{part}={value}" for field in ("starts_at", "date") for part in ("year", "month", "day")
      for value in ("99999999999", "0", "-1", "a", "10000")),
    "starts_at__year=2027&starts_at__month=2&starts_at__day=30",
    f"starts_at__gte={HUGE}&starts_at__lt=9999-12-31",
]  # fmt: skip
NAMES = """
doctor patient visit_type location starts_at_0 starts_at_1 move_to_0 move_to_1 form_key reason cancel_reason _do email
role language account name slug duration buffer_after step horizon_days zone date starts ends birth_date document_type
document_number phone given_names first_surname specialty surnames title languages country region action
hours-TOTAL_FORMS hours-INITIAL_FORMS offerings-TOTAL_FORMS exceptions-TOTAL_FORMS _selected_action
""".split()  # noqa: SIM905
KEYS = ["x", HUGE, "-1", "_", "_2F..", "00000000-0000-0000-0000-000000000000", "%F0%9F%92%89", "a/b/c", "'\"--"]


@pytest.fixture
def scene(booked, now, monkeypatch, patient_user, other_user, doctor_user, receptionist, manager) -> Scene:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    accounts = (patient_user, other_user, doctor_user, receptionist, manager)
    return scenes.make(appointment=booked(), accounts=dict(zip(PEOPLE[1:], accounts, strict=True)))


def lists() -> list[str]:
    return [f"/admin/{model.replace('.', '/')}/" for model in MODELS]


@pytest.mark.parametrize("query", QUERIES)
def test_lists_bear_any_query(scene, query):
    client = scene.client("manager")
    answers = {path: client.get(f"{path}?{query}").status_code for path in lists()}
    assert {path: status for path, status in answers.items() if status not in (200, 302, 400, 403)} == {}


@pytest.mark.parametrize("key", KEYS)
def test_pages_of_things_that_do_not_exist(scene, key):
    client = scene.client("manager")
    for path in lists():
        for page in ("", "change/", "history/", "delete/"):
            assert client.get(f"{path}{key}/{page}").status_code in (302, 403, 404)
    assert client.get(f"/admin/accounts/user/{key}/password/").status_code in (302, 403, 404)
    assert client.get(f"/admin/r/{key}/{key}/").status_code in (400, 404)


@pytest.mark.parametrize("value", [HUGE, "0001-01-01", "9999-12-31", "x" * 3000, "'\"<>", "-1", "25:99"])
def test_forms_bear_any_value(scene, value):
    client = scene.client("manager")
    fields = dict.fromkeys(NAMES, value)
    for path in lists():
        thing = scene.of_model(path.removeprefix("/admin/").strip("/").replace("/", "."))
        for page in ("", "add/", f"{thing.pk}/change/"):
            assert client.post(f"{path}{page}", fields).status_code in (200, 302, 400, 403)


def complete(client, *, model: str, field: str, app: str = "appointments", term: str = "a", page: str = "1") -> int:
    query = {"app_label": app, "model_name": model, "field_name": field, "term": term, "page": page}
    return client.get("/admin/autocomplete/", query).status_code


@pytest.mark.parametrize(
    ("person", "allowed"),
    [("doctor", {"doctor"}), ("receptionist", {"doctor", "patient"}), ("manager", {"doctor", "patient"})],
)
def test_suggestions_show_what_the_role_may_see(scene, person, allowed):
    client = scene.client(person)
    shown = {field for field in ("doctor", "patient") if complete(client, model="appointment", field=field) == 200}
    assert shown == allowed
    assert complete(client, app="accounts", model="user", field="groups") == 403
    assert complete(client, app="patients", model="patient", field="account") == (403 if person == "doctor" else 200)


def test_suggestions_bear_any_query(scene):
    client = scene.client("manager")
    for term, page in (("", "x"), ("a" * 3000, "-1"), ("'%_\\", HUGE), ("💉", "1")):
        assert complete(client, model="appointment", field="patient", term=term, page=page) in (200, 404)
    assert complete(client, app="x", model="y", field="z") == 403


def test_doctor_finds_the_own_agenda_only(scene, booked, other_doctor, other_patient, now):
    other = booked(now.replace(day=4), doctor=other_doctor, patient=other_patient, actor=other_patient.account)
    client = scene.client("doctor")
    listed = client.get("/admin/appointments/appointment/").content.decode()
    assert scene.appointment.reference in listed
    assert other.reference not in listed
    for words in ("Díaz", "87654321X"):
        assert other.reference not in client.get("/admin/appointments/appointment/", {"q": words}).content.decode()
    for page in ("change/", "history/"):
        assert client.get(f"/admin/appointments/appointment/{other.pk}/{page}").status_code in (302, 404)
    assert client.get(f"/citas/{other.reference}/").status_code == 404
    assert client.post(f"/citas/{other.reference}/cancelar/").status_code == 404
    assert other.reference not in client.get("/agenda/?desde=2027-03-04").content.decode()


def test_receptionist_cannot_become_a_manager(scene):
    client = scene.client("receptionist")
    account = scene.of_model("accounts.user")
    fields = {"email": account.email, "role": "manager", "language": "es", "is_active": "on"}
    assert client.post(f"/admin/accounts/user/{account.pk}/change/", fields).status_code == 403
    assert client.post("/admin/accounts/user/add/", {**fields, "email": "new@example.com"}).status_code == 403
    passwords = {"password1": "una-clave-nueva-1", "password2": "una-clave-nueva-1", "usable_password": "true"}
    assert client.post(f"/admin/accounts/user/{account.pk}/password/", passwords).status_code == 403
    account.refresh_from_db()
    assert account.role == "patient"
