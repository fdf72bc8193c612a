"""Two pages that programs lead to: the link of one free time, and the description of the API."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from appointments.fhir.ids import ScheduleId, SlotId
from appointments.models import Draft
from appointments.slot_code import SlotCode
from doctors.models import Offering
from tests.browser import steps
from tests.browser.eyes import WIDTHS, faults

START = datetime.fromisoformat("2027-03-03T09:30:00+01:00")


@pytest.fixture
def link(doctor, place) -> str:
    schedule = ScheduleId(Offering.objects.get(doctor=doctor).pk, place.pk)
    return reverse("appointments:slot", args=[str(SlotId(schedule, START))])


@pytest.mark.parametrize("size", WIDTHS, ids=lambda size: f"{size['width']} px")
def test_the_link_of_a_slot_leads_into_the_booking_with_that_time(page, link, doctor, visit_type, place, size):
    page.set_viewport_size(size)
    page.goto(link)
    code = str(SlotCode(doctor.pk, visit_type.pk, place.pk, START))
    assert steps.chosen(page) == code
    assert faults(page) == []

    page.set_viewport_size(size)
    steps.submit(page)
    assert Draft.objects.get().data["slot"] == code


@pytest.mark.usefixtures("place")
def test_a_slot_that_there_is_not_shuts_nobody_out(page, link, booked, other_patient):
    booked(START, patient=other_patient)
    page.goto(link)
    assert steps.chosen(page) == ""
    assert faults(page) == []


@pytest.mark.usefixtures("place")
def test_the_description_of_the_api(page):
    page.goto("/api/docs")
    assert faults(page) == []
    described = page.locator("[lang=en] h3[id]")
    assert described.count() > 20
    assert page.get_attribute("html", "lang") == "es"
    outside = page.locator("main h3 code").count() - page.locator("main [lang=en] h3 code").count()
    assert outside == 0
