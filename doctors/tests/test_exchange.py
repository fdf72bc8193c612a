"""Doctors and their weekly hours as files, in and out."""

from __future__ import annotations

from datetime import time

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doctors import exchange_repository
from doctors.models import Doctor, WorkingHours
from tests import engines
from tests.files import csv_file, faults, rows_of, totals, xlsx_file

IMPORT, EXPORT = "admin:doctors_doctor_import", "admin:doctors_doctor_export"
DOCTORS, HOURS = "0", "1"
DOCTOR = ["slug", "title", "given_names", "surnames", "specialty", "languages", "bio", "bio_en"]
EVA = ["", "Dra.", "Eva", "Muñoz Gil", "dermatologia", "español", "Piel.", ""]
RULE = ["doctor", "location", "weekday", "starts", "ends", "valid_from", "valid_until"]
SATURDAY = ["ana-vega", "centro", 6, "09:00", "14:00", "2027-01-01", ""]


@pytest.fixture
def desk(client, manager):
    client.force_login(manager)
    return client


def send(desk, what, file, *, store=True):
    return desk.post(reverse(IMPORT), {"import_file": file, "resource": what, "store" if store else "check": ""})


@pytest.mark.parametrize("made", [csv_file, xlsx_file])
def test_a_doctor_is_made_once_and_has_a_short_name(desk, specialty, made):
    assert send(desk, DOCTORS, made(DOCTOR, EVA)).status_code == 302
    assert totals(send(desk, DOCTORS, made(DOCTOR, EVA), store=False)) == (0, 0, 1)

    stored = Doctor.objects.get()
    assert (stored.slug, stored.specialty, stored.user, stored.active) == ("eva-munoz-gil", specialty, None, True)
    assert LogEntry.objects.get().object_id == str(stored.pk)


def test_a_doctor_is_changed_by_the_short_name(desk, doctor, doctor_user):
    send(desk, DOCTORS, csv_file(DOCTOR[:5], ["ana-vega", "Dra.", "Ana María", "Vega Ruiz", "dermatologia"]))
    changed = Doctor.objects.get()
    assert (changed.pk, changed.given_names, changed.user) == (doctor.pk, "Ana María", doctor_user)


def test_wrong_doctors_are_told_by_row_and_nothing_is_stored(desk, specialty, doctor):
    Doctor.objects.filter(pk=doctor.pk).update(hidden=True)
    rows = [EVA, [*EVA[:4], "alquimia"], ["Mal nombre", *EVA[1:]], ["ana-vega", *EVA[1:]], ["otra", "", "", *EVA[3:]]]
    page = send(desk, DOCTORS, csv_file(DOCTOR, *rows))
    assert set(faults(page)) == {3, 4, 5, 6}
    assert Doctor.objects.count() == 1


@pytest.mark.parametrize("column", ["user", "active", "hidden", "version", "id"])
def test_what_a_file_must_not_set_is_no_column(desk, specialty, column):
    assert send(desk, DOCTORS, csv_file([*DOCTOR, column], [*EVA, "1"])).context["result"].base_errors
    assert not Doctor.objects.exists()


@pytest.mark.parametrize("made", [csv_file, xlsx_file])
def test_hours_are_stored_once_and_noted_with_the_doctor(desk, doctor, made):
    assert send(desk, HOURS, made(RULE, SATURDAY)).status_code == 302
    assert totals(send(desk, HOURS, made(RULE, SATURDAY), store=False)) == (0, 0, 1)

    assert doctor.hours.get(weekday=6).ends == time(14)
    assert LogEntry.objects.get().object_id == str(doctor.pk)


def test_times_of_a_spreadsheet_are_read(desk, doctor):
    send(desk, HOURS, xlsx_file(RULE, [*SATURDAY[:3], time(9), time(0), "2027-01-01", None]))
    assert doctor.hours.get(weekday=6).ends == time(0)


def test_the_end_of_a_rule_can_change(desk, doctor):
    send(desk, HOURS, csv_file(RULE, SATURDAY))
    send(desk, HOURS, csv_file(RULE, [*SATURDAY[:4], "15:00", "2027-01-01", "2027-12-31"]))
    rule = doctor.hours.get(weekday=6)
    assert (rule.ends, str(rule.valid_until)) == (time(15), "2027-12-31")


def test_a_check_of_hours_writes_nothing(desk, doctor):
    with CaptureQueriesContext(connection) as asked:
        assert totals(send(desk, HOURS, csv_file(RULE, SATURDAY), store=False)) == (1, 0, 0)
    assert [text for text in engines.writes(asked) if "django_session" not in text] == []
    assert WorkingHours.objects.count() == 10


@pytest.mark.parametrize(
    "row",
    [
        ["ana-vega", "centro", 1, "12:00", "16:00", "2027-01-01", ""],
        ["ana-vega", "centro", 8, "09:00", "14:00", "2027-01-01", ""],
        ["ana-vega", "centro", 6, "09:02", "14:00", "2027-01-01", ""],
        ["ana-vega", "centro", 6, "14:00", "09:00", "2027-01-01", ""],
        ["ana-vega", "centro", 6, "nine", "14:00", "2027-01-01", ""],
        ["ana-vega", "centro", 6, "09:00", "14:00", "", ""],
        ["ana-vega", "centro", 6, "09:00", "14:00", "2027-02-30", ""],
        ["ana-vega", "centro", 6, "09:00", "14:00", "2027-02-01", "2027-01-01"],
        ["nobody", "centro", 6, "09:00", "14:00", "2027-01-01", ""],
        ["ana-vega", "nowhere", 6, "09:00", "14:00", "2027-01-01", ""],
    ],
)
def test_wrong_hours_are_told_by_row_and_nothing_is_stored(desk, doctor, row):
    page = send(desk, HOURS, csv_file(RULE, ["ana-vega", "centro", 7, "09:00", "14:00", "2027-01-01", ""], row))
    assert set(faults(page)) == {3}
    assert WorkingHours.objects.count() == 10


def test_rules_of_one_file_must_not_overlap(desk, doctor):
    page = send(desk, HOURS, csv_file(RULE, SATURDAY, [*SATURDAY[:3], "13:00", "15:00", "2027-01-01", ""]))
    assert set(faults(page)) == {3}


def test_a_file_may_make_room_for_its_own_rules_in_any_order(desk, doctor):
    later = ["ana-vega", "centro", 1, "12:00", "14:00", "2027-01-01", ""]
    shorter = ["ana-vega", "centro", 1, "09:00", "12:00", "2020-01-01", ""]
    assert send(desk, HOURS, csv_file(RULE, later, shorter)).status_code == 302
    assert sorted(rule.ends for rule in doctor.hours.filter(weekday=1)) == [time(12), time(14), time(18)]


def test_hours_that_somebody_stored_meanwhile_are_not_overlapped(desk, doctor, place, monkeypatch):
    store = exchange_repository.store_hours

    def late(**rows):
        more = {"starts": time(10), "ends": time(11), "valid_from": "2027-01-01"}
        WorkingHours.objects.create(doctor=doctor, location=place, weekday=6, **more)
        store(**rows)

    monkeypatch.setattr(exchange_repository, "store_hours", late)
    assert send(desk, HOURS, csv_file(RULE, SATURDAY)).status_code == 409
    assert not doctor.hours.filter(weekday=6, starts=time(9)).exists()


@pytest.mark.parametrize("what", [DOCTORS, HOURS])
@pytest.mark.parametrize("kind", ["0", "1"])
def test_an_export_can_be_imported_again_and_changes_nothing(desk, doctor, other_doctor, what, kind):
    exported = rows_of(desk.post(reverse(EXPORT), {"resource": what, "format": kind}))
    assert len(exported) == {DOCTORS: 3, HOURS: 21}[what]
    assert totals(send(desk, what, csv_file(*exported), store=False)) == (0, 0, len(exported) - 1)


@pytest.mark.parametrize("kind", ["0", "1"])
@pytest.mark.parametrize("bio", ["one\r\ntwo", "pasted\x0bfrom slides", "=5", " blank "])
def test_whatever_a_text_holds_goes_out_and_comes_in_again_unchanged(desk, doctor, kind, bio):
    Doctor.objects.update(bio=bio)
    response = desk.post(reverse(EXPORT), {"resource": DOCTORS, "format": kind})
    file = SimpleUploadedFile("list.xlsx" if kind == "1" else "list.csv", response.content)

    assert not rows_of(response)[1][6].startswith("=")
    assert totals(send(desk, DOCTORS, file, store=False)) == (0, 0, 1)


def test_a_short_name_that_somebody_took_meanwhile_is_refused_in_words(desk, specialty, monkeypatch):
    store = exchange_repository.store

    def late(**rows):
        Doctor.objects.create(slug="eva-munoz-gil", given_names="Eva", surnames="Muñoz", specialty=specialty)
        store(**rows)

    monkeypatch.setattr(exchange_repository, "store", late)
    assert send(desk, DOCTORS, csv_file(DOCTOR, EVA)).status_code == 409


def test_exported_hours_are_those_of_the_doctors_in_the_list(desk, doctor, other_doctor):
    rows = rows_of(desk.post(reverse(EXPORT, query={"q": "soto"}), {"resource": HOURS, "format": "0"}))
    assert {row[0] for row in rows[1:]} == {"luis-soto"}


@pytest.mark.parametrize("what", [DOCTORS, HOURS])
def test_exports_ask_as_often_for_two_doctors_as_for_one(desk, doctor, specialty, place, visit_type, what):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            desk.post(reverse(EXPORT), {"resource": what, "format": "0"})
        return len(engines.asked(captured))

    few = asked()
    Doctor.objects.create(slug="otro", given_names="Otro", surnames="Más", specialty=specialty)
    assert asked() == few


def test_reception_may_export_but_not_import(client, receptionist, doctor):
    client.force_login(receptionist)
    assert client.get(reverse(IMPORT)).status_code == 403
    assert send(client, DOCTORS, csv_file(DOCTOR, EVA)).status_code == 403
    assert client.post(reverse(EXPORT), {"resource": DOCTORS, "format": "0"}).status_code == 200


def test_actions_of_the_list_are_as_before(desk, doctor):
    chosen = {"action": "deactivate", "_selected_action": [doctor.pk]}
    assert desk.post(reverse("admin:doctors_doctor_changelist"), chosen).status_code == 302
    assert not Doctor.objects.get().active
