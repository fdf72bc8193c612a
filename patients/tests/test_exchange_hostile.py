"""Files that are none: each is refused in words, none is a 500, nothing is stored."""

from __future__ import annotations

import zipfile
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from citas.exchange import tables
from patients.models import Patient
from tests.files import csv_file, saved, xlsx_file

IMPORT = "admin:patients_patient_import"
HEADER = "document_type,document_number,given_names,first_surname,second_surname,birth_date,phone"
ROW = ",,Eva,Gil,,,"


@pytest.fixture
def desk(client, receptionist, place):
    client.force_login(receptionist)
    return client


def send(desk, name, content):
    return desk.post(reverse(IMPORT), {"import_file": SimpleUploadedFile(name, content), "store": ""})


def zipped(**parts):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in parts.items():
            pack.writestr(name, content)
    return file.getvalue()


def with_part(name, content, *, of=None):
    """A workbook of ours, an empty one unless it is given, in which one part is another."""
    file, old = BytesIO(), zipfile.ZipFile(BytesIO(of or saved(openpyxl.Workbook())))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        for part in old.namelist():
            pack.writestr(part, content if part == name else old.read(part))
    return file.getvalue()


def far_cell():
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = "x"
    return saved(book)


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 20}">' for n in range(10))
    + '<!ENTITY z "x">]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>&k;</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.csv", b""),
        ("list.csv", b"\n\n\n"),
        ("list.csv", HEADER.encode()),
        ("list.csv", f"{HEADER}\n,,Mu\xf1oz,Gil,,,".encode("latin-1")),
        ("list.csv", f"{HEADER}\n,,Eva\0,Gil,,,".encode()),
        ("list.csv", f"{HEADER}\n,,Eva\x1b,Gil,,,".encode()),
        ("list.csv", f"{HEADER}\n{ROW},,,,,x".encode()),
        ("list.csv", f'{HEADER}\n,,"Eva,Gil,,,'.encode()),
        ("list.csv", f"{HEADER}\n,,{'E' * 200_000},Gil,,,".encode()),
        ("list.csv", b"\x89PNG\r\n\x1a\n\0\0"),
        ("list.csv", f"{HEADER}\n{ROW}".encode("utf-16")),
        ("list.xls", b"x"),
        ("list", b"x"),
        ("list.xlsx", b""),
        ("list.xlsx", HEADER.encode()),
        ("list.xlsx", b"PK\x03\x04" + b"\0" * 100),
        ("list.xlsx", zipped(a="b")),
        ("list.xlsx", zipped(a="0" * (tables.MOST_UNPACKED + 1))),
        ("list.xlsx", with_part("xl/worksheets/sheet1.xml", b"<worksheet>")),
        ("list.xlsx", with_part("xl/worksheets/sheet1.xml", LAUGHS)),
        ("list.xlsx", with_part("xl/workbook.xml", b"<workbook/>")),
        ("list.xlsx", far_cell()),
    ],
)
def test_a_file_that_is_none_is_an_error_at_its_field(desk, name, content):
    response = send(desk, name, content)
    assert response.status_code == 200
    assert response.context["form"].errors["import_file"]
    assert Patient.objects.count() == 0


def test_control_a_file_that_is_one_is_stored(desk):
    assert send(desk, "LIST.CSV", f"{HEADER}\n{ROW}".encode()).status_code == 302
    assert Patient.objects.count() == 1


@pytest.mark.parametrize(
    ("part", "stored"), [("xl/worksheets/sheet1.xml", 1), ("xl/styles.xml", 0), ("xl/workbook.xml", 0)]
)
def test_what_describes_the_rows_of_a_workbook_is_shorter_than_they_may_be(desk, part, stored):
    """Each style becomes an object: a file of half a megabyte unpacks to minutes of them."""
    good = xlsx_file(HEADER.split(","), ROW.split(",")).read()
    longer = zipfile.ZipFile(BytesIO(good)).read(part) + b" " * tables.MOST_DESCRIBED
    send(desk, "list.xlsx", with_part(part, longer, of=good))
    assert Patient.objects.count() == stored


def test_no_file_at_all_is_an_error_at_its_field(desk):
    assert desk.post(reverse(IMPORT), {"store": ""}).context["form"].errors["import_file"]


def test_a_kind_of_list_that_there_is_not_is_an_error(desk):
    typed = {"import_file": csv_file(HEADER.split(","), ROW.split(",")), "resource": "7", "store": ""}
    assert desk.post(reverse(IMPORT), typed).context["form"].errors["resource"]


def test_too_many_bytes_are_refused(desk):
    padding = "\n" * (tables.MOST_BYTES + 1)
    assert send(desk, "list.csv", f"{HEADER}\n{ROW}{padding}".encode()).context["form"].errors["import_file"]
    assert send(desk, "list.csv", b"x" * (7 * 1024 * 1024)).status_code == 413


def test_other_pages_still_take_no_large_forms(desk):
    add = reverse("admin:patients_patient_add")
    assert desk.post(add, {"file": SimpleUploadedFile("x", b"x" * (2 * 1024 * 1024))}).status_code == 413


@pytest.mark.parametrize("made", [csv_file, xlsx_file])
def test_too_many_rows_are_refused(desk, made, monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    rows = [["", "", "Eva", f"Gil {letter}", "", "", ""] for letter in "abc"]
    typed = {"import_file": made(HEADER.split(","), *rows), "store": ""}
    assert desk.post(reverse(IMPORT), typed).context["form"].errors["import_file"]


def test_words_of_a_file_are_shown_as_words(desk):
    script = "<script>alert(1)</script>"
    page = send(desk, "list.csv", f"{HEADER},{script}\n{ROW},x".encode()).content.decode()
    assert script not in page
    page = send(desk, "list.csv", f"{HEADER}\n,,{script},Gil,,{script},".encode()).content.decode()
    assert script not in page
