"""A patient changes a visit that is booked."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from appointments.models import Appointment, Status
from tests.browser import steps


def test_a_visit_is_moved_then_cancelled(signed_in, booked, patient_user):
    appointment = booked()
    page = signed_in(patient_user)
    page.goto("/citas/")
    steps.follow(page, page.locator("main a[href$='/mover/']"))
    wanted = steps.choose_time(page, -1)
    steps.submit(page, "#slots-form")

    appointment.refresh_from_db()
    assert steps.here(page) == "appointments:proof"
    assert wanted.endswith(f"{appointment.starts_at:%Y%m%dT%H%MZ}")
    assert (appointment.status, appointment.sequence) == (Status.BOOKED, 1)

    steps.open_from_proof(page, "cancelar/")
    page.fill("textarea[name=reason]", "Viaje")
    steps.submit(page)
    appointment.refresh_from_db()
    assert (appointment.status, appointment.cancellation_reason) == (Status.CANCELLED, "Viaje")
    assert page.locator(".citas-proof--struck").count() == 1
    page.goto("/citas/")
    assert page.locator(".citas-tag--cancelled").count() == 1
    assert page.locator("main a[href$='/mover/'], main a[href$='/cancelar/']").count() == 0


def test_moving_without_a_choice_is_asked_again(signed_in, booked, patient_user):
    page = signed_in(patient_user)
    page.goto(f"/citas/{booked().reference}/mover/")

    assert steps.submit(page, "#slots-form").status == 422
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.locator("[data-error-summary] a").click()
    expect(page.locator("input[name=slot]").first).to_be_focused()


def test_a_new_time_that_was_taken_meanwhile_leaves_the_old_one(
    signed_in, booked, patient_user, other_patient, visit_type, now
):
    appointment = booked()
    page = signed_in(patient_user)
    page.goto(f"/citas/{appointment.reference}/mover/")
    steps.choose_time(page, 7)
    rival = booked(steps.start_of(steps.chosen(page)), patient=other_patient)
    response = steps.submit(page, "#slots-form")

    assert response.status == 409
    expect(page.locator("[data-focus]")).to_be_focused()
    assert page.locator("input[name=slot]").count() == 5
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.sequence) == (now + timedelta(days=1), 0)

    steps.choose_time(page)
    steps.submit(page)
    appointment.refresh_from_db()
    assert steps.here(page) == "appointments:proof"
    assert appointment.sequence == 1
    assert appointment.starts_at not in (now + timedelta(days=1), rival.starts_at)


def test_after_the_cut_off_the_clinic_is_called(signed_in, booked, patient_user, clock):
    reference = booked(clock + timedelta(hours=2, minutes=30)).reference
    page = signed_in(patient_user)
    page.goto(f"/citas/{reference}/")

    assert page.locator("main a[href$='/mover/'], main a[href$='/cancelar/']").count() == 0
    assert page.locator("main a[href^='tel:']").count() == 1
    assert Appointment.objects.get().status == Status.BOOKED
