"""Back, refresh, a second tab, the log-in and a session that runs out: what was typed is still there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error, Page

from appointments.models import Appointment
from patients.models import Patient
from tests.browser import steps

EMAIL = "bruno@example.com"


@pytest.fixture
def at_the_details(signed_in, doctor, other_user) -> Page:
    page = signed_in(other_user)
    page.goto(f"/medicos/{doctor.slug}/")
    steps.choose_time(page)
    steps.submit(page, "#slots-form")
    steps.for_myself(page)
    return page


@pytest.fixture
def at_the_check(at_the_details) -> Page:
    steps.fill_in(at_the_details)
    steps.say_why(at_the_details)
    return at_the_details


def typed(page: Page) -> dict[str, str]:
    return {name: page.input_value(f"input[name={name}]") for name in steps.TYPED}


def test_back_and_forward(at_the_details):
    page = at_the_details
    steps.type_details(page)
    page.go_back()
    page.go_forward()
    assert typed(page) == steps.TYPED


@pytest.mark.parametrize("number", ["12345678Z", "wrong"], ids=["right", "wrong"])
def test_the_back_link_after_sending(at_the_details, number):
    page = at_the_details
    steps.type_details(page, document_number=number)
    steps.choose(page, "id_consent")
    steps.submit(page)
    if number == "12345678Z":
        steps.follow(page, page.locator(".govuk-back-link"))
    else:
        page.goto(page.url)
    assert steps.here(page) == "appointments:draft_details"
    assert typed(page) == {**steps.TYPED, "document_number": number}


def test_refresh_before_sending(at_the_details):
    page = at_the_details
    steps.type_details(page)
    steps.choose(page, "id_document_type_1")
    page.reload()
    assert typed(page) == steps.TYPED
    assert page.is_checked("#id_document_type_1")


def test_the_back_link_before_sending(at_the_details):
    page = at_the_details
    steps.type_details(page)
    steps.follow(page, page.locator(".govuk-back-link"))
    steps.submit(page)
    assert typed(page) == steps.TYPED


def test_a_broken_connection(at_the_details):
    page = at_the_details
    url = page.url
    steps.type_details(page)
    page.context.set_offline(True)
    with pytest.raises(Error, match="INTERNET_DISCONNECTED"):
        steps.submit(page)
    page.context.set_offline(False)
    page.goto(url)
    assert typed(page) == steps.TYPED


def test_logging_out_forgets_what_was_not_sent(at_the_details):
    page = at_the_details
    url = page.url
    steps.type_details(page)
    steps.submit(page, "header form")
    assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('typed:'))") == []
    page.goto(url)
    steps.prove_address(page, EMAIL)
    assert typed(page)["given_names"] == ""


def test_back_from_the_check_to_every_question(at_the_check):
    page = at_the_check
    page.go_back()
    assert page.input_value("textarea[name=reason]") == steps.WHY
    page.go_back()
    assert typed(page) == steps.TYPED
    page.go_back()
    assert page.is_checked("#id_who_0")


def test_refresh_at_the_check(at_the_check):
    page = at_the_check
    page.reload()
    assert steps.WHY in page.inner_text("main")
    assert "Lucía Pérez Ñíguez" in page.inner_text("main")


def test_two_tabs_are_two_visits(at_the_check):
    first = at_the_check
    second = first.context.new_page()
    steps.begin(second, 3)
    steps.choose(second, "id_who_0")
    steps.submit(second)
    steps.type_details(second, given_names="Marta", document_number="87654321X")
    steps.choose(second, "id_consent")
    steps.submit(second)
    first.reload()
    assert "Lucía Pérez" in first.inner_text("main")
    steps.submit(first)
    assert Appointment.objects.get().reason == steps.WHY


def test_the_same_visit_in_two_tabs_is_booked_once(at_the_check):
    first = at_the_check
    second = first.context.new_page()
    second.goto(first.url)
    steps.submit(first)
    steps.submit(second)
    assert first.url == second.url
    assert Appointment.objects.count() == Patient.objects.count() == 1


def test_the_session_ends_while_details_are_typed(at_the_details):
    page = at_the_details
    steps.type_details(page)
    steps.choose(page, "id_consent")
    steps.forget_session(page.context)
    steps.submit(page)
    steps.prove_address(page, EMAIL)
    assert typed(page) == steps.TYPED


def test_the_session_ends_while_the_reason_is_typed(at_the_details):
    page = at_the_details
    steps.fill_in(page)
    page.fill("textarea", steps.WHY)
    steps.forget_session(page.context)
    steps.submit(page)
    steps.prove_address(page, EMAIL)
    assert page.input_value("textarea") == steps.WHY


def test_the_session_ends_before_the_last_button(at_the_check):
    page = at_the_check
    steps.forget_session(page.context)
    steps.submit(page)
    assert Appointment.objects.count() == 0
    steps.prove_address(page, EMAIL)
    assert steps.here(page) == "appointments:draft_check"
    steps.submit(page)
    assert Appointment.objects.get().reason == steps.WHY


def test_another_account_does_not_see_what_was_typed(at_the_check, patient_user):
    page = at_the_check
    url = page.url
    steps.forget_session(page.context)
    steps.submit(page)
    steps.prove_address(page, patient_user.email)
    assert page.goto(url).status == 404
    assert Appointment.objects.count() == 0


def test_back_from_the_proof_leads_to_the_proof(at_the_check):
    page = at_the_check
    steps.submit(page)
    proof = page.url
    page.go_back()
    assert page.url == proof
