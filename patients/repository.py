"""Patients: whom an account may see, and how one is added, changed, found."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from accounts import repository as accounts
from accounts.models import User
from citas.db import refusable, settled, together, violated
from citas.errors import DomainError
from patients import consents
from patients.models import BY_NAME, Patient, PatientQuerySet

DETAILS = (
    "relationship",
    "given_names",
    "first_surname",
    "second_surname",
    "birth_date",
    "document_country",
    "document_type",
    "document_number",
    "phone",
)


class KeyTaken(DomainError):
    """This key is another patient's: a form was sent again from another account, or for somebody else."""

    status = 409
    code = "key-taken"
    message = _("This form has been used already. Please start again.")


class Oneself(DomainError):
    """An account cannot take itself off its own list."""

    status = 409
    code = "oneself"
    message = _("Your own details cannot be taken off the list.")


class AccountGone(DomainError):
    """The account that a patient was to be linked to has been forgotten meanwhile: nobody ever entered by it."""

    status = 409
    code = "account-gone"
    message = _("This account does not exist any more. Choose another one.")


def of(user: User) -> PatientQuerySet:
    """Those whom an account sees and books for: oneself first, then dependants in the order they were added."""
    return Patient.objects.of(user).order_by(Patient.oneself_first(), "id")


def add(*, id: UUID, account: User, now: datetime, consent: dict[str, str] | None = None, **details: Any) -> Patient:  # noqa: A002
    """A new patient of an account; the same key again is the same patient, as it was first stored.

    An account has one record of oneself: adding another changes that one. `details` are the fields of DETAILS;
    `consent` is version, language and source of what was agreed to. Other people's records are neither looked at nor
    touched, whatever document is typed. Raises KeyTaken.
    """
    oneself = _oneself(account) if details.get("relationship", "self") == Patient.Relationship.SELF else None
    if oneself and oneself.pk != id:
        return change(patient=oneself, now=now, consent=consent, **details)
    patient = Patient(id=id, account=account, email=account.email, language=account.language, **details)
    patient.consents = [consents.agreed(now=now, **consent)] if consent else []
    try:
        with refusable():
            patient.save(force_insert=True)
    except IntegrityError as error:
        with settled():
            known = _added_before(patient)
            oneself = _oneself(account) if violated(error) == "patient_oneself" else None
        if known is not None:
            return known
        if oneself is None:
            raise
        return change(patient=oneself, now=now, consent=consent, **details)  # another tab was first
    return patient


def store(*, patient: Patient) -> None:
    """Store what reception has typed. Raises AccountGone."""

    def write() -> None:
        if patient.account_id is not None and not accounts.keep(patient.account_id):
            raise AccountGone
        patient.save()

    together(write)


def oneself_taken(*, patient: UUID, account: User | None, relationship: str | None, active: bool | None) -> bool:
    """Whether the account has another record of oneself, so that this patient cannot be that."""
    if account is None or not active or relationship != Patient.Relationship.SELF:
        return False
    known = _oneself(account)
    return known is not None and known.pk != patient


def _oneself(account: User) -> Patient | None:
    return Patient.objects.of(account).filter(relationship=Patient.Relationship.SELF).first()


def _added_before(patient: Patient) -> Patient | None:
    """The patient whom the same form has made; None when its key is free. Raises KeyTaken when it means another."""
    known = Patient.objects.filter(pk=patient.pk).first()
    if known and (known.account_id, known.relationship) != (patient.account_id, patient.relationship):
        raise KeyTaken
    return known


def change(*, patient: Patient, now: datetime, consent: dict[str, str] | None = None, **details: Any) -> Patient:
    """Store other details; a new consent is added to those given before."""
    for name, value in details.items():
        setattr(patient, name, value)
    if consent and not consents.covers(patient.consents, consent["version"]):
        patient.consents = [*patient.consents, consents.agreed(now=now, **consent)]
    patient.save(update_fields=[*details, "consents"])
    return patient


def deactivate(*, patient: Patient) -> None:
    """Take a dependant off the account's list. The record stays: past visits refer to it. Raises Oneself."""
    if patient.relationship == Patient.Relationship.SELF:
        raise Oneself
    Patient.objects.filter(pk=patient.pk).update(active=False)


def search(text: str) -> PatientQuerySet:
    """Those whose names, document or phone begin with every word of a text; accents and separators ignored."""
    return Patient.objects.matching(text).order_by(*BY_NAME)


def export_of(user: User) -> dict[str, Any]:
    """Everything that is kept here of an account and its patients, ready for JSON. Deactivated ones included."""
    return {
        "account": {"email": user.email, "language": user.language, "since": user.created_at.isoformat()},
        "patients": [_exported(patient) for patient in Patient.objects.filter(account=user).order_by("id")],
    }


def _exported(patient: Patient) -> dict[str, Any]:
    plain = {name: str(getattr(patient, name) or "") for name in (*DETAILS, "email", "language")}
    return {**plain, "active": patient.active, "since": patient.created_at.isoformat(), "consents": patient.consents}
