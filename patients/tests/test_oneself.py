"""An account has one record of oneself, whoever adds it and however many do so at once."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from citas.db import violated
from conftest import DETAILS
from patients import repository
from patients.models import Patient
from tests.at_once import at_once

CHANGE = "admin:patients_patient_change"


@pytest.mark.django_db(transaction=True)
def test_tabs_that_add_oneself_at_once_make_one_record(patient_user, now):
    keys = [uuid4() for _tab in range(8)]
    tabs = [lambda key=key: repository.add(id=key, account=patient_user, now=now, **DETAILS) for key in keys]
    answers = at_once(tabs)
    assert [answer.pk for answer in answers] == [Patient.objects.get().pk] * 8


def test_the_database_refuses_a_second(patient):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Patient.objects.create(account=patient.account, **DETAILS)
    assert violated(refused.value) == "patient_oneself"


@pytest.mark.parametrize("other", [{"relationship": "child"}, {"active": False}, {"account": None}])
def test_dependants_retired_records_and_those_of_no_account_do_not_count(patient, other):
    for _time in range(2):
        Patient.objects.create(**{**DETAILS, "account": patient.account, **other})
    assert Patient.objects.count() == 3


def test_the_key_of_another_relationship_is_refused(patient_user, now):
    key = uuid4()
    repository.add(id=key, account=patient_user, now=now, **{**DETAILS, "relationship": "child"})
    for relationship in ("self", "parent"):
        with pytest.raises(repository.KeyTaken):
            repository.add(id=key, account=patient_user, now=now, **{**DETAILS, "relationship": relationship})
    assert Patient.objects.get().relationship == "child"


@pytest.mark.parametrize("changed", [{"relationship": "self"}, {"relationship": "child"}])
def test_reception_is_told_at_the_field(client, receptionist, patient, changed):
    names = {"given_names": "Eva", "first_surname": "Gil"}
    child = Patient.objects.create(account=patient.account, relationship="child", **names)
    client.force_login(receptionist)

    typed = {**names, "language": "es", "account": patient.account_id, "active": "on", **changed}
    page = client.post(reverse(CHANGE, args=[child.pk]), typed)

    refused = changed["relationship"] == "self"
    assert page.status_code == (200 if refused else 302)
    if refused:
        assert "relationship" in page.context["adminform"].form.errors
