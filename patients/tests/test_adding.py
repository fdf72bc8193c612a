"""Adding and changing patients: once for each key, never somebody else's."""

from datetime import date
from uuid import uuid4

import pytest

from patients import repository
from patients.models import Patient

CONSENT = {"version": "2026-11", "language": "es", "source": "web"}


def details(**changes):
    usual = {
        "given_names": "Ana",
        "first_surname": "Muñoz",
        "second_surname": "",
        "birth_date": date(1985, 4, 12),
        "document_country": "ES",
        "document_type": "dni",
        "document_number": "12345678Z",
        "phone": "+34600000001",
    }
    return {**usual, **changes}


def test_the_same_key_twice_is_the_same_patient(patient_user, now):
    key = uuid4()
    for _time in range(2):
        added = repository.add(id=key, account=patient_user, now=now, consent=CONSENT, **details(relationship="child"))
    assert Patient.objects.get() == added
    assert added.pk == key


def test_the_same_key_from_another_account_is_refused(patient_user, other_user, now):
    key = uuid4()
    repository.add(id=key, account=patient_user, now=now, **details())
    with pytest.raises(repository.KeyTaken):
        repository.add(id=key, account=other_user, now=now, **details())
    assert Patient.objects.get().account == patient_user


def test_an_account_has_one_record_of_oneself(patient_user, now):
    first = repository.add(id=uuid4(), account=patient_user, now=now, **details())
    second = repository.add(id=uuid4(), account=patient_user, now=now, **details(given_names="Ana María"))
    assert Patient.objects.get() == first == second
    assert Patient.objects.get().given_names == "Ana María"


def test_a_known_document_neither_shows_nor_claims_that_record(patient, other_user, now):
    added = repository.add(id=uuid4(), account=other_user, now=now, **details(given_names="Eva"))
    assert added != patient
    patient.refresh_from_db()
    assert (patient.account.email, patient.given_names) == ("ana@example.com", "Ana")
    assert list(repository.of(other_user)) == [added]


def test_mail_and_language_come_from_the_account(patient_user, now):
    added = repository.add(id=uuid4(), account=patient_user, now=now, **details())
    assert (added.email, added.language) == ("ana@example.com", "es")


def test_consent_is_noted_with_version_time_language_and_door(patient_user, now):
    added = repository.add(id=uuid4(), account=patient_user, now=now, consent=CONSENT, **details())
    added.refresh_from_db()
    assert added.consents == [{"kind": "privacy", "at": "2027-03-02T09:00:00.000Z", **CONSENT}]


def test_a_new_version_is_added_to_the_consents_given_before(patient_user, now):
    added = repository.add(id=uuid4(), account=patient_user, now=now, consent=CONSENT, **details())
    newer = {**CONSENT, "version": "2027-03"}
    for consent in (newer, newer, None):
        repository.change(patient=added, now=now, consent=consent, **details())
    added.refresh_from_db()
    assert [consent["version"] for consent in added.consents] == ["2026-11", "2027-03"]


def test_a_changed_name_is_found_and_the_old_one_is_not(patient, now):
    repository.change(patient=patient, now=now, first_surname="Ibáñez")
    assert list(repository.search("ibanez")) == [patient]
    assert not repository.search("munoz").exists()


def test_oneself_comes_first_then_the_order_of_adding(patient_user, now):
    for name, relationship in (("Leo", "child"), ("Ana", "self"), ("Eva", "parent")):
        repository.add(
            id=uuid4(), account=patient_user, now=now, **details(given_names=name, relationship=relationship)
        )
    people = list(repository.of(patient_user))
    assert people[0].given_names == "Ana"
    assert len(people) == 3


def test_a_dependant_leaves_the_list_and_the_record_stays(patient_user, now):
    child = repository.add(id=uuid4(), account=patient_user, now=now, **details(relationship="child"))
    repository.deactivate(patient=child)
    assert not repository.of(patient_user).exists()
    assert Patient.objects.get() == child


def test_oneself_stays_on_the_list(patient):
    with pytest.raises(repository.Oneself):
        repository.deactivate(patient=patient)
    assert repository.of(patient.account).exists()


def test_export_holds_everything_of_the_account_and_nobody_elses(patient, other_patient):
    exported = repository.export_of(patient.account)
    assert exported["account"]["email"] == "ana@example.com"
    assert [person["document_number"] for person in exported["patients"]] == ["12345678Z"]
