"""Details of a person as a program sends them, checked by the forms that people fill in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import EmailField
from citas.apikit.problems import Fault, Invalid, pointer
from patients.forms import DetailsForm
from patients.models import Patient

LANGUAGES = [("es", "es"), ("en", "en")]
DOCUMENT = {"document_type", "document_number"}
NOT_ONES_OWN = ("email", "language")


class DeskDetailsForm(DetailsForm):
    """What reception knows of somebody: the name, and whatever else there is."""

    email = EmailField(required=False)
    language = forms.ChoiceField(choices=LANGUAGES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, relationship_asked=True, consented=True, **kwargs)
        self.fields["birth_date"].required = self.fields["phone"].required = False
        del self.fields["relationship"]


def details(typed: dict[str, Any], *, desk: bool) -> dict[str, Any]:
    """What is stored of a new patient. Raises Invalid."""
    if desk:
        return checked(DeskDetailsForm(_as_typed(typed)))
    if typed.get("email"):
        raise Invalid(Fault("body", "#/email", str(_("Only reception writes this."))))
    is_self = typed["relationship"] == Patient.Relationship.SELF
    found = checked(DetailsForm(_as_typed(typed), relationship_asked=not is_self))
    return {**found, "relationship": typed["relationship"], "consent": {**found["consent"], "source": "api"}}


def changes(typed: dict[str, Any], *, patient: Patient, desk: bool) -> dict[str, Any]:
    """What is stored when some of a patient's details change. Raises Invalid."""
    if not desk and (foreign := [name for name in NOT_ONES_OWN if name in typed]):
        raise Invalid(Fault("body", pointer(foreign[0]), str(_("Only reception writes this."))))
    is_self = patient.relationship == Patient.Relationship.SELF
    whole = _as_typed({**_stored(patient), **typed})
    form = DeskDetailsForm(whole) if desk else DetailsForm(whole, relationship_asked=not is_self, consented=True)
    found, wanted = checked(form), set(typed)
    if wanted & DOCUMENT:
        wanted |= {*DOCUMENT, "document_country"}
    return {name: value for name, value in found.items() if name in wanted}


def checked(form: DetailsForm) -> dict[str, Any]:
    if not form.is_valid():
        raise Invalid(*_faults(form))
    return form.details()


def _faults(form: forms.Form) -> Iterator[Fault]:
    for name, errors in form.errors.get_json_data().items():
        where = pointer() if name == "__all__" else pointer(name)
        yield from (Fault("body", where, error["message"]) for error in errors)


def _stored(patient: Patient) -> dict[str, Any]:
    names = ("given_names", "first_surname", "second_surname", "birth_date", "document_type", "document_number")
    plain = {name: getattr(patient, name) for name in (*names, "relationship", "email", "language")}
    return {**plain, "phone": str(patient.phone or "")}


def _as_typed(typed: dict[str, Any]) -> dict[str, Any]:
    """The same as a form sends it: the date in three fields, and no box that is not ticked."""
    born = typed.get("birth_date")
    parts = {"birth_date_day": born.day, "birth_date_month": born.month, "birth_date_year": born.year} if born else {}
    kept = {name: value for name, value in typed.items() if name not in ("birth_date", "consent")}
    return {**kept, **parts, **({"consent": "on"} if typed.get("consent") else {})}
