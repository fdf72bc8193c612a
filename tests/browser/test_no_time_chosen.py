"""The button under the times was pressed without a time."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from appointments.models import Draft
from tests.browser import steps


@pytest.mark.usefixtures("doctor", "other_doctor")
@pytest.mark.parametrize("path", ["/?especialidad=dermatologia", "/medicos/ana-vega/?desde=2027-03-10"])
def test_the_same_page_asks_for_one(page, path):
    page.goto(path)
    steps.submit(page, "#slots-form")

    assert path in page.url
    assert Draft.objects.count() == 0
    expect(page.locator("[data-error-summary]")).to_be_focused()
    line = page.locator("[data-error-summary] a")
    line.click()
    expect(page.locator("input[name=slot]").first).to_be_focused()
    assert line.inner_text() in page.inner_text("fieldset .govuk-error-message")

    steps.choose_time(page)
    steps.submit(page, "#slots-form")
    assert Draft.objects.count() == 1
