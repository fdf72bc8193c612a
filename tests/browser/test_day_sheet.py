"""Reception's day at two places with several doctors: legible to everybody, and chosen from without JavaScript."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from appointments.models import Appointment
from conftest import DETAILS, make_doctor
from doctors.models import Location
from patients.models import Patient
from tests.browser import steps
from tests.browser.eyes import faults
from tests.browser.test_administration_is_accessible import DJANGOS

DESK = {"viewport": {"width": 1280, "height": 900}, "java_script_enabled": False}


@pytest.fixture
def visits(booked, specialty, place, visit_type, clock) -> list[Appointment]:
    """Of five doctors; the last one's is in the north."""
    found = []
    for number in range(5):
        doctor = make_doctor(
            slug=f"medica-{number}",
            specialty=specialty,
            location=place,
            visit_type=visit_type,
            surnames=f"Apellido {number}",
        )
        patient = Patient.objects.create(**{**DETAILS, "document_number": "", "given_names": f"Eva {number}"})
        start = clock + timedelta(hours=2, minutes=30)
        found.append(booked(start, doctor=doctor, patient=patient, actor=None, past_rules=True))
    north = Location.objects.create(name="Norte", slug="norte", city="Madrid", zone="Europe/Madrid")
    Appointment.objects.filter(pk=found[-1].pk).update(location=north)
    return found


@pytest.mark.usefixtures("visits")
def test_shuts_nobody_out(signed_in, receptionist):
    page = signed_in(receptionist)
    found = []
    for path in ("/agenda/", "/agenda/?sede=norte", "/agenda/?sede=centro&medico=medica-4", "/agenda/?medico=medica-0"):
        page.goto(path)
        found += faults(page)
    page.goto("/agenda/")
    page.click("summary.govuk-details__summary")
    assert found + faults(page) == []


@pytest.mark.usefixtures("visits")
def test_place_and_doctor_are_chosen_without_javascript(signed_in, receptionist):
    page = signed_in(receptionist, **DESK)
    page.goto("/agenda/?desde=2027-03-02")
    assert page.locator("main h2").count() == 4

    page.select_option("#sede", "norte")
    page.click("main form button")
    assert [section.get_attribute("id") for section in page.locator("main h2").all()] == ["medica-4"]
    assert "desde=2027-03-02" in page.url
    page.select_option("#sede", "centro")
    page.click("main form button")
    page.select_option("#medico", "medica-2")
    page.click("main form button")
    assert [section.get_attribute("id") for section in page.locator("main h2").all()] == ["medica-2"]


def test_the_history_of_an_appointment_shuts_nobody_out(signed_in, receptionist, visits):
    page = signed_in(receptionist)
    page.goto(reverse("admin:appointments_appointment_history", args=[visits[0].pk]))
    assert steps.here(page) == "admin:appointments_appointment_history"
    assert faults(page, leave_out=DJANGOS) == []
