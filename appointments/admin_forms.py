"""What staff type in the administration: the same doors as everywhere, and every refusal is an error of the form."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from appointments import attendance, booking, calendars
from appointments.models import Appointment, Status
from appointments.wording import short_in_words
from citas.db import uuid7
from citas.errors import DomainError
from doctors import repository as doctors_repository


class BookForm(forms.ModelForm):
    """A new appointment. It is booked while the form is checked: only the write knows whether the time is free."""

    form_key = forms.CharField(widget=forms.HiddenInput, initial=lambda: str(uuid7()), max_length=255)
    actor: Any  # whoever is signed in: set by the admin

    class Meta:
        model = Appointment
        fields = ("doctor", "patient", "visit_type", "location", "starts_at", "reason")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors:
            try:
                self.instance = self._book(**typed)
            except DomainError as refusal:
                raise ValidationError({"starts_at": [refusal.message, *_nearest(typed)]}) from refusal
        return typed

    def _book(self, *, form_key: str, **asked: Any) -> Appointment:
        """The key comes with the form, so that sending it twice books once."""
        return booking.book(**asked, request_key=form_key, actor=self.actor, source="admin", now=timezone.now())

    def _post_clean(self) -> None:
        """The instance is what was booked: nothing typed is copied onto it."""

    def save(self, commit: bool = True) -> Appointment:
        self.save_m2m = lambda: None  # type: ignore[method-assign]
        return self.instance


class ChangeForm(forms.ModelForm):
    """What can be done to an appointment: nothing is edited, everything is a change with its event."""

    move_to = forms.SplitDateTimeField(label=_("New start"), required=False, widget=AdminSplitDateTime)
    cancel_reason = forms.CharField(label=_("Reason of the cancellation"), required=False, max_length=500)
    actor: Any

    class Meta:
        model = Appointment
        fields: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors:
            try:
                self._carry_out(self.data.get("_do", ""), typed)
            except DomainError as refusal:
                raise ValidationError(refusal.message) from refusal
        return typed

    def _carry_out(self, wanted: str, typed: dict[str, Any]) -> None:
        context = {"appointment": self.instance, "actor": self.actor, "source": "admin", "now": timezone.now()}
        if wanted == "move" and not typed.get("move_to"):
            raise ValidationError({"move_to": _("Give the new day and hour.")})
        if wanted == "move":
            booking.move(starts_at=typed["move_to"], **context)
        elif wanted == "cancel":
            booking.cancel(reason=typed.get("cancel_reason", ""), **context)
        elif wanted == "undo":
            attendance.undo(**context)
        elif wanted in (Status.ARRIVED, Status.COMPLETED, Status.NO_SHOW):
            attendance.record(status=wanted, **context)

    def _post_clean(self) -> None:
        """Nothing typed is copied onto the instance."""

    def save(self, commit: bool = True) -> Appointment:
        self.save_m2m = lambda: None  # type: ignore[method-assign]
        return self.instance


def _nearest(asked: dict[str, Any]) -> list[str]:
    """The free times nearest to the one that was refused, in words."""
    offering = doctors_repository.offering(doctor=asked["doctor"], visit_type=asked["visit_type"])
    if offering is None:
        return []
    slots = calendars.nearest(offering=offering, around=asked["starts_at"], now=timezone.now())
    return [short_in_words(slot.starts_at, ZoneInfo(slot.zone), get_language() or "es") for slot in slots]
