"""My details and my dependants'; a stranger's answer 404."""

from uuid import uuid4

import pytest
from django.urls import reverse

from patients.models import Patient
from patients.tests.test_details_form import TYPED

CHILD = {**TYPED, "given_names": "Leo", "relationship": "child", "document_number": ""}


@pytest.fixture
def ana(client, patient_user, place):
    client.force_login(patient_user)
    return client


@pytest.fixture
def child(patient):
    return Patient.objects.create(
        account=patient.account, given_names="Leo", first_surname="Muñoz", relationship="child", phone="+34600000001"
    )


def test_list_shows_ones_own_people_only(ana, patient, child, other_patient):
    page = ana.get(reverse("patients:profile"))
    assert page.context["people"] == [patient, child]
    assert "Bruno" not in page.content.decode()
    assert page["Cache-Control"] == "no-store"


def test_stranger_is_sent_to_the_log_in_page(client, place):
    response = client.get(reverse("patients:profile"))
    assert response["Location"] == reverse("account_login") + "?next=/perfil/"


@pytest.mark.parametrize("name", ["patients:edit", "patients:remove"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_elses_patient_is_404(ana, other_patient, name, method):
    assert getattr(ana, method)(reverse(name, args=[other_patient.pk]), TYPED).status_code == 404
    other_patient.refresh_from_db()
    assert (other_patient.given_names, other_patient.active) == ("Bruno", True)


def test_change_is_stored(ana, patient):
    page = ana.get(reverse("patients:edit", args=[patient.pk]))
    assert 'value="Muñoz"' in page.content.decode()
    assert 'value="1985"' in page.content.decode()
    response = ana.post(reverse("patients:edit", args=[patient.pk]), {**TYPED, "phone": "611 11 11 11"})
    assert response["Location"] == reverse("patients:profile")
    patient.refresh_from_db()
    assert str(patient.phone) == "+34611111111"
    assert patient.relationship == "self"
    assert len(patient.consents) == 1


def test_agreement_is_asked_once_for_each_version(ana, patient):
    address = reverse("patients:edit", args=[patient.pk])
    ana.post(address, TYPED)
    assert "consent" not in ana.get(address).context["form"].fields
    patient.refresh_from_db()
    patient.consents[0]["version"] = "2020-01"
    patient.save()
    assert "consent" in ana.get(address).context["form"].fields


def test_wrong_answers_come_back_as_typed(ana, patient):
    page = ana.post(reverse("patients:edit", args=[patient.pk]), {**TYPED, "phone": "12", "first_surname": "Ruiz"})
    assert page.context["form"].errors
    assert 'value="Ruiz"' in page.content.decode()
    assert 'value="12"' in page.content.decode()
    patient.refresh_from_db()
    assert patient.first_surname == "Muñoz"


def test_dependant_is_added_once_however_often_it_is_sent(ana, patient):
    key = ana.get(reverse("patients:add")).context["key"]
    for _time in range(2):
        assert ana.post(reverse("patients:add"), {**CHILD, "key": key}).status_code == 302
    child = Patient.objects.get(relationship="child")
    assert (child.pk, child.account) == (key, patient.account)


@pytest.mark.parametrize("key", ["", "not-a-key", "1" * 500])
def test_dependant_is_added_without_a_usable_key_too(ana, key):
    assert ana.post(reverse("patients:add"), {**CHILD, "key": key}).status_code == 302
    assert Patient.objects.count() == 1


def test_key_of_somebody_elses_patient_is_refused(ana, other_patient):
    assert ana.post(reverse("patients:add"), {**CHILD, "key": other_patient.pk}).status_code == 409
    other_patient.refresh_from_db()
    assert other_patient.given_names == "Bruno"


def test_newcomer_writes_own_details(ana, patient_user):
    assert ana.get(reverse("patients:profile")).context["oneself_known"] is False
    assert ana.post(reverse("patients:oneself"), {**TYPED, "key": uuid4()}).status_code == 302
    myself = Patient.objects.get()
    assert (myself.account, myself.relationship, myself.email) == (patient_user, "self", "ana@example.com")


def test_own_details_known_lead_to_their_page(ana, patient):
    assert ana.get(reverse("patients:oneself"))["Location"] == reverse("patients:edit", args=[patient.pk])


def test_dependant_is_taken_off_by_post_only(ana, child):
    address = reverse("patients:remove", args=[child.pk])
    assert ana.get(address).status_code == 200
    child.refresh_from_db()
    assert child.active
    assert ana.post(address)["Location"] == reverse("patients:profile")
    child.refresh_from_db()
    assert not child.active
    assert ana.get(address).status_code == 404


def test_oneself_cannot_be_taken_off(ana, patient):
    assert ana.post(reverse("patients:remove", args=[patient.pk])).status_code == 404


def test_export_is_a_file_of_ones_own(ana, patient, other_patient):
    response = ana.get(reverse("patients:export"))
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Cache-Control"] == "no-store"
    assert [person["given_names"] for person in response.json()["patients"]] == ["Ana"]


def test_list_asks_the_same_number_of_questions_for_one_and_for_ten(ana, patient, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        ana.get(reverse("patients:profile"))
    for number in range(9):
        Patient.objects.create(
            account=patient.account, relationship="child", given_names=f"Leo{'o' * number}", first_surname="Muñoz"
        )
    with django_assert_num_queries(len(one)):
        ana.get(reverse("patients:profile"))
