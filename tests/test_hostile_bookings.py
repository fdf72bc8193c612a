"""What a person with a forged form can do to a booking: nothing that the pages do not offer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from appointments import links
from appointments.models import Appointment, Draft, Status
from appointments.slot_code import SlotCode
from conftest import make_doctor
from doctors.models import VisitType
from patients import repository as patients_repository
from patients.models import Patient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def slot(doctor, visit_type, place, now):
    return SlotCode(doctor.pk, visit_type.pk, place.pk, now + timedelta(days=1))


def begin(client, slot) -> Draft:
    client.post(reverse("appointments:draft_new"), {"slot": str(slot)})
    return Draft.objects.latest("created_at")


def fill_in(client, draft, who, reason="") -> int:
    """Send every page of a draft, and answer what the last one said."""
    client.post(reverse("appointments:draft_who", args=[draft.pk]), {"who": str(who)})
    client.post(reverse("appointments:draft_reason", args=[draft.pk]), {"reason": reason})
    return client.post(reverse("appointments:draft_confirm", args=[draft.pk])).status_code


def test_booking_with_honest_forms_is_possible(client, slot, patient, patient_user):
    client.force_login(patient_user)
    assert fill_in(client, begin(client, slot), patient.pk) == 302
    assert Appointment.objects.get().patient == patient


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": datetime(2027, 3, 3, 9, 7, tzinfo=UTC)},  # off the grid
        {"starts_at": datetime(2027, 3, 3, 3, 0, tzinfo=UTC)},  # at night
        {"starts_at": datetime(2026, 3, 3, 9, 0, tzinfo=UTC)},  # past
        {"starts_at": datetime(2028, 3, 3, 9, 0, tzinfo=UTC)},  # beyond the horizon
        {"starts_at": datetime(2027, 3, 2, 9, 30, tzinfo=UTC)},  # sooner than the notice
        {"starts_at": datetime(2000, 1, 1, 0, 0, tzinfo=UTC)},
        {"starts_at": datetime(2199, 12, 31, 23, 55, tzinfo=UTC)},
    ],
)
def test_times_that_are_not_shown_are_not_booked(client, slot, patient, patient_user, change):
    client.force_login(patient_user)
    forged = SlotCode(slot.doctor, slot.visit_type, slot.location, change["starts_at"])
    assert fill_in(client, begin(client, forged), patient.pk) in (409, 422)
    assert not Appointment.objects.exists()


def test_what_is_not_offered_is_not_booked(client, slot, patient, patient_user, specialty, place):
    """A visit type out of use, one that this doctor does not do, a doctor out of use, somebody else's place."""
    client.force_login(patient_user)
    retired = VisitType.objects.create(name="Retirada", slug="retirada", duration=20, active=False)
    foreign = VisitType.objects.create(name="Ajena", slug="ajena", duration=20)
    away = make_doctor(slug="away", specialty=specialty, location=place, visit_type=foreign, active=False)
    forged = [
        SlotCode(slot.doctor, retired.pk, slot.location, slot.starts_at),
        SlotCode(slot.doctor, foreign.pk, slot.location, slot.starts_at),
        SlotCode(away.pk, foreign.pk, slot.location, slot.starts_at),
        SlotCode(slot.location, slot.visit_type, slot.doctor, slot.starts_at),
        SlotCode(slot.doctor, slot.visit_type, slot.doctor, slot.starts_at),
    ]
    assert {fill_in(client, begin(client, each), patient.pk) for each in forged} <= {409, 422}
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    "instant",
    [
        "00010101T0000Z",
        "99991231T2359Z",
        "00000101T0000Z",
        "20270303T0900",
        "20270303T0900+01",
        "1e9",
        "20270230T0900Z",
    ],
)
def test_instants_that_cannot_be_are_refused_at_the_door(client, slot, instant, booked, patient_user):
    value = f"{slot.doctor}.{slot.visit_type}.{slot.location}.{instant}"
    response = client.post(reverse("appointments:draft_new"), {"slot": value})
    assert response["Location"].startswith(reverse("appointments:search"))
    assert not Draft.objects.exists()
    client.force_login(patient_user)
    move = reverse("appointments:move", args=[booked().reference])
    assert client.post(move, {"slot": value}).status_code == 422


def test_nobody_books_for_another_accounts_patient(client, slot, other_patient, patient, patient_user):
    client.force_login(patient_user)
    draft = begin(client, slot)
    assert (
        client.post(reverse("appointments:draft_who", args=[draft.pk]), {"who": str(other_patient.pk)}).status_code
        == 422
    )
    assert fill_in(client, draft, other_patient.pk) == 302  # back to the question
    assert not Appointment.objects.exists()


def test_dependant_who_left_the_list_is_not_booked_for(client, slot, patient, patient_user):
    client.force_login(patient_user)
    names = {"given_names": "Lía", "first_surname": "Muñoz", "birth_date": "2019-05-01"}
    child = Patient.objects.create(account=patient_user, relationship="child", phone="+34600000001", **names)
    draft = begin(client, slot)
    client.post(reverse("appointments:draft_who", args=[draft.pk]), {"who": str(child.pk)})
    client.post(reverse("appointments:draft_reason", args=[draft.pk]), {"reason": ""})
    patients_repository.deactivate(patient=child)
    assert client.get(reverse("appointments:draft_check", args=[draft.pk])).status_code == 409
    assert client.post(reverse("appointments:draft_confirm", args=[draft.pk])).status_code == 409
    assert not Appointment.objects.exists()


STEPS = ("draft_who", "draft_details", "draft_reason", "draft_check", "draft_slot", "draft_confirm")


@pytest.mark.parametrize("step", STEPS)
def test_draft_opens_in_its_own_browser_and_for_its_own_account_only(
    client, slot, patient, patient_user, other_user, step
):
    client.force_login(patient_user)
    draft = begin(client, slot)
    client.post(reverse("appointments:draft_who", args=[draft.pk]), {"who": str(patient.pk)})
    path = reverse(f"appointments:{step}", args=[draft.pk])
    browser = client.cookies[settings.BROWSER_COOKIE_NAME].value
    for account, cookie in (
        (other_user, browser),
        (other_user, "guessed"),
        (patient_user, "guessed"),
        (None, "guessed"),
    ):
        intruder = client.__class__()
        intruder.cookies[settings.BROWSER_COOKIE_NAME] = cookie
        if account:
            intruder.force_login(account)
        for method in ("get", "post"):
            assert getattr(intruder, method)(path, {"reason": "forged"}).status_code in (404, 405)
    draft.refresh_from_db()
    assert draft.data.get("reason") is None


def test_stored_fingerprint_is_no_cookie(client, slot):
    draft = begin(client, slot)
    intruder = client.__class__()
    intruder.cookies[settings.BROWSER_COOKIE_NAME] = draft.browser
    assert intruder.get(reverse("appointments:draft_reason", args=[draft.pk])).status_code == 404


def test_visit_is_not_moved_to_another_doctor(client, booked, other_doctor, visit_type, place, patient_user, now):
    appointment = booked()
    client.force_login(patient_user)
    forged = SlotCode(other_doctor.pk, visit_type.pk, place.pk, now + timedelta(days=2))
    path = reverse("appointments:move", args=[appointment.reference])
    assert client.post(path, {"slot": str(forged)}).status_code == 422
    appointment.refresh_from_db()
    assert appointment.sequence == 0


def test_link_of_a_mail_opens_its_own_visit_only_until_it_changes(client, booked, now):
    linked, other = booked(), booked(now + timedelta(days=2))
    client.get(reverse("appointments:by_link", args=[links.token(linked)]))
    proof = reverse("appointments:proof", args=[linked.reference])
    assert client.get(proof).status_code == 200
    for name in ("proof", "calendar", "move", "cancel"):
        response = client.get(reverse(f"appointments:{name}", args=[other.reference]))
        assert response["Location"].startswith(reverse("account_login"))
    for path in (reverse("appointments:mine"), reverse("patients:profile")):
        assert client.get(path)["Location"].startswith(reverse("account_login"))
    Appointment.objects.filter(pk=linked.pk).update(sequence=1)
    for name in ("proof", "calendar", "move", "cancel"):
        path = reverse(f"appointments:{name}", args=[linked.reference])
        assert client.post(path).status_code in (302, 405)
        assert Appointment.objects.get(pk=linked.pk).status == Status.BOOKED
    assert client.get(reverse("appointments:by_link", args=[links.token(linked)])).status_code == 404
