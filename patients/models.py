from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from citas.db import uuid7
from citas.db.indexes import TokensIndex, UniqueIndex
from citas.db.kept import Kept, KeptQuerySet
from citas.db.made_once import MadeOnce
from citas.db.timestamps import MillisecondField
from citas.db.tokens import TokensField, query_tokens, tokens
from patients import documents

# What people put between the figures of a phone or a document, and before its letter: "612 34 56 78", "12.345.678-Z".
_SEPARATORS = re.compile(r"(?<=\d)[\s.\-/·()]+(?=\d|[A-Za-z]\b)|(?<=\b[A-Za-z])[.\-]+(?=\d)")


BY_NAME = ("first_surname", "second_surname", "given_names", "id")


class PatientQuerySet(KeptQuerySet["Patient"]):
    def of(self, user: Any) -> PatientQuerySet:
        """Those whom an account may see and book for."""
        return self.filter(account=user, active=True)

    def matching(self, text: str) -> PatientQuerySet:
        """Those whose names, document or phone begin with every word of a text; nobody when it holds no word."""
        wanted = query_tokens(_SEPARATORS.sub("", text))
        return self.filter(search__has_all=wanted) if wanted else self.none()


class Patient(MadeOnce, Kept):
    """The person treated: an account's own, a dependant of it, or somebody known to reception only."""

    class Relationship(models.TextChoices):
        SELF = "self", _("myself")
        CHILD = "child", _("my child")
        PARENT = "parent", _("my father or mother")
        PARTNER = "partner", _("my partner")
        OTHER = "other", _("somebody else I care for")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="patients",
        verbose_name=_("account"),
    )
    relationship = models.CharField(_("who it is"), max_length=8, choices=Relationship, default=Relationship.SELF)
    given_names = models.CharField(_("given names"), max_length=80)
    first_surname = models.CharField(_("first surname"), max_length=80)
    second_surname = models.CharField(_("second surname"), max_length=80, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    document_country = models.CharField(_("country of the document"), max_length=2, blank=True)
    document_type = models.CharField(_("document type"), max_length=10, blank=True)
    document_number = models.CharField(_("document number"), max_length=30, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=5, default="es")
    search = TokensField()
    consents = models.JSONField(_("consents"), default=list, blank=True, editable=False)
    active = models.BooleanField(_("active"), default=True)
    created_at = MillisecondField(_("since"), auto_now_add=True)
    updated_at = MillisecondField(_("changed"), auto_now=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        ordering = ("-id",)
        indexes = (
            TokensIndex(fields=["search"], name="patient_search"),
            models.Index(fields=["document_number"], name="patient_document"),
            models.Index(fields=BY_NAME, name="patient_by_name"),
            # An account has one record of oneself, even when two tabs send their forms at once.
            UniqueIndex(fields=["account"], condition=Q(relationship="self", active=True), name="patient_oneself"),
        )

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.refresh_search()
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], "search", "updated_at"}
        super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.given_names, self.first_surname, self.second_surname) if part)

    @staticmethod
    def oneself_first() -> models.Case:
        """An order: whoever is the account's owner comes before the dependants."""
        return models.Case(models.When(relationship=Patient.Relationship.SELF, then=0), default=1)

    @property
    def document(self) -> str:
        """Type and number, as reception reads them: "DNI 12345678Z"."""
        label = documents.LABELS.get(self.document_type, "")
        return f"{label} {self.document_number}".strip() if self.document_number else ""

    def refresh_search(self) -> None:
        """What reception finds this person by: every name, the document, the phone with and without its country."""
        phone = str(self.phone or "")
        national = str(self.phone.national_number) if phone else ""
        self.search = tokens(self.full_name, self.document_number, phone, national)
