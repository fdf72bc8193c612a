"""Appointments in the administration: shown, found, and changed only through the doors of booking."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from appointments.models import Appointment, Status

TEN = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)
TODAY = datetime(2027, 3, 2, 11, 30, tzinfo=UTC)
LIST = "admin:appointments_appointment_changelist"
ADD = "admin:appointments_appointment_add"
CHANGE = "admin:appointments_appointment_change"

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, receptionist, monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    client.force_login(receptionist)
    return client


@pytest.fixture
def typed(doctor, patient, visit_type, place):
    """What reception types to book Wednesday, 10:00 by the clinic's clock."""
    return {
        "doctor": doctor.pk,
        "patient": patient.pk,
        "visit_type": visit_type.pk,
        "location": place.pk,
        "starts_at_0": "03/03/2027",
        "starts_at_1": "10:00",
        "reason": "",
        "form_key": "desk-1",
    }


def test_reception_books(desk, typed, receptionist):
    assert desk.get(reverse(ADD)).status_code == 200
    assert desk.post(reverse(ADD), typed).status_code == 302

    appointment = Appointment.objects.get()
    assert (appointment.starts_at, appointment.account) == (TEN, receptionist)
    assert appointment.events[0]["source"] == "admin"


def test_double_booking_is_an_error_of_the_form(desk, typed, booked, other_patient):
    booked(TEN, patient=other_patient)

    page = desk.post(reverse(ADD), typed)

    assert page.status_code == 200
    assert "starts_at" in page.context["adminform"].form.errors
    assert Appointment.objects.count() == 1


def test_same_form_twice_books_once(desk, typed):
    desk.post(reverse(ADD), typed)
    assert desk.post(reverse(ADD), typed).status_code == 302

    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [("arrived", Status.ARRIVED), ("completed", Status.COMPLETED), ("cancel", Status.CANCELLED)],
)
def test_desk_changes_the_status(desk, booked, change, status):
    appointment = booked(TODAY)

    page = desk.post(reverse(CHANGE, args=[appointment.pk]), {"_do": change, "past_rules": "on"})

    assert page.status_code == 302
    appointment.refresh_from_db()
    assert appointment.status == status


def test_desk_moves(desk, booked):
    appointment = booked(TEN)
    typed = {"_do": "move", "move_to_0": "04/03/2027", "move_to_1": "10:00"}

    desk.post(reverse(CHANGE, args=[appointment.pk]), typed)

    appointment.refresh_from_db()
    assert appointment.starts_at == TEN + timedelta(days=1)


def test_refused_move_is_an_error_of_the_form(desk, booked, other_patient):
    appointment = booked(TEN)
    booked(TEN + timedelta(days=1), patient=other_patient)
    typed = {"_do": "move", "move_to_0": "04/03/2027", "move_to_1": "10:00"}

    page = desk.post(reverse(CHANGE, args=[appointment.pk]), typed)

    assert page.status_code == 200
    assert page.context["adminform"].form.errors


def test_stale_page_changes_nothing(desk, booked):
    appointment = booked(TEN)
    page = desk.post(reverse(CHANGE, args=[appointment.pk]), {"_do": "cancel", "seen": "7"})

    assert page.context["adminform"].form.errors
    assert Appointment.objects.get(pk=appointment.pk).status == Status.BOOKED


def test_times_are_read_by_the_clock_of_the_place(desk, typed, place, doctor):
    place.zone = "Atlantic/Canary"
    place.save()

    desk.post(reverse(ADD), typed)

    assert Appointment.objects.get().starts_at == TEN + timedelta(hours=1)


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_year_beyond_all_calendars_is_an_error_of_the_form(desk, typed, year):
    page = desk.post(reverse(ADD), typed | {"starts_at_0": f"03/03/{year}"})

    assert "starts_at" in page.context["adminform"].form.errors


def test_within_the_notice_the_desk_says_so(desk, typed, now):
    soon = typed | {"starts_at_0": "02/03/2027", "starts_at_1": "10:30"}
    assert desk.post(reverse(ADD), soon).status_code == 200
    assert desk.post(reverse(ADD), soon | {"past_rules": "on"}).status_code == 302

    assert Appointment.objects.get().events[0]["past_rules"] is True


def test_move_needs_a_time(desk, booked):
    page = desk.post(reverse(CHANGE, args=[booked(TEN).pk]), {"_do": "move"})

    assert "move_to" in page.context["adminform"].form.errors


def test_nothing_typed_changes_an_appointment(desk, booked):
    appointment = booked(TEN)

    typed = {"_do": "", "status": "completed", "reason": "x", "events": "[]"}
    page = desk.post(reverse(CHANGE, args=[appointment.pk]), typed)

    assert page.status_code == 200  # Return in a field chooses nothing
    fresh = Appointment.objects.get(pk=appointment.pk)
    assert (fresh.status, fresh.reason, len(fresh.events)) == (Status.BOOKED, appointment.reason, 1)


def test_arrival_is_undone(desk, booked):
    appointment = booked(TODAY)
    for change in ("arrived", "undo"):
        desk.post(reverse(CHANGE, args=[appointment.pk]), {"_do": change})

    appointment.refresh_from_db()
    assert (appointment.status, len(appointment.events)) == (Status.BOOKED, 3)


def test_several_are_marked_at_once(desk, booked):
    chosen = [booked(TODAY), booked(TODAY + timedelta(hours=4))]
    desk.post(reverse(LIST), {"action": "mark_arrived", "_selected_action": [one.pk for one in chosen]})

    assert Appointment.objects.filter(status=Status.ARRIVED).count() == 2


def test_what_cannot_be_marked_is_said(desk, booked):
    appointment = booked(TEN)
    page = desk.post(reverse(LIST), {"action": "mark_no_show", "_selected_action": [appointment.pk]}, follow=True)

    assert [str(message.level_tag) for message in page.context["messages"]] == ["error"]


@pytest.mark.parametrize("text", ["Munoz", "muñoz prieto", "12345678", "600000001"])
def test_found_by_the_patient_accents_ignored(desk, booked, text):
    appointment = booked(TEN)

    assert appointment in desk.get(reverse(LIST), {"q": text}).context["cl"].result_list
    assert appointment not in desk.get(reverse(LIST), {"q": "Nadie"}).context["cl"].result_list


def test_found_by_reference(desk, booked):
    appointment = booked(TEN)

    page = desk.get(reverse(LIST), {"q": appointment.reference.lower()})

    assert list(page.context["cl"].result_list) == [appointment]


def test_doctor_sees_the_own_agenda_only(client, booked, other_doctor, other_patient, doctor_user):
    own = booked(TEN)
    booked(TEN, doctor=other_doctor, patient=other_patient)
    client.force_login(doctor_user)

    assert list(client.get(reverse(LIST)).context["cl"].result_list) == [own]


def test_nobody_deletes(client, booked, manager):
    appointment = booked(TEN)
    client.force_login(manager)

    page = client.post(reverse("admin:appointments_appointment_delete", args=[appointment.pk]), {"post": "yes"})

    assert page.status_code == 403
    assert Appointment.objects.exists()


def test_patient_is_found_by_the_reference_of_an_appointment(desk, booked, patient, other_patient):
    reference = booked(TEN).reference

    page = desk.get(reverse("admin:patients_patient_changelist"), {"q": reference.lower()})

    assert list(page.context["cl"].result_list) == [patient]
