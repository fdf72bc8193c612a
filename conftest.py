"""The fixed cast of every test: one small clinic in Madrid, two patients' accounts, one of each of the staff."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation

import tests.hypothesis_profiles  # noqa: F401
from accounts.models import Role, User
from accounts.repository import create_user
from citas.db import configuration
from citas.environment import Environment
from doctors.models import Clinic, Doctor, Location, Offering, Specialty, VisitType, WorkingHours
from patients.models import Patient
from tests import canaries, engines

collect_ignore_glob = [engines.OF_THE_OTHER]
if engines.ON_MONGO:
    engines.empty_mongo_after_each_test()


def pytest_sessionstart(session: pytest.Session) -> None:
    """One pair of servers for the session: the first process starts them, the workers of xdist join."""
    configuration.ready(Environment.read(os.environ))
    canaries.watch.begin()


# A Tuesday; the tests' "now" unless they say otherwise: 10:00 in Madrid.
NOW = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "una-clave-de-prueba"


@pytest.fixture(autouse=True)
def _clean_slate() -> Any:
    """No count of a rate limit and no language of another test."""
    cache.clear()
    with translation.override("es"):
        yield


@pytest.fixture(autouse=True)
def _nothing_told() -> Any:
    """No test of the whole suite writes anything of a patient into a log, or into a mail what is not its reader's."""
    canaries.watch.clear()
    yield
    if leaks := canaries.watch.leaks():
        pytest.fail(f"what nobody may read was written: {leaks}")


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def django_assert_num_queries() -> Any:
    """As pytest-django's, but what opens and closes transactions is not counted."""
    return engines.expect_queries


@pytest.fixture
def django_assert_max_num_queries() -> Any:
    """The same for "at most"."""
    return partial(engines.expect_queries, at_most=True)


@pytest.fixture
def place(db: None) -> Location:
    Clinic.objects.create(
        name="Clínica de prueba", phone="+34910000000", email="hola@example.com", zone="Europe/Madrid"
    )
    return Location.objects.create(
        name="Centro", slug="centro", address="Calle Mayor 1", city="Madrid", zone="Europe/Madrid", phone="+34910000001"
    )


@pytest.fixture
def visit_type(db: None) -> VisitType:
    """20 minutes with 5 kept free after; 2 hours' notice, 60 days ahead, changes until a day before."""
    return VisitType.objects.create(
        name="Primera consulta",
        name_en="First visit",
        slug="primera-consulta",
        duration=20,
        buffer_after=5,
        step=30,
        horizon_days=60,
        instructions="Traiga su tarjeta sanitaria.",
    )


def make_doctor(*, slug: str, specialty: Specialty, location: Location, visit_type: VisitType, **fields: Any) -> Doctor:
    """A doctor who works from Monday to Friday, 9:00–13:00 and 15:00–18:00."""
    names = {"given_names": "Ana", "surnames": "Vega Ruiz", "title": "Dra."}
    doctor = Doctor.objects.create(slug=slug, specialty=specialty, **{**names, **fields})
    Offering.objects.create(doctor=doctor, visit_type=visit_type)
    for weekday in range(1, 6):
        for starts, ends in ((time(9), time(13)), (time(15), time(18))):
            WorkingHours.objects.create(
                doctor=doctor, location=location, weekday=weekday, starts=starts, ends=ends, valid_from=date(2020, 1, 1)
            )
    return doctor


@pytest.fixture
def specialty(db: None) -> Specialty:
    return Specialty.objects.create(name="Dermatología", name_en="Dermatology", slug="dermatologia")


@pytest.fixture
def doctor(place: Location, visit_type: VisitType, specialty: Specialty, doctor_user: User) -> Doctor:
    return make_doctor(slug="ana-vega", specialty=specialty, location=place, visit_type=visit_type, user=doctor_user)


@pytest.fixture
def other_doctor(place: Location, visit_type: VisitType, specialty: Specialty) -> Doctor:
    names = {"given_names": "Luis", "surnames": "Soto Gil", "title": "Dr."}
    return make_doctor(slug="luis-soto", specialty=specialty, location=place, visit_type=visit_type, **names)


@pytest.fixture
def patient_user(db: None) -> User:
    return create_user(email="ana@example.com", password=PASSWORD)


@pytest.fixture
def other_user(db: None) -> User:
    return create_user(email="bruno@example.com", password=PASSWORD)


@pytest.fixture
def doctor_user(db: None) -> User:
    return create_user(email="doctora@example.com", role=Role.DOCTOR, password=PASSWORD)


@pytest.fixture
def receptionist(db: None) -> User:
    return create_user(email="recepcionista@example.com", role=Role.RECEPTIONIST, password=PASSWORD)


@pytest.fixture
def manager(db: None) -> User:
    return create_user(email="gerente@example.com", role=Role.MANAGER, password=PASSWORD)


DETAILS: dict[str, Any] = {
    "given_names": "Ana",
    "first_surname": "Muñoz",
    "second_surname": "Prieto",
    "birth_date": date(1985, 4, 12),
    "document_country": "ES",
    "document_type": "dni",
    "document_number": "12345678Z",
    "phone": "+34600000001",
}


@pytest.fixture
def patient(patient_user: User) -> Patient:
    return Patient.objects.create(account=patient_user, **DETAILS)


@pytest.fixture
def other_patient(other_user: User) -> Patient:
    names = {"given_names": "Bruno", "first_surname": "Díaz", "second_surname": "", "document_number": "87654321X"}
    return Patient.objects.create(account=other_user, **{**DETAILS, **names})


@pytest.fixture
def booked(doctor: Doctor, patient: Patient, visit_type: VisitType, place: Location) -> Any:
    """Books for the patient: `booked(starts_at)`; anything else can be given too."""
    from appointments import booking

    def book(starts_at: datetime = NOW + timedelta(days=1), **changes: Any) -> Any:
        request = {
            "doctor": doctor,
            "patient": patient,
            "visit_type": visit_type,
            "location": place,
            "starts_at": starts_at,
            "actor": patient.account,
            "source": "web",
            "request_key": f"{starts_at}/{len(kept)}",
            "reason": canaries.DIAGNOSIS,
            "now": NOW,
        }
        kept.append(booking.book(**{**request, **changes}))
        return kept[-1]

    kept: list[Any] = []
    return book
