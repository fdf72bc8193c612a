"""The main job: somebody whom the clinic does not know books a visit, on a phone, in a minute."""

from __future__ import annotations

import icalendar
import pytest
from django.core import mail
from playwright.sync_api import expect

from appointments.models import Appointment, Status
from notifications import delivery, outbox
from notifications.models import Message
from patients.models import Patient
from tests.browser import steps

EMAIL = "lucia@example.com"


@pytest.mark.usefixtures("doctor")
def test_a_visit_is_booked_with_what_was_typed(page):
    value = steps.book(page, EMAIL)

    appointment, patient = Appointment.objects.get(), Patient.objects.get()
    assert steps.here(page) == "appointments:proof"
    assert page.locator(".citas-proof__reference").inner_text() == appointment.reference
    assert value.endswith(f"{appointment.starts_at:%Y%m%dT%H%MZ}")
    assert (appointment.status, appointment.reason) == (Status.BOOKED, steps.WHY)
    assert (appointment.patient, patient.full_name) == (patient, "Lucía Pérez Ñíguez")
    assert (patient.account.email, str(patient.phone), patient.consents[0]["language"]) == (EMAIL, "+34600123456", "es")


@pytest.mark.usefixtures("doctor")
def test_it_takes_nine_pages(page):
    pages = []
    page.on("framenavigated", lambda frame: pages.append(steps.here(page)))
    steps.book(page, EMAIL)

    assert pages == [
        "appointments:search",
        "appointments:search",
        "account_request_login_code",
        "account_confirm_login_code",
        "appointments:draft_who",
        "appointments:draft_details",
        "appointments:draft_reason",
        "appointments:draft_check",
        "appointments:proof",
    ]


@pytest.mark.usefixtures("doctor")
def test_the_calendar_file_is_downloaded(page):
    steps.book(page, EMAIL)
    with page.expect_download() as download:
        page.click("a[download]")

    calendar = icalendar.Calendar.from_ical(download.value.path().read_bytes())
    event = calendar.walk("VEVENT")[0]
    assert (calendar["METHOD"], event.start) == ("PUBLISH", Appointment.objects.get().starts_at)


@pytest.mark.usefixtures("doctor")
def test_the_confirmation_is_sent(page, clock):
    steps.book(page, EMAIL)
    outbox.write_due(now=clock)
    delivery.deliver_due(now=clock, limit=5)

    confirmation = Message.objects.get(kind=Message.Kind.CONFIRMATION)
    assert (confirmation.recipient, confirmation.state) == (EMAIL, Message.State.SENT)
    assert Appointment.objects.get().reference in mail.outbox[-1].body


@pytest.mark.usefixtures("doctor")
def test_a_wrong_answer_is_named_at_the_top_and_at_its_field(page):
    steps.begin(page)
    steps.prove_address(page, EMAIL)
    steps.choose(page, "id_who_0")
    steps.submit(page)
    steps.type_details(page, document_number="12345678A", phone="", birth_date_year="2999")
    response = steps.submit(page)

    assert response.status == 422
    expect(page.locator("[data-error-summary]")).to_be_focused()
    lines = page.locator("[data-error-summary] li a")
    assert lines.count() == 4
    for line in lines.all():
        line.click()
        field = page.locator("main form :focus")
        words = page.locator(f"[id='{_described_by(field)}']").inner_text()
        assert line.inner_text() in words
    assert page.input_value("input[name=given_names]") == steps.TYPED["given_names"]
    assert page.input_value("input[name=document_number]") == "12345678A"


def _described_by(field) -> str:
    """Which element tells the errors of a field, or of the group it stands in."""
    described = field.evaluate(
        "it => (it.closest('fieldset[aria-describedby]') || it).getAttribute('aria-describedby')"
    )
    return described.split()[-1]
