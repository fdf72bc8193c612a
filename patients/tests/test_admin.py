"""Patients at the desk: found in one box, changed with the same checks, never deleted."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients.models import Patient

LIST, ADD = "admin:patients_patient_changelist", "admin:patients_patient_add"
TYPED = {
    "given_names": "Eva",
    "first_surname": "Ibáñez",
    "second_surname": "",
    "birth_date": "1990-05-06",
    "document_type": "dni",
    "document_number": "87.654.321-x",
    "phone": "600 00 00 02",
    "email": "",
    "language": "es",
    "account": "",
    "relationship": "self",
    "active": "on",
}


@pytest.fixture
def desk(client, receptionist, place):
    client.force_login(receptionist)
    return client


@pytest.mark.parametrize("text", ["Munoz", "muñoz", "12.345.678-Z", "12345678z", "600 00 00 01", "ana prieto"])
def test_found_by_name_document_or_phone(desk, patient, text):
    Patient.objects.create(given_names="Bruno", first_surname="Díaz", phone="+34611111111")
    assert list(desk.get(reverse(LIST), {"q": text}).context["cl"].queryset) == [patient]


def test_list_shows_what_reception_asks_for(desk, patient):
    page = desk.get(reverse(LIST)).content.decode()
    assert all(words in page for words in ("Ana Muñoz Prieto", "DNI 12345678Z", "+34600000001"))


def test_list_asks_for_patients_twice_to_count_what_is_found_and_to_show_it(desk, patient):
    with CaptureQueriesContext(connection) as asked:
        desk.get(reverse(LIST), {"q": "munoz"})
    assert len([query for query in asked if "patients_patient" in query["sql"]]) == 2


def test_new_patient_is_stored_normalised(desk):
    assert desk.post(reverse(ADD), TYPED).status_code == 302
    made = Patient.objects.get()
    assert (made.document_country, made.document_number, str(made.phone)) == ("ES", "87654321X", "+34600000002")
    assert list(desk.get(reverse(LIST), {"q": "ibanez"}).context["cl"].queryset) == [made]


def test_patient_needs_neither_mail_nor_document_nor_phone(desk):
    typed = {**TYPED, "document_type": "", "document_number": "", "phone": "", "birth_date": ""}
    assert desk.post(reverse(ADD), typed).status_code == 302


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("document_number", "87654321A"),
        ("document_type", ""),
        ("phone", "12"),
        ("given_names", "E\u202ev"),
        ("first_surname", ""),
    ],
)
def test_what_cannot_be_right_is_an_error_at_its_field(desk, field, typed):
    response = desk.post(reverse(ADD), {**TYPED, field: typed})
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors


def test_change_is_stored_and_noted(desk, patient):
    address = reverse("admin:patients_patient_change", args=[patient.pk])
    assert desk.get(address).status_code == 200
    assert desk.post(address, {**TYPED, "account": patient.account_id}).status_code == 302
    patient.refresh_from_db()
    assert patient.first_surname == "Ibáñez"
    assert LogEntry.objects.get().object_id == str(patient.pk)


def test_document_of_before_the_clinic_moved_stays(desk, patient):
    Patient.objects.update(document_type="run", document_number="123456785", document_country="CL")
    typed = {**TYPED, "document_type": "run", "document_number": "123456785", "account": patient.account_id}
    assert desk.post(reverse("admin:patients_patient_change", args=[patient.pk]), typed).status_code == 302
    patient.refresh_from_db()
    assert patient.document_country == "CL"


def test_consents_are_shown_not_edited(desk, patient):
    Patient.objects.update(
        consents=[{"kind": "privacy", "version": "2026-11", "at": "2027-03-02T09:00:00.000Z", "language": "es"}]
    )
    page = desk.get(reverse("admin:patients_patient_change", args=[patient.pk])).content.decode()
    assert "2026-11 · 2027-03-02 · es" in page


def test_nobody_deletes(client, manager, place, patient):
    client.force_login(manager)
    assert client.post(reverse("admin:patients_patient_delete", args=[patient.pk]), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in client.get(reverse(LIST)).content.decode()


def test_doctors_do_not_see_the_list(client, doctor_user, place):
    client.force_login(doctor_user)
    assert client.get(reverse(LIST)).status_code == 403


def test_picking_a_patient_finds_without_accents(desk, patient):
    found = desk.get(
        reverse("admin:autocomplete"),
        {"term": "munoz", "app_label": "appointments", "model_name": "appointment", "field_name": "patient"},
    )
    assert [each["id"] for each in found.json()["results"]] == [str(patient.pk)]
