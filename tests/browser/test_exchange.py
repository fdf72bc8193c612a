"""A list goes out of the administration as a file, and a file comes in: on a phone and at a desk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse

from patients.models import Patient
from tests.browser import steps
from tests.browser.eyes import faults

HEADER = "document_type,document_number,given_names,first_surname,second_surname,birth_date,phone\n"
GOOD = HEADER + "dni,87654321X,Eva,Ibáñez,,1990-05-06,600000002\ndni,12345678Z,Ana,Muñoz,Otra,1985-04-12,+34600000001\n"
WRONG = HEADER + "dni,87654321A,Eva,Ibáñez,,1990-05-06,600000002\n,,,Gil,,2090-01-01,12\n"
SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}
SHOTS = os.environ.get("CITAS_SHOTS")


def seen(page, size: str, name: str) -> list[str]:
    """What is wrong with the page as it stands."""
    page.set_viewport_size(SIZES[size])
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{size}-{name}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return faults(page) + ([f"{name} scrolls sideways"] if wide else [])


def choose(page, text: str) -> None:
    page.locator("input[type=file]").set_input_files({"name": "p.csv", "mimeType": "text/csv", "buffer": text.encode()})


@pytest.mark.parametrize("size", SIZES)
def test_a_file_is_checked_and_then_stored(signed_in, manager, patient, size):
    page = signed_in(manager, viewport=SIZES[size])
    page.goto(reverse("admin:patients_patient_changelist"))
    steps.follow(page, page.locator("a.import_link"))
    found = seen(page, size, "import")
    choose(page, WRONG)
    steps.follow(page, page.locator("button[name=check]"))
    found += seen(page, size, "wrong")
    choose(page, GOOD)
    steps.follow(page, page.locator("button[name=check]"))
    found += seen(page, size, "right")
    assert Patient.objects.count() == 1
    choose(page, GOOD)
    steps.follow(page, page.locator("button[name=store]"))
    assert Patient.objects.count() == 2
    assert found == []


@pytest.mark.parametrize("size", SIZES)
def test_pages_of_doctors_files(signed_in, manager, doctor, size):
    page = signed_in(manager, viewport=SIZES[size])
    page.goto(reverse("admin:doctors_doctor_import"))
    found = seen(page, size, "import-doctors")
    page.goto(reverse("admin:doctors_doctor_export"))
    found += seen(page, size, "export-doctors")
    with page.expect_download() as download:
        page.locator(".submit-row button").click()
    assert download.value.suggested_filename.endswith(".csv")
    page.goto(reverse("admin:doctors_doctor_changelist"))
    page.set_viewport_size(SIZES[size])
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{size}-list.png")
    assert found == []
