"""Every instant is cut to the millisecond when it is written, whichever way; visits lie on a grid of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import models

from accounts.models import User
from citas.db import bulk
from citas.db.timestamps import MillisecondField
from patients.models import Patient

FINE = datetime(2027, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
CUT = datetime(2027, 3, 2, 9, 0, 0, 123000, tzinfo=UTC)
OURS = ("accounts", "appointments", "doctors", "notifications", "patients")
ON_THE_GRID = {"starts_at", "ends_at"}


def stored(user: User) -> datetime:
    return User.objects.values_list("created_at", flat=True).get(pk=user.pk)


def test_every_instant_of_ours_is_such_a_field():
    fields = [field for app in OURS for model in apps.get_app_config(app).get_models() for field in model._meta.fields]
    instants = [field for field in fields if isinstance(field, models.DateTimeField)]
    fine = {field.name for field in instants if not isinstance(field, MillisecondField)}
    assert fine == ON_THE_GRID


@pytest.mark.django_db
@pytest.mark.parametrize("write", ["save", "bulk_create", "load_all"])
def test_new_row_and_the_one_in_memory_are_the_same(write):
    user = User(email="ana@example.com", created_at=FINE)
    {"save": User.save, "bulk_create": lambda row: User.objects.bulk_create([row])}.get(
        write, lambda row: bulk.load_all([row])
    )(user)
    assert stored(user) == user.created_at == CUT


@pytest.mark.django_db
def test_update_and_assignment_are_cut(patient_user):
    User.objects.filter(pk=patient_user.pk).update(created_at=FINE)
    assert stored(patient_user) == CUT

    patient_user.created_at = FINE + timedelta(seconds=1)
    assert patient_user.created_at == CUT + timedelta(seconds=1)


@pytest.mark.django_db
def test_what_the_field_fills_in_is_cut(patient):
    patient.save()
    kept = Patient.objects.get()
    assert (patient.created_at, patient.updated_at) == (kept.created_at, kept.updated_at)
    assert not (kept.created_at.microsecond % 1000 or kept.updated_at.microsecond % 1000)


@pytest.mark.django_db
def test_a_deferred_one_is_read_when_it_is_asked_for(patient_user):
    assert User.objects.defer("created_at").get().created_at == patient_user.created_at
