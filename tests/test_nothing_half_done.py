"""Whatever breaks after whichever write of a change: nothing half-done is left, on both engines."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from accounts import repository as accounts
from accounts.models import Role, User
from appointments import attendance, booking
from appointments.models import Appointment
from conftest import DETAILS, PASSWORD
from doctors import repository as doctors
from doctors.models import Clinic, Doctor, Location, Offering, ScheduleException, Specialty, WorkingHours
from notifications import repository as outbox
from patients import repository as patients
from patients.models import Patient
from tests.breaking import Broken, breaking_after, half_done

pytestmark = pytest.mark.django_db

WORKER = {"email": "nuevo@example.com", "role": "receptionist", "language": "es", "new_password": PASSWORD}
PERSON = {**DETAILS, "birth_date": "1985-04-12", "relationship": "self", "language": "es", "active": "on"}


@pytest.fixture
def desk(client, manager, place) -> Any:
    """Sends a form of the administration, which must take it."""
    client.force_login(manager)

    def send(page: str, *args: object, **typed: object) -> None:
        answer = client.post(reverse(f"admin:{page}", args=args), typed)
        assert answer.status_code == 302, answer.context["errors"]

    return send


@pytest.mark.django_db(transaction=True)
def test_control_two_writes_without_a_transaction_are_seen_half_done(place):
    def change() -> None:
        Location.objects.update(city="Getafe")
        Clinic.objects.update(name="Otra")

    assert half_done(change) == [1, 2]


def test_an_account_and_its_role():
    assert half_done(lambda: accounts.create_user(email="eva@example.com", role=Role.RECEPTIONIST)) == []


def test_another_role(receptionist):
    assert half_done(lambda: accounts.set_role(user=User.objects.get(pk=receptionist.pk), role=Role.MANAGER)) == []


def test_the_rights_of_a_role(db):
    Group.objects.get(name="doctor").permissions.clear()
    wanted = {"view_patient", "change_patient"}
    assert half_done(lambda: accounts.grant(role="doctor", app="patients", codenames=wanted)) == []
    accounts.grant(role="doctor", app="patients", codenames=set())
    call_command("migrate", verbosity=0)


def test_an_account_that_is_forgotten(now):
    accounts.begin(email="eva@example.com", language="es", now=now)
    assert half_done(lambda: accounts.purge_unverified(now=now + timedelta(days=2))) == []


def test_the_public_holidays_of_a_year(place):
    ScheduleException.objects.create(date=date(2027, 5, 20), reason="Otra región", holiday=True)
    assert half_done(lambda: doctors.extend_holidays(today=date(2027, 3, 2))) == []


def test_several_rows_put_out_of_use(doctor, other_doctor):
    assert half_done(lambda: doctors.set_active(rows=Doctor.objects.all(), active=False)) == []


def test_codes_that_no_longer_work(now):
    for name in ("ana", "eva"):
        outbox.queue(recipient=f"{name}@example.com", subject="Código", text="123", forget_at=now)
    assert half_done(lambda: outbox.forget(now=now)) == []


def test_a_new_installation(db):
    def change() -> None:
        words = ["--name=Sur", "--country=ES", "--region=MD", "--zone=Europe/Madrid", "--email=eva@example.com"]
        call_command("setup_clinic", *words, "--json")

    assert half_done(change) == []


def test_a_visit_is_one_write(booked):
    with breaking_after(99) as counted:
        booked()
    assert counted.done == 1


def test_asking_again_after_a_failure_answers_the_visit_that_was_made(booked):
    with breaking_after(1), pytest.raises(Broken):
        booked(request_key="again")
    assert booked(request_key="again") == Appointment.objects.get()


@pytest.mark.parametrize("kind", ["move", "cancel", "no_show"])
def test_a_change_of_a_visit_is_one_write(booked, now, kind):
    visit = booked()
    by = {"actor": None, "source": "web", "now": now}
    change = {
        "move": lambda: booking.move(appointment=fresh(visit), starts_at=visit.starts_at + timedelta(days=1), **by),
        "cancel": lambda: booking.cancel(appointment=fresh(visit), **by),
        "no_show": lambda: attendance.record(
            appointment=fresh(visit), status="no_show", **{**by, "now": visit.ends_at + timedelta(hours=1)}
        ),
    }[kind]
    with breaking_after(99) as counted:
        change()
    assert counted.done == 1


def fresh(visit: Appointment) -> Appointment:
    return Appointment.objects.with_names().get(pk=visit.pk)


@pytest.mark.parametrize("typed", [{}, {"account": True}])
def test_a_patient_of_the_desk(desk, patient_user, typed):
    account = {"account": patient_user.pk} if typed else {}
    assert half_done(lambda: desk("patients_patient_add", **PERSON, **account)) == []


def test_a_changed_patient(desk, patient):
    typed = {**PERSON, "first_surname": "Ibáñez", "account": patient.account_id}
    assert half_done(lambda: desk("patients_patient_change", patient.pk, **typed)) == []


def test_an_account_of_the_desk(desk):
    assert half_done(lambda: desk("accounts_user_add", **WORKER)) == []


def test_an_account_whose_role_and_address_change(desk, receptionist):
    typed = {**WORKER, "role": "doctor", "is_active": "on"}
    assert half_done(lambda: desk("accounts_user_change", receptionist.pk, **typed)) == []


def test_a_password_that_a_manager_sets(desk, receptionist):
    typed = {"password1": "otra-clave-de-prueba", "password2": "otra-clave-de-prueba", "usable_password": "true"}
    assert half_done(lambda: desk("auth_user_password_change", receptionist.pk, **typed)) == []


def test_a_doctor_with_hours_offers_and_days_off(desk, specialty, place, visit_type):
    assert half_done(lambda: desk("doctors_doctor_add", **doctor_form(specialty, place, visit_type))) == []
    assert (WorkingHours.objects.count(), Offering.objects.count(), ScheduleException.objects.count()) == (2, 1, 1)


def doctor_form(specialty: Specialty, place: Location, visit_type: Any) -> dict[str, object]:
    hours = {"weekday": 1, "location": place.pk, "valid_from": "2027-01-01"}
    rows: dict[str, list[dict[str, object]]] = {
        "hours": [{**hours, "starts": "09:00", "ends": "12:00"}, {**hours, "starts": "15:00", "ends": "18:00"}],
        "offerings": [{"visit_type": visit_type.pk}],
        "exceptions": [{"date": "2027-03-02", "kind": "closes", "active": "on"}],
    }
    typed: dict[str, object] = {
        "title": "Dra.",
        "given_names": "Eva",
        "surnames": "Gil",
        "specialty": specialty.pk,
        "active": "on",
    }
    for prefix, each in rows.items():
        typed |= {f"{prefix}-TOTAL_FORMS": len(each), f"{prefix}-INITIAL_FORMS": 0}
        for number, row in enumerate(each):
            typed |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return typed


def test_a_clinic_that_moves_and_gets_other_holidays(desk):
    typed = {"name": "Clínica", "country": "ES", "region": "CT", "zone": "Europe/Madrid"}
    typed |= {"max_upcoming": 6, "legal_version": "2026-11"}
    assert half_done(lambda: desk("doctors_clinic_change", Clinic.objects.get().pk, **typed)) == []


def test_a_patient_whom_somebody_adds(patient_user, now):
    key = Patient._meta.pk.get_default()
    with breaking_after(99) as counted:
        patients.add(id=key, account=patient_user, now=now, **DETAILS)
    assert counted.done == 1
