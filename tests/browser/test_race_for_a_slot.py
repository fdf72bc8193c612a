"""Two people want the same time: one gets it, and the other loses nothing that was typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from appointments.models import Appointment
from tests.browser import steps


@pytest.mark.usefixtures("doctor")
def test_the_loser_is_offered_the_nearest_and_books_another(visitor):
    first, second = visitor().new_page(), visitor().new_page()
    wanted = steps.to_the_check(first, "lucia@example.com")
    steps.to_the_check(second, "marta@example.com", document_number="87654321X")
    steps.submit(first)
    response = steps.submit(second)

    assert response.status == 409
    expect(second.locator("[data-focus]")).to_be_focused()
    offered = [each.get_attribute("value") for each in second.locator("input[name=slot]").all()]
    assert len(offered) == 5
    assert wanted not in offered

    another = steps.choose_time(second)
    steps.submit(second)
    assert steps.here(second) == "appointments:draft_check"
    assert steps.WHY in second.inner_text("main")
    steps.submit(second)
    assert steps.here(second) == "appointments:proof"
    starts = {each.patient.account.email: each.starts_at for each in Appointment.objects.all()}
    assert starts == {"lucia@example.com": steps.start_of(wanted), "marta@example.com": steps.start_of(another)}


@pytest.mark.usefixtures("doctor")
def test_the_loser_may_look_at_the_whole_week_instead(visitor, booked, other_patient):
    page = visitor().new_page()
    wanted = steps.to_the_check(page, "lucia@example.com")
    booked(steps.start_of(wanted), patient=other_patient)
    steps.submit(page)
    steps.follow(page, page.locator("main a[href*='borrador=']"))
    another = steps.choose_time(page, 8)
    steps.submit(page, "#slots-form")

    assert steps.here(page) == "appointments:draft_check"
    assert steps.WHY in page.inner_text("main")
    steps.submit(page)
    assert Appointment.objects.get(patient__account__email="lucia@example.com").starts_at == steps.start_of(another)
