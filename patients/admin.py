"""Patients at the desk: found by any word, document or phone, accents ignored; deactivated, never deleted."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from citas.administration import OneTransaction
from citas.exchange.administration import ExchangeAdmin
from citas.long_lists import LongListAdmin
from patients import documents, finding, repository
from patients.clinic import clinic
from patients.exchange import PatientResource
from patients.forms import NameField, PhoneNumberField
from patients.models import BY_NAME, Patient, PatientQuerySet

WHOSE = ("account", "relationship", "active")


class PatientForm(forms.ModelForm):
    """What reception writes; the same checks of names, documents and phones as on the patients' own pages."""

    given_names = NameField(label=_("Given names"), autocomplete="off")
    first_surname = NameField(label=_("First surname"), autocomplete="off")
    second_surname = NameField(label=_("Second surname"), autocomplete="off", required=False)
    document_type = forms.ChoiceField(label=_("Document"), required=False)
    phone = PhoneNumberField(label=_("Phone"), required=False, max_length=40, widget=forms.TextInput)

    class Meta:
        model = Patient
        fields: ClassVar = [
            "given_names",
            "first_surname",
            "second_surname",
            "birth_date",
            "document_type",
            "document_number",
            "phone",
            "email",
            "language",
            "account",
            "relationship",
            "active",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = clinic().country
        kept = self.instance.document_type
        known = documents.choices(self.country)
        # A document of another country's type, from before the clinic moved, stays what it is.
        more = [] if not kept or kept in dict(known) else [(kept, documents.LABELS.get(kept, kept))]
        if "document_type" in self.fields:
            self.fields["document_type"].choices = [("", "—"), *known, *more]  # type: ignore[attr-defined]
        if "phone" in self.fields:
            self.fields["phone"].region = self.country  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if repository.oneself_taken(patient=self.instance.pk, **{name: cleaned.get(name) for name in WHOSE}):
            self.add_error("relationship", _("This account has a record of oneself already."))
        if not {"document_type", "document_number"} & set(self.changed_data):
            return cleaned
        kind, number = cleaned.get("document_type"), cleaned.get("document_number")
        if number and kind:
            self._check_number(kind, number)
        elif number:
            self.add_error("document_type", _("Choose a document."))
        return cleaned

    def _check_number(self, kind: str, number: str) -> None:
        try:
            self.cleaned_data["document_number"] = documents.normalise(kind, number, country=self.country)
        except documents.WrongNumber:
            self.add_error("document_number", _("Check the number: it does not fit this kind of document."))
        self.instance.document_country = documents.country_of(kind, clinic=self.country)


@admin.register(Patient)
class PatientAdmin(ExchangeAdmin, OneTransaction, LongListAdmin):
    resource_classes = (PatientResource,)
    form = PatientForm
    list_display = ("full_name", "birth_date", "document", "phone", "email", "active")
    list_filter = ("active",)
    ordering = BY_NAME
    # Only so that the box is shown: what it finds is decided by get_search_results.
    search_fields = ("search",)
    search_help_text = _("Names, document, phone or reference of an appointment; accents do not matter.")
    autocomplete_fields = ("account",)
    readonly_fields = ("agreements", "created_at", "updated_at")
    fieldsets = (
        (None, {"fields": ("given_names", "first_surname", "second_surname", "birth_date")}),
        (_("Document"), {"fields": ("document_type", "document_number")}),
        (_("Contact"), {"fields": ("phone", "email", "language")}),
        (_("Account"), {"fields": ("account", "relationship", "active")}),
        (_("History"), {"fields": ("agreements", "created_at", "updated_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Patient]:
        """Without those whom no word finds: proofs and trials book for them."""
        return super().get_queryset(request).exclude(search=[])

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[PatientQuerySet, bool]:
        return (finding.find(queryset, search_term) if search_term.strip() else queryset), False

    def save_model(self, request: HttpRequest, obj: Patient, form: Any, change: bool) -> None:
        repository.store(patient=obj)

    @admin.display(description=_("name"))
    def full_name(self, patient: Patient) -> str:
        return patient.full_name

    @admin.display(description=_("document"))
    def document(self, patient: Patient) -> str:
        return patient.document

    @admin.display(description=_("privacy notice"))
    def agreements(self, patient: Patient) -> str:
        """Which versions were agreed to, and when."""
        lines = [(consent["version"], consent["at"][:10], consent["language"]) for consent in patient.consents]
        return format_html_join("", "<div>{} · {} · {}</div>", lines) or "—"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
