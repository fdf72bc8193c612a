from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from appointments.slot_code import SlotField
from doctors.models import Offering, Specialty
from patients.models import Patient

FARTHEST = timedelta(days=731)
MYSELF, SOMEBODY_ELSE = "self", "other"


class SearchForm(forms.Form):
    """What is looked for, by short names in the address. What is unknown or misspelt is 'any'."""

    especialidad = forms.SlugField(required=False)
    sede = forms.SlugField(required=False)
    medico = forms.SlugField(required=False)
    tipo = forms.SlugField(required=False)

    @cached_property
    def wanted(self) -> dict[str, str]:
        """Short names by what they name; "" is any."""
        self.full_clean()
        names = {"specialty": "especialidad", "location": "sede", "doctor": "medico", "visit_type": "tipo"}
        return {name: self.cleaned_data.get(param, "") for name, param in names.items()}

    def asks_for_something(self, specialties: Iterable[Specialty]) -> bool:
        """Whether anything was asked for; not so when it was a specialty that the clinic does not have."""
        slug = self.wanted["specialty"]
        return any(self.wanted.values()) and (not slug or slug in {specialty.slug for specialty in specialties})

    @property
    def where(self) -> dict[str, str]:
        """What narrows the doctors down: all but the visit type."""
        return {name: value for name, value in self.wanted.items() if name != "visit_type"}


class SeenForm(forms.Form):
    """Which version of an appointment whoever sends this has looked at."""

    version = forms.IntegerField(required=False, min_value=1, max_value=10**6, widget=forms.HiddenInput)


class MoveForm(SeenForm):
    slot = SlotField()


class WhoForm(forms.Form):
    """For whom the visit is: one of the account's patients, or somebody the clinic does not know yet."""

    who = forms.ChoiceField(
        label=_("Who is the appointment for?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say who the appointment is for.")},
    )

    def __init__(self, *args: Any, patients: list[Patient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(patient.pk), patient.full_name) for patient in patients]
        myself = [] if any(p.relationship == Patient.Relationship.SELF for p in patients) else [(MYSELF, _("Myself"))]
        self.fields["who"].choices = [*known, *myself, (SOMEBODY_ELSE, _("Somebody else I care for"))]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("What is the reason for the visit?"),
        help_text=_("Optional. A few words help the doctor to prepare."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CancelForm(SeenForm):
    reason = forms.CharField(
        label=_("Would you like to tell us why?"),
        help_text=_("Optional."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WeekForm(forms.Form):
    """From which day on slots are shown, and of which visit type; what makes no sense is today."""

    desde = forms.DateField(required=False)
    tipo = forms.SlugField(required=False)
    borrador = forms.UUIDField(required=False)

    def choose(self, offerings: list[Offering]) -> Offering | None:
        """The visit type asked for, else the first; None when the doctor offers none."""
        self.full_clean()
        wanted = [one for one in offerings if one.visit_type.slug == self.cleaned_data.get("tipo")]
        return next(iter(wanted or offerings), None)

    def first_day(self, *, today: date, otherwise: date | None = None) -> date:
        """The day asked for, else `otherwise`; never before today."""
        self.full_clean()
        day = self.cleaned_data.get("desde") or otherwise or today
        return day if today <= day <= today + FARTHEST else today

    def any_day(self, *, today: date) -> date:
        """As first_day, but the past counts too."""
        self.full_clean()
        day = self.cleaned_data.get("desde") or today
        return day if abs(day - today) <= FARTHEST else today


class DayForm(WeekForm):
    """A day of the clinic, and whose; what is unknown or misspelt is as if it had not been asked for."""

    sede = forms.SlugField(required=False)
    medico = forms.SlugField(required=False)
    tras = forms.SlugField(required=False)

    @property
    def narrowed(self) -> dict[str, str]:
        """Short names by what they name; "" is none."""
        self.full_clean()
        names = {"place": "sede", "doctor": "medico", "after": "tras"}
        return {name: self.cleaned_data.get(param, "") for name, param in names.items()}
