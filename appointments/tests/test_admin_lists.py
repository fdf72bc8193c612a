"""The administration's lists and boxes to choose from: short, and without what a proof or a trial has made."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from appointments import repository
from appointments.models import Appointment
from conftest import DETAILS, make_doctor
from patients.models import Patient
from tests.engines import ON_MONGO

TEN = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)
LIST = reverse("admin:appointments_appointment_changelist")
PATIENTS = reverse("admin:patients_patient_changelist")

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, receptionist):
    client.force_login(receptionist)
    return client


@pytest.fixture
def hidden(specialty, place, visit_type):
    return make_doctor(
        slug="prueba", specialty=specialty, location=place, visit_type=visit_type, hidden=True, surnames="Prueba"
    )


def listed(desk, path=LIST, **query):
    return list(desk.get(path, query).context["cl"].result_list)


def choices(desk, field):
    query = {"term": "", "app_label": "appointments", "model_name": "appointment", "field_name": field}
    return [each["id"] for each in desk.get(reverse("admin:autocomplete"), query).json()["results"]]


def test_visits_of_hidden_doctors_are_in_no_list(desk, booked, hidden, other_patient):
    seen, unseen = booked(TEN), booked(TEN, doctor=hidden, patient=other_patient)
    assert listed(desk) == [seen]
    assert listed(desk, q=unseen.reference) == []


@pytest.mark.parametrize("field", ["doctor", "patient", "visit_type", "location"])
def test_what_is_out_of_use_is_not_offered(desk, booked, field):
    chosen = getattr(booked(TEN), field)
    assert choices(desk, field) == [str(chosen.pk)]
    type(chosen).objects.filter(pk=chosen.pk).update(active=False)
    assert choices(desk, field) == []


def test_hidden_doctors_are_not_offered(desk, doctor, hidden):
    assert choices(desk, "doctor") == [str(doctor.pk)]
    assert hidden.full_name not in desk.get(LIST).content.decode()


def test_places_and_kinds_out_of_use_are_no_filters(desk, booked, place):
    booked(TEN)
    type(place).objects.update(active=False)
    assert f"location__id__exact={place.pk}" not in desk.get(LIST).content.decode()


def test_patients_whom_no_word_finds_are_not_listed(desk, patient):
    proof = Patient.objects.create(**{**DETAILS, "first_surname": "0"})
    Patient.objects.filter(pk=proof.pk).update(search=[])
    assert listed(desk, PATIENTS) == [patient]


def test_doctor_is_chosen_from_one_box(desk, booked, doctor, other_doctor, other_patient):
    booked(TEN)
    other = booked(TEN, doctor=other_doctor, patient=other_patient)
    assert listed(desk, doctor=str(other_doctor.pk)) == [other]
    assert len(listed(desk, doctor="")) == len(listed(desk, doctor="x")) == 2

    page = desk.get(LIST, {"doctor": str(doctor.pk), "status__exact": "booked", "p": "1"}).content.decode()
    assert f'<option value="{doctor.pk}" selected>' in page
    assert f"?doctor={other_doctor.pk}" not in page
    assert '<input type="hidden" name="status__exact" value="booked">' in page
    assert 'type="hidden" name="p"' not in page


def test_a_reference_finds_that_visit_only(desk, booked):
    first, second = booked(TEN), booked(TEN + timedelta(hours=1))
    assert listed(desk, q=first.reference.lower()) == [first]
    assert set(listed(desk, q="munoz")) == {first, second}


def test_names_come_with_the_visits(booked, django_assert_num_queries):
    booked(TEN)
    with django_assert_num_queries(1):
        (visit,) = Appointment.objects.with_names()
        assert visit.patient.account.email
        assert visit.doctor.specialty.name
        assert visit.visit_type.name
        assert visit.location.name


def test_busy_time_comes_as_pairs_from_one_aggregate(booked, doctor, now, django_assert_num_queries):
    booked(TEN)
    booked(TEN + timedelta(hours=2))
    with django_assert_num_queries(1) as asked:
        taken = repository.busy(doctors=[doctor.pk], first=TEN.date(), last=TEN.date(), now=now)
    minute = int(TEN.timestamp() // 60)
    assert sorted(taken[doctor.pk]) == [[minute, minute + 25], [minute + 120, minute + 145]]
    assert asked[0]["sql"].count("$push" if ON_MONGO else "array_agg") == 1
