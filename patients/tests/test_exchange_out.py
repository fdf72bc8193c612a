"""The list of patients as a file: harmless to spreadsheets, bounded, and good to be imported again."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from citas.exchange import administration, resources
from patients.models import Patient
from tests import engines
from tests.files import csv_file as made
from tests.files import rows_of

EXPORT, IMPORT = "admin:patients_patient_export", "admin:patients_patient_import"
CSV, XLSX = "0", "1"


@pytest.fixture
def desk(client, receptionist, place):
    client.force_login(receptionist)
    return client


def export(desk, kind=CSV, **query):
    return desk.post(reverse(EXPORT, query=query), {"resource": "0", "format": kind})


@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_file_holds_the_list_and_is_not_kept(desk, patient, kind):
    response = export(desk, kind)

    header, row = rows_of(response)
    assert dict(zip(header, row, strict=True))["birth_date"] == "1985-04-12"
    assert row[:5] == ["dni", "12345678Z", "Ana", "Muñoz", "Prieto"]
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"].startswith("attachment; filename=")


@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_an_export_can_be_imported_again_and_changes_nothing(desk, patient, other_patient, kind):
    Patient.objects.create(given_names="Solo", first_surname="Nombre")
    Patient.objects.create(given_names="Pablo", first_surname="Rey", document_type="run", document_number="123456785")
    response = export(desk, kind)
    file = made(name=f"list.{'csv' if kind == CSV else 'xlsx'}")
    file.file = type(file.file)(response.content)
    file.size = len(response.content)

    page = desk.post(reverse(IMPORT), {"import_file": file, "resource": "0", "check": ""})
    assert page.context["result"].totals["skip"] == 4


def test_what_the_list_does_not_show_is_not_in_the_file(desk, patient, other_patient):
    Patient.objects.filter(pk=other_patient.pk).update(active=False)
    assert len(rows_of(export(desk, active__exact="1"))) == 2
    assert len(rows_of(export(desk, q="munoz"))) == 2
    assert len(rows_of(export(desk))) == 3


def test_addresses_that_no_list_has_lead_back(desk, patient):
    assert export(desk, active__exact="x").status_code == 302


def test_hidden_patients_of_trials_are_not_in_the_file(desk, patient):
    Patient.objects.update(search=[])
    assert len(rows_of(export(desk))) == 1


@pytest.mark.parametrize("kind", [CSV, XLSX])
@pytest.mark.parametrize("text", ["=1+1@example.com", "+cmd@example.com", "-2@example.com", "@SUM(1)", "=HYPERLINK(1)"])
def test_no_cell_is_a_formula(desk, patient, kind, text):
    Patient.objects.update(email=text)
    cells = rows_of(export(desk, kind))[1]
    assert f"'{text}" in cells
    assert "+34600000001" in cells  # a sum of one number: a spreadsheet can do no harm with it


def test_queries_do_not_grow_with_the_list(desk, patient):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            export(desk)
        return len(engines.asked(captured))

    few = asked()
    Patient.objects.bulk_create(Patient(given_names="Eva", first_surname="Gil", search=["eva"]) for _ in range(300))
    assert asked() == few


def test_a_list_that_is_too_long_is_refused_in_words(desk, patient, other_patient, monkeypatch):
    for module in (administration, resources):
        monkeypatch.setattr(module, "MOST_LISTED", 1)
    page = export(desk)
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    assert len(rows_of(export(desk, q="munoz"))) == 2


def test_who_exported_how_many_is_written_down_and_nothing_of_the_patients(desk, patient, receptionist, caplog):
    with caplog.at_level("INFO"):
        export(desk)
    line = next(
        record.msg for record in caplog.records if isinstance(record.msg, dict) and record.msg["event"] == "exported"
    )
    assert (line["user"], line["rows"]) == (str(receptionist.pk), 1)
    assert "Muñoz" not in json.dumps(line, default=str, ensure_ascii=False)


@pytest.mark.parametrize("address", [EXPORT, IMPORT])
def test_doctors_neither_export_nor_import_patients(client, doctor_user, place, address):
    client.force_login(doctor_user)
    assert client.get(reverse(address)).status_code == 403
    assert client.post(reverse(address), {"format": "0"}).status_code == 403


def test_other_actions_of_the_list_are_as_before(desk, patient):
    page = desk.get(reverse("admin:patients_patient_changelist")).content.decode()
    assert reverse(IMPORT) in page
    assert reverse(EXPORT) in page
    assert "delete_selected" not in page
