"""Moving, cancelling and attendance through the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointments.models import Appointment
from tests.api_client import Api

pytestmark = pytest.mark.django_db
LATER = "2027-03-05T11:00:00+01:00"


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    """Sets the time; NOW until it is called."""

    def at(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    at(now)
    return at


@pytest.fixture
def visit(booked, now, clock) -> Appointment:
    return booked(now + timedelta(days=2))


@pytest.fixture
def address(visit) -> str:
    return f"/api/appointments/{visit.pk}"


@pytest.fixture
def api(patient_user) -> Api:
    return Api(patient_user)


def test_moves(api, address, visit):
    answer = api.patch(address, {"starts_at": LATER})

    assert answer.status_code == 200, answer.content
    assert answer.json()["starts_at"] == LATER
    visit.refresh_from_db()
    assert (visit.version, visit.sequence) == (2, 1)
    assert api.patch(address, {"starts_at": LATER}).json() == answer.json()
    visit.refresh_from_db()
    assert visit.version == 2


def test_taken_time_is_409_with_the_nearest_and_leaves_the_visit(api, address, visit, booked, other_patient, now):
    booked(now + timedelta(days=3), patient=other_patient)

    answer = api.patch(address, {"starts_at": "2027-03-05T10:00:00+01:00"})

    assert (answer.status_code, len(answer.json()["nearest"])) == (409, 5)
    visit.refresh_from_db()
    assert visit.version == 1


def test_cancels_and_answers_the_same_when_repeated(api, address, visit):
    first, again = api.delete(address), api.delete(address)

    assert first.status_code == again.status_code == 200
    assert first.json()["status"] == "cancelled"
    assert first.json() == again.json()
    visit.refresh_from_db()
    assert visit.version == 2


def test_status_cancels_too(api, address):
    assert api.patch(address, {"status": "cancelled"}).json()["status"] == "cancelled"


def test_after_the_cut_off_only_the_clinic_changes_it(api, address, clock, visit):
    clock(visit.starts_at - timedelta(hours=1))

    for answer in (api.delete(address), api.patch(address, {"starts_at": LATER})):
        assert (answer.status_code, answer.json()["type"]) == (422, "/api/docs#too-late")


def test_staff_says_what_became_of_it_and_takes_it_back(address, clock, visit, receptionist, doctor_user):
    clock(visit.starts_at)
    desk, doctor = Api(receptionist, "reception"), Api(doctor_user, "agenda")

    assert desk.patch(address, {"status": "arrived"}).json()["status"] == "arrived"
    assert doctor.patch(address, {"status": "completed"}).json()["status"] == "completed"
    assert doctor.patch(address, {"status": "arrived"}).json()["status"] == "arrived"
    assert desk.patch(address, {"status": "no_show"}).status_code == 409
    assert desk.patch(address, {"status": "booked"}).json()["status"] == "booked"


def test_patients_say_nothing_of_attendance(api, address, clock, visit):
    clock(visit.starts_at)

    assert api.patch(address, {"status": "arrived"}).status_code == 403


@pytest.mark.parametrize("body", [{}, {"starts_at": LATER, "status": "cancelled"}, {"status": None}, {"doctor": "x"}])
def test_one_thing_at_a_time(api, address, body):
    assert api.patch(address, body).status_code == 422


def test_stranger_gets_404(address, other_user):
    stranger = Api(other_user)

    answers = [stranger.get(address), stranger.patch(address, {"starts_at": LATER}), stranger.delete(address)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_change_of_what_has_changed_is_412(api, address):
    seen = api.get(address)["ETag"]
    moved = api.patch(address, {"starts_at": LATER}, If_Match=seen)
    assert moved.status_code == 200

    refused = [
        api.patch(address, {"starts_at": "2027-03-05T12:00:00+01:00"}, If_Match=seen),
        api.delete(address, If_Match=seen),
        api.delete(address, If_Match="anything"),
    ]

    assert [answer.status_code for answer in refused] == [412, 412, 412]
    assert Appointment.objects.get().version == 2
    assert api.delete(address, If_Match=moved["ETag"]).status_code == 200


def test_what_has_been_done_already_may_be_asked_for_again(api, address):
    seen = api.get(address)["ETag"]
    api.delete(address, If_Match=seen)

    assert api.delete(address, If_Match=seen).status_code == 200


def test_star_is_any_version(api, address):
    assert api.patch(address, {"starts_at": LATER}, If_Match="*").status_code == 200
