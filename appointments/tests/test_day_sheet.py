"""The day sheet: a place's day under its doctors, as much of it as a page can bear; a doctor's own day, everywhere."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from appointments import day_sheet
from appointments.models import Appointment, Status
from conftest import DETAILS, make_doctor
from doctors.models import Location
from patients.models import Patient

FRIDAY = "2027-03-05"
TEN = datetime(2027, 3, 5, 9, 0, tzinfo=UTC)
SHEET = reverse("appointments:agenda")


@pytest.fixture(autouse=True)
def _ticking(clock):
    """The views ask the cast's clock."""


@pytest.fixture
def north(place):
    """Comes before "Centro" in the alphabet."""
    return Location.objects.create(name="Ártico", slug="artico", city="Madrid", zone="Europe/Madrid")


@pytest.fixture
def in_the_north(north, booked):
    """Books there, where nobody has hours."""

    def book(starts_at, **changes):
        visit = booked(starts_at, **changes)
        Appointment.objects.filter(pk=visit.pk).update(location=north)
        return visit

    return book


@pytest.fixture
def desk(client, receptionist):
    client.force_login(receptionist)
    return client


def sheet(client, **query):
    return client.get(SHEET, {"desde": FRIDAY, **query}).context["sheet"]


def seen(client, **query):
    """Short names of the doctors in the columns, and how many visits each has there."""
    return {doctor.slug: len(visits) for doctor, visits in sheet(client, **query).columns}


def test_the_first_place_with_visits_is_shown(desk, booked, in_the_north, other_doctor, other_patient):
    booked(TEN)
    assert sheet(desk).place.slug == "centro"
    in_the_north(TEN, doctor=other_doctor, patient=other_patient)

    assert sheet(desk).place.slug == "artico"
    assert seen(desk) == {"luis-soto": 1}
    assert seen(desk, sede="centro") == {"ana-vega": 1}
    assert [place.slug for place in sheet(desk).places] == ["artico", "centro"]


def test_the_place_stays_from_day_to_day(desk, booked, north):
    booked(TEN)
    page = desk.get(SHEET, {"desde": FRIDAY})

    for name in ("before_url", "today_url", "after_url"):
        assert desk.get(page.context[name]).context["sheet"].place.slug == "centro"
    assert desk.get(page.context["after_url"]).context["day"].isoformat() == "2027-03-06"


def test_a_doctor_is_chosen(desk, booked, other_doctor, other_patient):
    booked(TEN)
    booked(TEN, doctor=other_doctor, patient=other_patient)

    assert seen(desk) == {"luis-soto": 1, "ana-vega": 1}
    assert seen(desk, medico="ana-vega") == {"ana-vega": 1}
    assert [doctor.slug for doctor in sheet(desk, medico="ana-vega").doctors] == ["luis-soto", "ana-vega"]


def test_a_doctor_who_is_elsewhere_on_that_day_is_found_there(desk, in_the_north, north):
    in_the_north(TEN)

    empty = sheet(desk, sede="centro", medico="ana-vega")
    assert (empty.columns, [place.slug for place in empty.elsewhere]) == ([], ["artico"])
    assert empty.doctor.slug == "ana-vega"
    assert sheet(desk, medico="ana-vega").place.slug == "artico"
    assert sheet(desk, sede="centro").elsewhere == [north]


@pytest.mark.parametrize("rubbish", ["nobody", "a b", "%", "ñ", "x" * 3000])
def test_what_is_unknown_is_as_if_it_had_not_been_asked_for(desk, booked, rubbish):
    booked(TEN)
    for name in ("sede", "medico", "tras"):
        found = sheet(desk, **{name: rubbish})
        assert (found.place.slug, found.doctor, len(found.columns)) == ("centro", None, 1)


def test_a_zero_byte_is_refused_as_on_every_page(desk, place):
    for name in ("desde", "sede", "medico", "tras"):
        assert desk.get(SHEET, {name: "\0"}).status_code == desk.get("/", {"especialidad": "\0"}).status_code == 400


def test_more_doctors_than_a_page_bears_come_in_pages(desk, booked, other_doctor, other_patient, monkeypatch):
    monkeypatch.setattr(day_sheet, "MOST_VISITS", 2)
    booked(TEN)
    booked(TEN + timedelta(minutes=30))
    booked(TEN, doctor=other_doctor, patient=other_patient)

    first = desk.get(SHEET, {"desde": FRIDAY})
    second = desk.get(first.context["next_url"])
    assert [doctor.slug for doctor, _visits in first.context["columns"]] == ["luis-soto"]
    assert [doctor.slug for doctor, _visits in second.context["columns"]] == ["ana-vega"]
    assert (first.context["first_url"], second.context["next_url"]) == ("", "")
    assert desk.get(second.context["first_url"]).context["columns"] == first.context["columns"]
    # A doctor with more than a page bears is not cut in two.
    monkeypatch.setattr(day_sheet, "MOST_VISITS", 1)
    assert seen(desk, medico="ana-vega") == {"ana-vega": 2}


def test_a_doctor_sees_the_own_day_wherever_it_is(
    client, booked, doctor_user, other_doctor, other_patient, in_the_north
):
    booked(TEN)
    in_the_north(TEN + timedelta(hours=1))
    booked(TEN, doctor=other_doctor, patient=other_patient)
    client.force_login(doctor_user)

    own = sheet(client, sede="centro", medico="luis-soto")
    assert [(doctor.slug, [visit.place for visit in visits]) for doctor, visits in own.columns] == [
        ("ana-vega", ["Centro", "Ártico"])
    ]
    assert (own.places, own.doctors, own.doctor, own.place) == ([], [], None, None)
    assert b"<select" not in client.get(SHEET, {"desde": FRIDAY}).content


def test_hidden_doctors_are_on_no_sheet(desk, booked, other_doctor, other_patient):
    booked(TEN)
    booked(TEN, doctor=other_doctor, patient=other_patient)
    other_doctor.hidden = True
    other_doctor.save()

    assert seen(desk) == {"ana-vega": 1}
    assert seen(desk, medico="luis-soto") == {"ana-vega": 1}


def test_cancelled_ones_are_left_out_and_missed_ones_are_not(desk, booked):
    cancelled, missed = booked(TEN), booked(TEN + timedelta(minutes=30))
    for visit, status in ((cancelled, Status.CANCELLED), (missed, Status.NO_SHOW)):
        Appointment.objects.filter(pk=visit.pk).update(status=status)

    ((_doctor, rows),) = sheet(desk).columns
    assert [row.url for row in rows] == [reverse("admin:appointments_appointment_change", args=[missed.pk])]


def test_a_closed_place_is_offered_while_it_has_visits(desk, booked, north):
    booked(TEN)
    Location.objects.filter(slug__in=["centro", "artico"]).update(active=False)
    assert [place.slug for place in sheet(desk).places] == ["centro"]


def test_each_place_goes_by_its_own_clock(desk, booked, north):
    """23:30 of Thursday in Madrid is Friday's in Auckland."""
    booked(TEN)
    north.zone = "Pacific/Auckland"
    north.save()
    Appointment.objects.update(starts_at=datetime(2027, 3, 4, 22, 30, tzinfo=UTC))

    assert (seen(desk, desde="2027-03-04"), seen(desk)) == ({"ana-vega": 1}, {})
    Appointment.objects.update(location=north)
    assert (seen(desk, desde="2027-03-04"), seen(desk)) == ({}, {"ana-vega": 1})


def test_as_many_questions_for_many_as_for_one(desk, booked, specialty, place, visit_type, django_assert_num_queries):
    booked(TEN)
    desk.get(SHEET, {"desde": FRIDAY})
    for number in range(8):
        doctor = make_doctor(slug=f"medico-{number}", specialty=specialty, location=place, visit_type=visit_type)
        patient = Patient.objects.create(**{**DETAILS, "document_number": "", "given_names": f"Eva {number}"})
        for half in range(4):
            booked(TEN + timedelta(minutes=30 * half), doctor=doctor, patient=patient, actor=None, past_rules=True)

    with django_assert_num_queries(10):
        desk.get(SHEET, {"desde": FRIDAY})
