"""A person's details as people type them. What is typed lies in a draft: bound to it, the form says what is missing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField as AnyPhoneNumberField

from citas.fields import BirthDateField
from patients import documents, names
from patients.clinic import clinic, today_at
from patients.models import Patient

Relationship = Patient.Relationship


class NameField(forms.CharField):
    """A name in any script; cleans to NFC with single blanks."""

    def __init__(self, *, autocomplete: str, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"})
        super().__init__(max_length=80, widget=widget, **options)

    def to_python(self, value: Any) -> str:
        try:
            return names.normalise(super().to_python(value) or "")
        except names.WrongName:
            raise ValidationError(_("Write the name with letters only."), code="name") from None


class PhoneNumberField(AnyPhoneNumberField):
    """The library reads letters as keys of the telephone; people mean a slip of the finger."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and any(character.isalpha() for character in value):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class DetailsForm(forms.Form):
    """Who is treated. Documents, and phones without a country's code, are those of the clinic's country.

    `relationship_asked`: the patient is somebody else than who types, and may be a child without a document.
    `consented`: the privacy notice in force was agreed to before and is not asked again.
    """

    field_order = ("given_names", "first_surname", "second_surname", "relationship", "birth_date")

    given_names = NameField(
        label=_("Given names"), autocomplete="given-name", error_messages={"required": _("Enter the given names.")}
    )
    first_surname = NameField(
        label=_("First surname"), autocomplete="family-name", error_messages={"required": _("Enter the first surname.")}
    )
    second_surname = NameField(label=_("Second surname"), autocomplete="off", required=False)
    birth_date = BirthDateField(label=_("Date of birth"), help_text=_("For example, 27 3 1984"))
    relationship = forms.ChoiceField(
        label=_("Who is this person for you?"),
        choices=[choice for choice in Relationship.choices if choice[0] != Relationship.SELF],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say who this person is for you.")},
    )
    document_type = forms.ChoiceField(
        label=_("Document"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a document.")},
    )
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the number of the document.")},
    )
    phone = PhoneNumberField(
        label=_("Phone"),
        help_text=_("We only call about your visits."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        max_length=40,
        error_messages={
            "required": _("Enter a phone number."),
            "invalid": _(
                "Enter all the figures of the phone number, with + and the country's code if it is from abroad."
            ),
        },
    )
    consent = forms.BooleanField(
        label=_("I have read how my details are used and I agree."),
        error_messages={"required": _("We need your agreement to keep these details.")},
    )

    def __init__(self, *args: Any, relationship_asked: bool, consented: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = clinic()
        self.fields["birth_date"].latest = today_at(self.place, now=timezone.now())  # type: ignore[attr-defined]
        self.fields["phone"].region = self.place.country  # type: ignore[attr-defined]
        self.fields["document_type"].choices = documents.choices(self.place.country)  # type: ignore[attr-defined]
        self.fields["document_type"].initial = documents.types(self.place.country)[0]
        if relationship_asked:
            self._ask_for_somebody_else()
        else:
            del self.fields["relationship"]
        if consented:
            del self.fields["consent"]

    def _ask_for_somebody_else(self) -> None:
        for name in ("given_names", "first_surname", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["document_number"].required = self.fields["document_type"].required = False
        self.fields["phone"].help_text = _("Yours will do. Messages go to your own e-mail.")
        self.fields["document_number"].help_text = _("If it has none, or you do not have it at hand, leave it empty.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, number = cleaned.get("document_type"), cleaned.get("document_number")
        if kind and number:
            try:
                cleaned["document_number"] = documents.normalise(kind, number, country=self.place.country)
            except documents.WrongNumber:
                self.add_error("document_number", _("Check the number: it does not fit this kind of document."))
        return cleaned

    @property
    def full_name(self) -> str:
        """The name as typed, without what is wrong about it."""
        self.full_clean()
        typed = (self.cleaned_data.get(each) for each in ("given_names", "first_surname", "second_surname"))
        return " ".join(name for name in typed if name)

    def details(self) -> dict[str, Any]:
        """What patients.repository.add and change take, after is_valid()."""
        typed = dict(self.cleaned_data)
        kind = typed["document_type"] if typed["document_number"] else ""
        country = documents.country_of(kind, clinic=self.place.country) if kind else ""
        phone = typed["phone"].as_e164 if typed["phone"] else ""
        typed |= {"phone": phone, "document_type": kind, "document_country": country}
        if typed.pop("consent", False):
            typed["consent"] = {
                "version": self.place.legal_version,
                "language": (get_language() or "es")[:2],
                "source": "web",
            }
        return typed
