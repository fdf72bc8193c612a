"""What is referred to stays: it is put out of use, and whoever tries to delete it is refused, on both engines."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import PROTECT, ProtectedError

from accounts import repository as accounts
from accounts.models import User
from appointments.models import Appointment
from citas.db.kept import Kept
from conftest import DETAILS
from doctors.models import Clinic, Doctor, Location, Specialty, VisitType
from patients import repository as patients
from patients.models import Patient
from tests.at_once import at_once, refusals

pytestmark = pytest.mark.django_db

KEPT = [Appointment, Clinic, Doctor, Location, Patient, Specialty, VisitType]
# The only places that delete rows of ours, and why none of them leaves an orphan.
DELETED = {
    "accounts/repository.py": "accounts that nobody ever entered, in a transaction that looks first",
    "appointments/draft_repository.py": "drafts: nothing refers to them",
    "citas/exchange/repository.py": "a mark in the cache, no row",
    "doctors/api_repository.py": "hours, days off and what is offered: nothing refers to them",
    "doctors/maintenance_repository.py": "the sign that there is maintenance",
    "doctors/repository.py": "public holidays that no longer apply: nothing refers to them",
    "notifications/repository.py": "old messages: nothing refers to them",
    "notifications/webhook_repository.py": "old deliveries: nothing refers to them",
}
ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "appointments", "citas", "doctors", "notifications", "patients")


@pytest.fixture
def visit(booked: Any) -> Appointment:
    return booked()


@pytest.mark.parametrize("kind", KEPT)
def test_nobody_deletes_it(visit, kind):
    row = kind.objects.get()
    with pytest.raises(ProtectedError, match="never deleted"):
        row.delete()
    with pytest.raises(ProtectedError, match="never deleted"):
        kind.objects.all().delete()
    with pytest.raises(ProtectedError, match="never deleted"):
        kind.objects.filter(pk=row.pk).delete()
    assert kind.objects.get() == row


def test_nobody_deletes_it_from_the_side_of_what_it_belongs_to(visit):
    with pytest.raises(ProtectedError):
        visit.doctor.appointments.all().delete()
    assert Appointment.objects.exists()


def test_whatever_is_protected_is_never_deleted_or_looked_at_first():
    ours = [model for model in apps.get_models() if model._meta.app_label in APPS]
    fields = [field for model in ours for field in model._meta.concrete_fields if field.many_to_one or field.one_to_one]
    referred = {field.related_model for field in fields if field.remote_field.on_delete is PROTECT}
    assert {model for model in referred if not issubclass(model, Kept)} == {User}


def test_rows_are_deleted_in_these_places_only():
    found = {str(path.relative_to(ROOT)) for app in APPS for path in (ROOT / app).rglob("*.py") if deletes(path)}
    assert {name for name in found if not name.startswith("citas/db/") and "/tests/" not in name} == set(DELETED)


def deletes(path: Path) -> bool:
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr == "delete" for call in calls)


def unentered(now: Any) -> User:
    return accounts.begin(email="eva@example.com", language="es", now=now - timedelta(days=3))


def test_an_account_with_a_patient_is_not_forgotten(now):
    user = unentered(now)
    patients.store(patient=Patient(account=user, **DETAILS))
    accounts.begin(email=user.email, language="es", now=now - timedelta(days=2))
    assert accounts.purge_unverified(now=now) == 0
    assert Patient.objects.get().account == user


def test_an_account_that_was_forgotten_gets_no_patient(now):
    user = unentered(now)
    assert accounts.purge_unverified(now=now) == 1
    with pytest.raises(patients.AccountGone):
        patients.store(patient=Patient(account=user, **DETAILS))
    assert not Patient.objects.exists()


def test_an_account_that_becomes_staff_is_not_forgotten(now):
    user = unentered(now)
    accounts.set_role(user=user, role="receptionist")
    assert accounts.purge_unverified(now=now) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_again", range(10))
def test_of_forgetting_an_account_and_linking_a_patient_one_wins(now, _again):
    user = unentered(now)

    results = at_once(
        [
            lambda: accounts.purge_unverified(now=now),
            lambda: patients.store(patient=Patient(account=user, **DETAILS)),
        ]
    )

    gone = refusals(results) == [patients.AccountGone]
    assert results[0] == int(gone)
    assert (User.objects.count(), Patient.objects.count()) == ((0, 0) if gone else (1, 1))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_again", range(10))
def test_of_forgetting_an_account_and_entering_it_one_wins(now, _again):
    user = unentered(now)

    forgotten, _entered = at_once(
        [lambda: accounts.purge_unverified(now=now), lambda: accounts.confirm(user=user)],
    )

    assert User.objects.filter(confirmed=True).count() == 1 - forgotten
