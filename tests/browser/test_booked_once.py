"""The same request sent twice books once, and shows the same proof."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from appointments.models import Appointment
from patients.models import Patient
from tests.browser import steps

BUTTON = "main form button[type=submit]"


def assert_booked_once(page: Page) -> None:
    page.wait_for_selector(".citas-proof__reference")
    assert page.inner_text(".citas-proof__reference") == Appointment.objects.get().reference
    assert Patient.objects.count() == 1


@pytest.mark.usefixtures("doctor")
@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
def test_a_double_click(visitor, javascript):
    page = visitor(java_script_enabled=javascript).new_page()
    steps.to_the_check(page, "lucia@example.com")
    page.dblclick(BUTTON)
    assert_booked_once(page)


@pytest.mark.usefixtures("doctor")
def test_a_repeated_post(page):
    steps.to_the_check(page, "lucia@example.com")
    action = page.get_attribute("main form", "action")
    token = page.get_attribute("main form input[name=csrfmiddlewaretoken]", "value")
    steps.submit(page)
    again = page.context.request.post(action, form={"csrfmiddlewaretoken": token}, headers={"Referer": page.url})
    assert again.url == page.url
    assert_booked_once(page)
