"""A booking being filled in loses nothing, mixes nobody up, and is booked once."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.repository import create_user
from appointments import booking, draft_repository
from appointments.models import Appointment, Draft
from appointments.slot_code import SlotCode
from patients.models import Patient

MOTHER = {
    "given_names": "Carmen",
    "first_surname": "Prieto",
    "second_surname": "",
    "birth_date_day": "3",
    "birth_date_month": "4",
    "birth_date_year": "1950",
    "document_type": "dni",
    "document_number": "12345678Z",
    "phone": "600 000 002",
    "consent": "on",
}
CHILD = MOTHER | {"given_names": "Leo", "document_number": "", "birth_date_year": "2019", "relationship": "child"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def newcomer(client):
    """An account without any patient."""
    user = create_user(email="nueva@example.com")
    client.force_login(user)
    return user


@pytest.fixture
def draft(begin, free, newcomer):
    return begin(free[0])


@pytest.fixture
def taken(draft, booked, other_patient):
    """Somebody else has the slot of the draft."""
    booked(SlotCode.parse(draft.data["slot"]).starts_at, patient=other_patient, actor=other_patient.account)


def test_new_patient_is_stored_with_the_booking(draft, answer):
    answer(draft, "who", {"who": "self"})
    answer(draft, "details", MOTHER)
    answer(draft, "reason", {"reason": ""})
    assert answer(draft, "confirm").status_code == 302

    assert Appointment.objects.get().patient == Patient.objects.get(given_names="Carmen")


def test_a_slot_taken_meanwhile_is_answered_with_others_and_keeps_what_was_typed(draft, taken, answer, look):
    answer(draft, "who", {"who": "self"})
    answer(draft, "details", MOTHER)
    answer(draft, "reason", {"reason": "Una mancha"})

    page = answer(draft, "confirm")

    assert page.status_code == 409
    chips = [chip for day in page.context["days"] for chip in (*day.morning, *day.afternoon)]
    assert len(chips) == 5
    assert answer(draft, "slot", {"slot": chips[0].value}).url == reverse("appointments:draft_check", args=[draft.pk])
    assert b"Una mancha" in look(draft, "check").content
    assert answer(draft, "confirm").status_code == 302


def test_going_back_to_somebody_else_books_for_somebody_else(draft, taken, answer, free):
    answer(draft, "who", {"who": "self"})
    answer(draft, "details", MOTHER)
    answer(draft, "reason", {"reason": ""})
    assert answer(draft, "confirm").status_code == 409
    answer(draft, "who", {"who": "other"})
    answer(draft, "details", CHILD)
    answer(draft, "slot", {"slot": free[4]})

    answer(draft, "confirm")

    patient = Appointment.objects.get(request_key__endswith=str(draft.pk)).patient
    assert (patient.given_names, patient.relationship) == ("Leo", "child")


def test_a_correction_after_a_refusal_is_kept(draft, taken, answer, free):
    answer(draft, "who", {"who": "self"})
    answer(draft, "details", MOTHER)
    answer(draft, "reason", {"reason": ""})
    assert answer(draft, "confirm").status_code == 409
    answer(draft, "details", MOTHER | {"phone": "600 000 003"})
    answer(draft, "slot", {"slot": free[4]})

    answer(draft, "confirm")

    patient = Appointment.objects.get(request_key__endswith=str(draft.pk)).patient
    assert str(patient.phone) == "+34600000003"


def test_somebody_else_is_not_asked_with_ones_own_details(draft, answer, look):
    answer(draft, "who", {"who": "self"})
    answer(draft, "details", MOTHER)
    answer(draft, "who", {"who": "other"})

    assert b"12345678Z" not in look(draft, "details").content


def test_sending_it_again_after_the_doctor_has_left_gives_the_proof(draft, answer, look, doctor):
    answer(draft, "who", {"who": "self"})
    answer(draft, "details", MOTHER)
    answer(draft, "reason", {"reason": ""})
    proof = answer(draft, "confirm").url
    doctor.active = False
    doctor.save()

    assert answer(draft, "confirm").url == proof
    assert look(draft, "check").url == proof
    assert Appointment.objects.count() == 1


def test_two_tabs_keep_both_answers(draft):
    first, second = Draft.objects.get(pk=draft.pk), Draft.objects.get(pk=draft.pk)
    draft_repository.keep(first, reason="Una mancha")
    draft_repository.keep(second, who="self")

    data = Draft.objects.get(pk=draft.pk).data
    assert (data["reason"], data["who"]) == ("Una mancha", "self")


def test_no_time_chosen_is_an_error(draft, answer):
    page = answer(draft, "slot")

    assert page.status_code == 422
    assert page.context["errors"]


def test_too_many_visits_ahead_is_not_answered_with_other_times(client, draft, booked, patient, answer, now):
    client.force_login(patient.account)
    for days in (1, 2, 3, 6, 7, 8):
        booked(now + timedelta(days=days, hours=1))
    answer(draft, "who", {"who": str(patient.pk)})
    answer(draft, "reason", {"reason": ""})

    page = answer(draft, "confirm")

    assert (page.status_code, page.context["days"]) == (booking.TooManyUpcoming.status, [])


def test_choosing_another_time_stays_in_the_draft(client, draft, look):
    times = client.get(look(draft, "who").context["times_url"])

    assert times.context["action"] == reverse("appointments:draft_slot", args=[draft.pk])
    assert all(str(draft.pk) in url for _offering, url in times.context["tabs"])


def test_another_browser_does_not_see_it(draft, newcomer):
    stranger = Client()
    stranger.force_login(newcomer)

    assert stranger.get(reverse("appointments:draft_who", args=[draft.pk])).status_code == 404


def test_another_account_in_this_browser_does_not_see_it(client, draft, answer, look, other_user):
    answer(draft, "who", {"who": "self"})
    client.force_login(other_user)

    assert look(draft, "who").status_code == 404


def test_an_expired_session_keeps_what_is_posted(client, draft, answer, look, newcomer):
    answer(draft, "who", {"who": "self"})
    del client.cookies[settings.SESSION_COOKIE_NAME]
    page = answer(draft, "details", MOTHER)
    assert page.status_code == 302
    client.force_login(newcomer)

    assert b"Carmen" in look(draft, "details").content


def test_drafts_are_forgotten_after_a_day(draft, now):
    assert draft_repository.prune(now=now + timedelta(hours=23)) == 0
    assert draft_repository.prune(now=now + timedelta(hours=25)) == 1
