"""Patients out of a file: all of it or nothing, and the same file again changes nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients import exchange_repository
from patients.models import Patient
from tests import engines
from tests.files import csv_file, faults, totals, xlsx_file

IMPORT = "admin:patients_patient_import"
HEADER = [
    *("document_type", "document_number", "given_names", "first_surname", "second_surname"),
    *("birth_date", "phone", "email", "language"),
]
EVA = ["dni", "87.654.321-x", "Eva", "Ibáñez", "", "1990-05-06", "600 00 00 02", "eva@example.com", "en"]
CHILD = ["", "", "Lía", "Ibáñez", "Gil", "2019-05-01", "", "", ""]


@pytest.fixture
def desk(client, receptionist, place):
    client.force_login(receptionist)
    return client


def send(desk, file, *, store=True):
    return desk.post(reverse(IMPORT), {"import_file": file, "resource": "0", "store" if store else "check": ""})


@pytest.mark.parametrize("made", [csv_file, xlsx_file])
def test_new_patients_are_stored_normalised_and_found(desk, made):
    assert send(desk, made(HEADER, EVA, CHILD)).status_code == 302

    eva, lia = Patient.objects.order_by("birth_date")
    assert (eva.document_country, eva.document_number, str(eva.phone)) == ("ES", "87654321X", "+34600000002")
    assert (eva.language, lia.language, lia.document_type) == ("en", "es", "")
    assert (eva.consents, eva.account, eva.active, eva.created_at is not None) == ([], None, True, True)
    found = desk.get(reverse("admin:patients_patient_changelist"), {"q": "ibanez eva"}).context["cl"].queryset
    assert list(found) == [eva]


def test_dates_and_numbers_of_a_spreadsheet_are_read(desk):
    row = ["passport", 1234567.0, "Eva", "Ibáñez", None, date(1990, 5, 6), 600000002, None, None]
    assert send(desk, xlsx_file(HEADER, row)).status_code == 302

    made = Patient.objects.get()
    assert (made.document_number, made.birth_date, str(made.phone)) == ("1234567", date(1990, 5, 6), "+34600000002")


def test_semicolons_empty_lines_and_the_mark_are_read(desk):
    file = csv_file(HEADER, [], EVA, [""] * 9, CHILD, delimiter=";")
    file.file = type(file.file)(b"\xef\xbb\xbf" + file.read())
    assert send(desk, file).status_code == 302
    assert Patient.objects.count() == 2


def test_a_check_writes_nothing_at_all(desk, patient):
    changed = ["dni", "12345678Z", "Ana", "Muñoz", "Otra", "1985-04-12", "+34600000001", "", "es"]
    with CaptureQueriesContext(connection) as asked:
        page = send(desk, csv_file(HEADER, EVA, changed), store=False)

    assert (page.status_code, totals(page)) == (200, (1, 1, 0))
    assert [text for text in engines.writes(asked) if "django_session" not in text] == []
    assert (
        Patient.objects.count(),
        LogEntry.objects.count(),
        apps.get_model("notifications", "Message").objects.count(),
    ) == (1, 0, 0)
    assert "Otra" in page.content.decode()


def test_control_storing_is_seen_as_writes(desk):
    with CaptureQueriesContext(connection) as asked:
        send(desk, csv_file(HEADER, EVA))
    assert any("patients_patient" in text for text in engines.writes(asked))


def test_the_same_file_again_changes_nothing(desk):
    send(desk, csv_file(HEADER, EVA, CHILD))
    before = list(Patient.objects.order_by("pk").values())

    assert totals(send(desk, csv_file(HEADER, EVA, CHILD), store=False)) == (0, 0, 2)
    send(desk, csv_file(HEADER, EVA, CHILD))
    assert list(Patient.objects.order_by("pk").values()) == before
    assert LogEntry.objects.count() == 2


def test_a_known_document_changes_its_patient_and_nothing_else_of_it(desk, patient):
    row = ["dni", "12.345.678-Z", "Ana", "Muñoz", "Prieto", "1985-04-12", "611111111", "", "es"]
    send(desk, csv_file(HEADER, row))

    changed = Patient.objects.get()
    assert (changed.pk, str(changed.phone), changed.account_id) == (patient.pk, "+34611111111", patient.account_id)
    assert changed.search != patient.search
    assert LogEntry.objects.get().object_id == str(patient.pk)


def test_whoever_had_no_document_gets_it_instead_of_a_second_record(desk):
    send(desk, csv_file(HEADER, [*("", ""), *EVA[2:]]))
    send(desk, csv_file(HEADER, EVA))
    assert Patient.objects.get().document_number == "87654321X"


def test_a_namesake_with_another_document_is_somebody_else(desk):
    send(desk, csv_file(HEADER, EVA))
    send(desk, csv_file(HEADER, ["dni", "11111111H", *EVA[2:]]))
    assert Patient.objects.count() == 2


def test_columns_that_are_left_out_stay_as_they_are(desk, patient):
    Patient.objects.update(email="ana@example.com")
    send(desk, csv_file(HEADER[:7], ["dni", "12345678Z", "Anna", "Muñoz", "Prieto", "1985-04-12", "+34600000001"]))
    assert Patient.objects.values_list("given_names", "email").get() == ("Anna", "ana@example.com")


def test_wrong_rows_are_told_by_their_numbers_and_nothing_is_stored(desk):
    numbered = [["dni", f"{number}", *EVA[2:]] for number in ("87654321A", "11111111H", "22222222J")]
    numbered[1][5], numbered[2][6] = "31/12/1990", "12"
    wrong = [*numbered, [*CHILD[:3], "", *CHILD[4:]]]
    page = send(desk, csv_file(HEADER, EVA, [], *wrong, CHILD))

    assert page.status_code == 200
    assert faults(page) == {4: {"document_number"}, 5: {"birth_date"}, 6: {"phone"}, 7: {"first_surname"}}
    assert (Patient.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_the_same_person_twice_in_a_file_is_an_error(desk):
    page = send(desk, csv_file(HEADER, EVA, ["dni", "87654321X", *EVA[2:]]))
    assert set(faults(page)) == {3}


def test_two_stored_records_of_one_document_are_an_error(desk, patient, other_patient):
    Patient.objects.update(document_number="12345678Z")
    page = send(desk, csv_file(HEADER, ["dni", "12345678Z", *EVA[2:]]))
    assert set(faults(page)) == {2}


@pytest.mark.parametrize(
    "column", ["account", "relationship", "active", "consents", "id", "search", "document_country"]
)
def test_what_a_file_must_not_set_is_no_column(desk, column):
    page = send(desk, csv_file([*HEADER, column], [*EVA, "x"]))
    assert len(page.context["result"].base_errors) == 1
    assert Patient.objects.count() == 0


@pytest.mark.parametrize("header", [HEADER[1:], [*HEADER, "phone"], [name.upper() for name in HEADER]])
def test_missing_and_repeated_columns_are_refused(desk, header):
    assert send(desk, csv_file(header, ["x"] * len(header))).context["result"].base_errors


def test_nobody_stores_a_file_while_another_is_being_stored(desk, monkeypatch):
    """A button pressed twice: the second request comes between the first one's check and its storing."""
    store, answers = exchange_repository.store, []

    def press_again(**rows):
        monkeypatch.setattr(exchange_repository, "store", store)
        answers.append(send(desk, csv_file(HEADER, CHILD)).status_code)
        store(**rows)

    monkeypatch.setattr(exchange_repository, "store", press_again)
    assert send(desk, csv_file(HEADER, CHILD)).status_code == 302
    assert answers == [409]
    assert send(desk, csv_file(HEADER, CHILD)).status_code == 302
    assert Patient.objects.count() == 1


def test_what_somebody_changed_meanwhile_is_not_written_over(desk, patient, monkeypatch):
    store = exchange_repository.store

    def late(**rows):
        other = Patient.objects.get()
        other.first_surname = "Ortega"
        other.save()
        store(**rows)

    monkeypatch.setattr(exchange_repository, "store", late)
    row = ["dni", "12345678Z", "Ana", "Muñoz", "Prieto", "1985-04-12", "611111111", "", "es"]
    assert send(desk, csv_file(HEADER, row)).status_code == 409
    assert str(Patient.objects.get().phone) == "+34600000001"


def test_a_file_that_failed_bars_no_other(desk, monkeypatch):
    desk.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("citas.exchange.repository.note", None)
        assert send(desk, csv_file(HEADER, CHILD)).status_code == 500
    assert send(desk, csv_file(HEADER, CHILD)).status_code == 302


def test_what_fails_while_it_is_stored_leaves_nothing(desk, patient, monkeypatch):
    def fail(**note):
        raise RuntimeError

    monkeypatch.setattr("citas.exchange.repository.note", fail)
    desk.raise_request_exception = False
    row = ["dni", "12345678Z", "Anna", "Muñoz", "Prieto", "1985-04-12", "+34600000001", "", "es"]
    assert send(desk, csv_file(HEADER, EVA, row)).status_code == 500
    assert Patient.objects.get().given_names == "Ana"


def test_a_file_is_stored_with_few_queries(desk):
    rows = [[*("", ""), "Eva", f"Ibáñez {chr(65 + n // 26)}{chr(65 + n % 26)}", *EVA[4:]] for n in range(100)]
    with CaptureQueriesContext(connection) as asked:
        assert send(desk, csv_file(HEADER, *rows)).status_code == 302
    assert Patient.objects.count() == 100
    assert len(engines.asked(asked)) < 25
