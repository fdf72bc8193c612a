"""Somebody who is known already books for a child."""

from __future__ import annotations

from appointments.models import Appointment
from patients.models import Patient
from tests.browser import steps


def test_a_child_without_a_document(signed_in, doctor, patient, patient_user):
    page = signed_in(patient_user)
    steps.begin(page)
    assert page.locator("input[name=who]").count() == 2
    steps.choose(page, "id_who_1")
    steps.submit(page)
    steps.type_details(page, given_names="Leo", document_number="", birth_date_year="2022")
    steps.choose(page, "id_relationship_0")
    steps.choose(page, "id_consent")
    steps.submit(page)
    steps.say_why(page)
    steps.submit(page)

    child = Appointment.objects.get().patient
    assert steps.here(page) == "appointments:proof"
    assert (child.given_names, child.relationship, child.account) == ("Leo", Patient.Relationship.CHILD, patient_user)
    assert child.full_name in page.inner_text("main")

    steps.begin(page)
    assert page.locator("input[name=who]").count() == 3


def test_a_known_patient_answers_three_questions(signed_in, doctor, patient, patient_user):
    page = signed_in(patient_user)
    steps.begin(page)
    steps.choose(page, "id_who_0")
    steps.submit(page)
    assert steps.here(page) == "appointments:draft_reason"
    steps.submit(page)
    steps.submit(page)
    assert Appointment.objects.get().patient == patient
