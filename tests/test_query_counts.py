"""A page asks the database the same number of questions however many rows it shows."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments import draft_repository
from appointments.models import Appointment, Draft
from appointments.slot_code import SlotCode
from conftest import DETAILS, make_doctor
from doctors.models import Clinic, Location, Specialty
from notifications.models import Message
from patients.models import Patient
from tests import engines

pytestmark = pytest.mark.django_db
MANY = 30
BROWSER = "a-browser"

# Questions a page asks. Of these a signed-in person's session and account are two, the clinic's name one.
ANYBODYS = {
    "/": 2,
    "/?especialidad=dermatologia": 10,
    "/medicos/": 2,
    "/medicos/ana-vega/": 9,
}
PATIENTS = {
    "appointments:mine": 5,
    "appointments:proof": 4,
    "appointments:calendar": 3,
    "appointments:move": 10,
    "appointments:cancel": 4,
    "patients:profile": 4,
}
STEPS = {
    "appointments:draft_who": 8,
    "appointments:draft_details": 7,
    "appointments:draft_reason": 7,
    "appointments:draft_check": 8,
    "appointments:draft_slot": 12,
}
DESKS = {
    "/agenda/?desde=2027-03-08": 10,
    "/admin/": 6,
    "/admin/appointments/appointment/": 13,
    "/admin/doctors/doctor/": 11,
    "/admin/doctors/location/": 7,
    "/admin/doctors/specialty/": 7,
    "/admin/patients/patient/": 7,
    "/admin/accounts/user/": 7,
    "/admin/notifications/message/": 7,
}
# Subqueries that MongoDB is asked by themselves.
MORE_ON_MONGO = {
    "/": 1,
    "/?especialidad=dermatologia": 4,
    "appointments:mine": 2,
    "appointments:proof": 1,
    "appointments:calendar": 1,
    "appointments:move": 1,
    "appointments:cancel": 1,
    "appointments:draft_who": 1,
    "appointments:draft_details": 1,
    "appointments:draft_reason": 1,
    "appointments:draft_check": 1,
    "appointments:draft_slot": 1,
    "/admin/": 1,
    "/admin/appointments/appointment/": 1,
    "/admin/doctors/doctor/": 2,
    "/admin/doctors/location/": 1,
    "/admin/doctors/specialty/": 1,
    "/admin/patients/patient/": 1,
    "/admin/accounts/user/": 1,
    "/admin/notifications/message/": 1,
}


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture(params=[1, MANY])
def rows(request, doctor, booked, patient, patient_user, visit_type, now) -> Appointment:
    """One of everything, or thirty; the visit to look at."""
    Clinic.objects.update(max_upcoming=1000)
    for number in range(request.param - 1):
        kind = Specialty.objects.create(name=f"Especialidad {number}", slug=f"otra-{number}")
        place = Location.objects.create(
            name=f"Sede {number}", slug=f"sede-{number}", city="Madrid", zone="Europe/Madrid"
        )
        other = make_doctor(slug=f"medico-{number}", specialty=doctor.specialty, location=place, visit_type=visit_type)
        make_doctor(slug=f"otro-{number}", specialty=kind, location=place, visit_type=visit_type)
        names = {"given_names": f"Hija {number}", "document_number": "", "relationship": "child"}
        child = Patient.objects.create(account=patient_user, **{**DETAILS, **names})
        booked(_monday(now), doctor=other, location=place, patient=child)
        Message.objects.create(recipient=f"{number}@example.com", subject="Cita", dedupe_key=str(number))
    Message.objects.create(recipient="una@example.com", subject="Cita", dedupe_key="una")
    return booked(_monday(now))


def _monday(now: Any) -> Any:
    return now + timedelta(days=6)


@pytest.fixture
def draft(rows, patient, patient_user) -> Draft:
    slot = SlotCode(rows.doctor_id, rows.visit_type_id, rows.location_id, rows.starts_at + timedelta(days=1))
    draft = draft_repository.begin(browser=BROWSER, slot=slot, now=rows.created_at)
    draft_repository.keep(draft, who=str(patient.pk), account=str(patient_user.pk), reason="Una mancha")
    return draft


def asked(client: Client, url: str) -> list[str]:
    """What the second visit asks: the first one fills what Django keeps for itself."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200, url
    return engines.asked(captured)


def differing(client: Client, expected: dict[str, int], address: Callable[[str], str] = str) -> dict[str, int]:
    """Pages that ask more or less than they should: how many times. What they ask is in the test's output."""
    found = {page: asked(client, address(page)) for page in expected}
    counts = {page: expected[page] + (MORE_ON_MONGO.get(page, 0) if engines.ON_MONGO else 0) for page in expected}
    wrong = {page: len(queries) for page, queries in found.items() if len(queries) != counts[page]}
    sys.stdout.writelines(f"{page}: {query}\n" for page in wrong for query in found[page])
    return wrong


@pytest.mark.usefixtures("rows")
def test_what_anybody_sees(client):
    assert differing(client, ANYBODYS) == {}


def test_what_a_patient_sees(client, rows, patient_user):
    client.force_login(patient_user)
    no_reference = ("appointments:mine", "patients:profile")

    assert (
        differing(client, PATIENTS, lambda name: reverse(name, args=[] if name in no_reference else [rows.reference]))
        == {}
    )


def test_the_steps_of_a_booking(client, draft, patient_user):
    client.force_login(patient_user)
    client.cookies[settings.BROWSER_COOKIE_NAME] = BROWSER
    known = {name: count for name, count in STEPS.items() if name != "appointments:draft_details"}
    assert differing(client, known, lambda name: reverse(name, args=[draft.pk])) == {}

    draft_repository.keep(draft, who="other")
    details = {"appointments:draft_details": STEPS["appointments:draft_details"]}
    assert differing(client, details, lambda name: reverse(name, args=[draft.pk])) == {}


@pytest.mark.usefixtures("rows")
def test_what_the_staff_sees(client, manager):
    client.force_login(manager)
    assert differing(client, DESKS) == {}
