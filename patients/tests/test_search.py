"""Reception finds a person by the beginnings of words, accents and separators ignored."""

import pytest

from patients import repository


@pytest.fixture
def bruno(other_patient):
    """Somebody with another phone."""
    other_patient.phone = "+34611111111"
    other_patient.save()
    return other_patient


@pytest.mark.parametrize(
    "text",
    [
        "Muñoz",
        "munoz",
        "MUNOZ ana",
        "prie",
        "an mu",
        "12345678Z",
        "12345678",
        "12.345.678-Z",
        "12345678 z",
        "600000001",
        "600 00 00 01",
        "600-000-001",
        "+34 600 000 001",
        "+34600000001",
        "muñoz 600 00",
    ],
)
def test_found_by(patient, bruno, text):
    assert list(repository.search(text)) == [patient]


@pytest.mark.parametrize("text", ["munoz bruno", "uñoz", "99999999", "", "  ", "?", "%", "a", "'; --"])
def test_not_found_by(patient, bruno, text):
    assert not repository.search(text).exists()


def test_a_foreigners_number_is_found_with_its_dashes(patient):
    patient.document_number = "X1234567L"
    patient.save()
    assert list(repository.search("X-1234567-L")) == [patient]


def test_found_in_the_order_of_surnames(patient, other_patient):
    assert list(repository.search("600 00")) == [other_patient, patient]


def test_one_question_to_the_database(patient, django_assert_num_queries):
    with django_assert_num_queries(1):
        list(repository.search("munoz"))
