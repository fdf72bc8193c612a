"""A time that somebody else takes goes from the page within ten seconds, and nothing else on it changes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser import steps

PATHS = {
    "results": "/?especialidad=dermatologia",
    "results with a doctor": "/?especialidad=dermatologia&medico=ana-vega",
    "week": "/medicos/ana-vega/?desde=2027-03-08",
}


def after_ten_seconds(page: Page) -> Response:
    """The answer that htmx asks for by itself."""
    with page.expect_response(lambda response: "v=" in response.url) as asked:
        page.clock.fast_forward(10_000)
    return asked.value


@pytest.fixture
def looking(page, doctor, other_doctor, request) -> Page:
    page.clock.install()
    page.goto(PATHS[request.param])
    return page


@pytest.mark.parametrize("looking", PATHS, indirect=True)
def test_it_goes_and_the_choice_and_the_focus_stay(looking, booked, other_patient):
    first = looking.locator("input[name=slot]").first
    lost = first.get_attribute("value")
    chosen = steps.choose_time(looking, 3)
    looking.locator("input[name=slot]").nth(3).focus()
    place = looking.evaluate("scrollY")
    assert after_ten_seconds(looking).status == 204

    booked(steps.start_of(lost), patient=other_patient, doctor=doctor_of(lost))
    assert after_ten_seconds(looking).status == 200
    expect(looking.locator(f"input[value='{lost}']")).to_have_count(0)
    assert steps.chosen(looking) == chosen
    expect(looking.locator(f"input[value='{chosen}']")).to_be_focused()
    assert looking.evaluate("scrollY") == place
    assert after_ten_seconds(looking).status == 204


def doctor_of(value: str):
    from appointments.slot_code import SlotCode
    from doctors.models import Doctor

    return Doctor.objects.get(pk=SlotCode.parse(value).doctor)


def test_it_goes_from_the_times_of_a_move(signed_in, booked, patient_user, other_patient):
    page = signed_in(patient_user)
    page.clock.install()
    page.goto(f"/citas/{booked().reference}/mover/")
    lost = page.locator("input[name=slot]").last.get_attribute("value")
    chosen = steps.choose_time(page, -2)
    booked(steps.start_of(lost), patient=other_patient)

    assert after_ten_seconds(page).status == 200
    expect(page.locator(f"input[value='{lost}']")).to_have_count(0)
    assert steps.chosen(page) == chosen


@pytest.mark.usefixtures("doctor")
def test_the_arrows_change_the_week_without_losing_the_page(page):
    page.goto("/medicos/ana-vega/")
    heading = page.locator("h1").element_handle()
    label = page.inner_text(".citas-week__label")
    page.click(".citas-week a[rel=next]")
    expect(page.locator(".citas-week__label")).not_to_have_text(label)
    assert heading.evaluate("it => it.isConnected")
    assert "desde=" in page.url
    page.go_back()
    expect(page.locator(".citas-week__label")).to_have_text(label)
