"""A receptionist's morning: the day sheet, the patient at the desk, the status."""

from __future__ import annotations

from datetime import timedelta

from appointments.models import Status
from conftest import PASSWORD
from tests.browser import steps

DESK = {"viewport": {"width": 1280, "height": 900}}


def test_a_patient_arrives(visitor, booked, receptionist, clock):
    appointment = booked(clock + timedelta(hours=2, minutes=30))
    page = visitor(**DESK).new_page()
    page.goto("/agenda/")
    assert steps.here(page) == "account_login"
    page.fill("input[name=login]", receptionist.email)
    page.fill("input[name=password]", PASSWORD)
    steps.submit(page)
    assert steps.here(page) == "appointments:agenda"

    steps.follow(page, page.locator("main table a", has_text=appointment.patient.full_name))
    steps.follow(page, page.locator("button[name=_do][value=arrived]"))
    appointment.refresh_from_db()
    assert appointment.status == Status.ARRIVED
    assert appointment.events[-1]["actor"] == str(receptionist.pk)
    page.goto("/agenda/")
    assert page.locator("main .citas-tag--arrived").count() == 1
