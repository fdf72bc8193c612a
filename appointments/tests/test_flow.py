"""A patient books, moves and cancels through the forms."""

import pytest
from django.urls import reverse

from appointments.models import Appointment, Status

pytestmark = pytest.mark.django_db


def test_known_patient_books(client, clock, begin, free, patient, patient_user):
    client.force_login(patient_user)
    draft = begin(free[0])

    page = client.get(reverse("appointments:draft_who", args=[draft.pk]))
    assert page.status_code == 200
    page = client.post(reverse("appointments:draft_who", args=[draft.pk]), {"who": str(patient.pk)})
    assert page.url == reverse("appointments:draft_reason", args=[draft.pk])
    assert client.get(page.url).status_code == 200
    page = client.post(page.url, {"reason": "Una mancha en la piel"})
    assert page.url == reverse("appointments:draft_check", args=[draft.pk])
    assert b"Una mancha" in client.get(page.url).content
    page = client.post(reverse("appointments:draft_confirm", args=[draft.pk]))

    appointment = Appointment.objects.get()
    assert page.url == reverse("appointments:proof", args=[appointment.reference])
    assert appointment.reference in client.get(page.url).content.decode()
    assert (appointment.patient, appointment.reason) == (patient, "Una mancha en la piel")


def test_public_pages_answer(client, clock, doctor):
    for url in (
        reverse("appointments:search"),
        reverse("appointments:search") + "?especialidad=dermatologia",
        reverse("appointments:doctors"),
        reverse("appointments:doctor", args=[doctor.slug]),
        reverse("privacy"),
        reverse("style_guide"),
    ):
        assert client.get(url).status_code == 200, url


def test_appointment_is_moved_and_cancelled(client, clock, free, booked, patient_user):
    appointment = booked()
    client.force_login(patient_user)

    move = reverse("appointments:move", args=[appointment.reference])
    assert client.get(move).status_code == 200
    assert client.post(move, {"slot": free[-1]}).status_code == 302
    cancel = reverse("appointments:cancel", args=[appointment.reference])
    assert client.get(cancel).status_code == 200
    assert client.post(cancel, {"reason": "Viaje"}).status_code == 302

    appointment.refresh_from_db()
    assert (appointment.status, appointment.sequence) == (Status.CANCELLED, 2)
    assert client.get(reverse("appointments:mine")).status_code == 200
    assert client.get(reverse("appointments:proof", args=[appointment.reference])).status_code == 200


def test_calendar_file(client, booked, patient_user):
    client.force_login(patient_user)
    response = client.get(reverse("appointments:calendar", args=[booked().reference]))

    assert response["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VTIMEZONE" in response.content


def test_agenda_is_for_staff(client, clock, booked, receptionist, patient_user):
    booked()
    client.force_login(receptionist)
    assert client.get(reverse("appointments:agenda") + "?desde=2027-03-03").status_code == 200
    client.force_login(patient_user)
    assert client.get(reverse("appointments:agenda")).status_code == 404
