"""The questions about a person: what is right, what is refused, what comes out."""

import json
from datetime import date
from types import SimpleNamespace

import pytest

from patients.forms import DetailsForm

TYPED = {
    "given_names": " ana  maría ",
    "first_surname": "Muñoz",
    "second_surname": "",
    "birth_date_day": "12",
    "birth_date_month": "4",
    "birth_date_year": "1985",
    "document_type": "dni",
    "document_number": "12.345.678-z",
    "phone": "600 00 00 01",
    "consent": "on",
}


def form(asked=False, **changes):
    return DetailsForm({**TYPED, **changes}, relationship_asked=asked)


def test_right_answers_come_out_as_they_are_stored(place):
    filled = form()
    assert filled.is_valid(), filled.errors
    assert filled.details() == {
        "given_names": "ana maría",
        "first_surname": "Muñoz",
        "second_surname": "",
        "birth_date": date(1985, 4, 12),
        "document_type": "dni",
        "document_number": "12345678Z",
        "document_country": "ES",
        "phone": "+34600000001",
        "consent": {"version": "2026-11", "language": "es", "source": "web"},
    }
    assert filled.full_name == "ana maría Muñoz"


def test_what_is_typed_survives_a_draft(place):
    kept = json.loads(json.dumps(TYPED))
    assert DetailsForm(kept, relationship_asked=False).is_valid()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("600000001", "+34600000001"),
        ("+34 600-000-001", "+34600000001"),
        ("0034600000001", "+34600000001"),
        ("91 000 00 00", "+34910000000"),
        ("+57 300 1234567", "+573001234567"),
        ("(+44) 20 7946 0958", "+442079460958"),
    ],
)
def test_phone_in_any_format_is_stored_as_e164(place, typed, stored):
    filled = form(phone=typed)
    assert filled.is_valid(), filled.errors
    assert filled.details()["phone"] == stored


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("given_names", ""),
        ("given_names", "a" * 81),
        ("given_names", "Ana\x00"),
        ("given_names", "Ana\u202e"),
        ("given_names", "😀"),
        ("first_surname", "12"),
        ("first_surname", "   "),
        ("second_surname", "<script>"),
        ("phone", "123"),
        ("phone", "teléfono"),
        ("phone", "6" * 400),
        ("phone", ""),
        ("document_number", "12345678A"),
        ("document_number", ""),
        ("document_number", "1" * 400),
        ("document_number", "1234\x005678Z"),
        ("document_type", "cc"),
        ("document_type", ""),
        ("consent", ""),
    ],
)
def test_what_cannot_be_right_is_an_error_at_its_field(place, field, typed):
    filled = form(**{field: typed})
    assert not filled.is_valid()
    assert set(filled.errors) == {field}


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [("31", "2", "1985"), ("", "4", "1985"), ("12", "4", "85"), ("1", "1", "2999"), ("x", "y", "z")],
)
def test_birth_dates_that_cannot_be(place, day, month, year):
    filled = form(birth_date_day=day, birth_date_month=month, birth_date_year=year)
    assert set(filled.errors) == {"birth_date"}


def test_relationship_is_asked_for_somebody_else_only(place):
    assert set(form(asked=True).errors) == {"relationship"}
    assert set(form(asked=True, relationship="self").errors) == {"relationship"}
    filled = form(asked=True, relationship="child")
    assert filled.is_valid()
    assert filled.details()["relationship"] == "child"
    assert "relationship" not in form().fields


def test_a_child_may_have_no_document(place):
    filled = form(asked=True, relationship="child", document_number="", document_type="dni")
    assert filled.is_valid(), filled.errors
    details = filled.details()
    assert (details["document_type"], details["document_number"], details["document_country"]) == ("", "", "")


def in_colombia():
    return SimpleNamespace(country="CO", zone="America/Bogota", legal_version="1")


def test_documents_are_those_of_the_clinics_country(settings):
    settings.CLINIC = "patients.tests.test_details_form.in_colombia"
    kinds = [value for value, _label in form().fields["document_type"].choices]
    assert kinds == ["cc", "ti", "ce", "passport"]
    filled = form(document_type="cc", document_number="1.020.304.050", phone="300 1234567")
    assert filled.is_valid(), filled.errors
    assert filled.details()["phone"] == "+573001234567"


def test_agreement_given_before_is_not_asked_again(place):
    filled = DetailsForm({**TYPED, "consent": ""}, relationship_asked=False, consented=True)
    assert filled.is_valid(), filled.errors
    assert "consent" not in filled.details()
