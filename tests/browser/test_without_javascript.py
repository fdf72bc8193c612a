"""Every page works without JavaScript; it only makes them smoother."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from appointments.models import Appointment, Status
from tests.browser import steps


@pytest.fixture
def plain_page(visitor) -> Page:
    return visitor(java_script_enabled=False).new_page()


def test_a_new_patient_books_moves_and_cancels(plain_page, doctor, visit_type):
    visit_type.cutoff = 60
    visit_type.save()
    steps.book(plain_page, "lucia@example.com")
    appointment = Appointment.objects.get()
    assert steps.here(plain_page) == "appointments:proof"
    assert appointment.reference in plain_page.inner_text("main")

    steps.open_from_proof(plain_page, "mover/")
    wanted = steps.choose_time(plain_page, -1)
    steps.submit(plain_page, "#slots-form")
    appointment.refresh_from_db()
    assert wanted.endswith(f"{appointment.starts_at:%Y%m%dT%H%MZ}")

    steps.open_from_proof(plain_page, "cancelar/")
    steps.submit(plain_page)
    appointment.refresh_from_db()
    assert (appointment.status, appointment.sequence) == (Status.CANCELLED, 2)


@pytest.mark.usefixtures("doctor")
def test_the_weeks_of_a_doctor_have_arrows(plain_page):
    plain_page.goto("/medicos/")
    steps.follow(plain_page, plain_page.locator("main .citas-card a").first)
    first = plain_page.inner_text(".citas-week__label")
    steps.follow(plain_page, plain_page.locator(".citas-week a[rel=next]"))
    assert plain_page.inner_text(".citas-week__label") != first
    steps.follow(plain_page, plain_page.locator(".citas-week a[rel=prev]"))
    assert plain_page.inner_text(".citas-week__label") == first


@pytest.mark.usefixtures("doctor")
def test_the_search_is_narrowed_down(plain_page, other_doctor):
    steps.search(plain_page)
    assert plain_page.locator(".citas-card--slots").count() == 2
    plain_page.click("main details summary")
    plain_page.select_option("select[name=medico]", other_doctor.slug)
    steps.submit(plain_page, "main details form")
    assert plain_page.locator(".citas-card--slots").count() == 1


@pytest.mark.usefixtures("doctor")
def test_a_form_with_errors_comes_back(plain_page):
    steps.to_the_details(plain_page, "lucia@example.com")
    steps.type_details(plain_page, phone="")
    assert steps.submit(plain_page).status == 422
    assert plain_page.locator("[data-error-summary] a[href='#id_phone']").count() == 1
    assert plain_page.input_value("input[name=given_names]") == steps.TYPED["given_names"]
