"""Numbers of documents: normalised, and refused where they cannot be right."""

import pytest

from patients import documents

RIGHT = [
    ("ES", "dni", "12345678z", "12345678Z"),
    ("ES", "dni", "12.345.678-Z", "12345678Z"),
    ("ES", "dni", "1234567 L", "01234567L"),
    ("ES", "nie", "x-1234567-l", "X1234567L"),
    ("ES", "passport", "aab 123456", "AAB123456"),
    ("CO", "cc", "1.020.304.050", "1020304050"),
    ("CO", "ti", "1020304050", "1020304050"),
    ("CO", "ce", "e-123456", "E123456"),
    ("CL", "run", "12.345.678-5", "123456785"),
    ("MX", "curp", "boxw310820hnerxn09", "BOXW310820HNERXN09"),
    ("AR", "dni", "20.123.456", "20123456"),
    ("FR", "other", "12 AB 345", "12AB345"),
    ("FR", "passport", "20FV12345", "20FV12345"),
]
WRONG = [
    ("ES", "dni", "12345678A"),
    ("ES", "dni", "X1234567L"),
    ("ES", "dni", "123456789012"),
    ("ES", "nie", "12345678Z"),
    ("ES", "run", "12345678-5"),
    ("ES", "passport", "A1"),
    ("ES", "passport", "ÁÉÍ12345"),
    ("ES", "passport", "１２３４５６７８"),
    ("CO", "cc", "0123456"),
    ("CO", "cc", "12"),
    ("CL", "run", "12.345.678-6"),
    ("MX", "curp", "BOXW310820HNERXN08"),
    ("AR", "dni", "1"),
    ("FR", "other", "€€€"),
    ("ES", "dni", ""),
]


@pytest.mark.parametrize(("country", "kind", "typed", "stored"), RIGHT)
def test_right_numbers_are_stored_without_separators(country, kind, typed, stored):
    assert documents.normalise(kind, typed, country=country) == stored


@pytest.mark.parametrize(("country", "kind", "typed", "stored"), RIGHT)
def test_normalising_twice_changes_nothing(country, kind, typed, stored):
    assert documents.normalise(kind, stored, country=country) == stored


@pytest.mark.parametrize(("country", "kind", "typed"), WRONG)
def test_wrong_numbers_are_refused(country, kind, typed):
    with pytest.raises(documents.WrongNumber):
        documents.normalise(kind, typed, country=country)


def test_every_type_has_a_name_and_can_be_checked():
    for country in [*documents.TYPES, "FR"]:
        for kind, label in documents.choices(country):
            assert str(label)
            with pytest.raises(documents.WrongNumber):
                documents.normalise(kind, "-", country=country)


def test_passports_say_nothing_of_a_country():
    assert documents.country_of("passport", clinic="ES") == ""
    assert documents.country_of("dni", clinic="ES") == "ES"
