"""What staff type in the administration: the same doors as everywhere, and every refusal is an error of the form."""

from __future__ import annotations

from datetime import datetime
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
from doctors.models import Location


class DeskForm(forms.ModelForm):
    """Nothing typed is copied onto an appointment: it is booked or changed while the form is checked, because only the
    write knows whether it may be.
    """

    past_rules = forms.BooleanField(
        label=_("Past the rules"),
        help_text=_("Not bound by notice, latest change and most visits ahead. The history says so."),
        required=False,
    )
    actor: Any  # whoever is signed in: set by the admin

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors:
            self.carry_out(typed)
        return typed

    def carry_out(self, typed: dict[str, Any]) -> None:
        raise ValidationError(_("Choose what to do."))

    def _post_clean(self) -> None:
        """See above."""

    def save(self, commit: bool = True) -> Appointment:
        self.save_m2m = lambda: None  # type: ignore[method-assign]
        return self.instance


class BookForm(DeskForm):
    """A new appointment. Day and hour are read by the clock of its place."""

    form_key = forms.CharField(widget=forms.HiddenInput, initial=lambda: str(uuid7()), max_length=255)

    class Meta:
        model = Appointment
        fields = ("doctor", "patient", "visit_type", "location", "starts_at", "reason")

    def carry_out(self, typed: dict[str, Any]) -> None:
        asked = typed | {"starts_at": _at(typed["location"], typed["starts_at"])}
        try:
            self.instance = self._book(**asked)
        except DomainError as refusal:
            raise ValidationError({"starts_at": [refusal.message, *_nearest(asked, refusal)]}) from refusal

    def _book(self, *, form_key: str, **asked: Any) -> Appointment:
        """The key comes with the form, so that sending it twice books once."""
        return booking.book(**asked, request_key=form_key, actor=self.actor, source="admin", now=timezone.now())


class ChangeForm(DeskForm):
    """What can be done to an appointment. `seen` is the version that this page has shown."""

    move_to = forms.SplitDateTimeField(
        label=_("New start"), help_text=_("By the clock of its place."), required=False, widget=AdminSplitDateTime
    )
    cancel_reason = forms.CharField(label=_("Reason of the cancellation"), required=False, max_length=500)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Appointment
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("seen", self.instance.version)

    def carry_out(self, typed: dict[str, Any]) -> None:
        try:
            self._change(self.data.get("_do", ""), typed)
        except DomainError as refusal:
            raise ValidationError(refusal.message) from refusal

    def _change(self, wanted: str, typed: dict[str, Any]) -> None:
        context = {"appointment": self.instance, "actor": self.actor, "source": "admin", "now": timezone.now()}
        rules = {"seen": typed.get("seen"), "past_rules": typed.get("past_rules", False)}
        if typed.get("seen") not in (None, self.instance.version):
            raise booking.Stale
        if wanted == "move" and not typed.get("move_to"):
            raise ValidationError({"move_to": _("Give the new day and hour.")})
        if wanted == "move":
            booking.move(starts_at=_at(self.instance.location, typed["move_to"]), **rules, **context)
        elif wanted == "cancel":
            booking.cancel(reason=typed.get("cancel_reason", ""), **rules, **context)
        elif wanted == "undo":
            attendance.undo(**context)
        elif wanted in (Status.ARRIVED, Status.COMPLETED, Status.NO_SHOW):
            attendance.record(status=wanted, **context)
        else:
            raise ValidationError(_("Choose what to do."))


def _at(location: Location, typed: datetime) -> datetime:
    """What was typed, by the clock of the place and not by the clinic's own."""
    return timezone.make_naive(typed).replace(tzinfo=location.tz)


def _nearest(asked: dict[str, Any], refusal: DomainError) -> list[str]:
    """The free times nearest to the one that was refused, in words, where another time would do."""
    if not refusal.another_time:
        return []
    offering = doctors_repository.offering(doctor=asked["doctor"], visit_type=asked["visit_type"])
    if offering is None or not booking.FIRST_YEAR <= asked["starts_at"].year <= booking.LAST_YEAR:
        return []
    slots = calendars.nearest(offering=offering, around=asked["starts_at"], now=timezone.now())
    return [short_in_words(slot.starts_at, ZoneInfo(slot.zone), get_language() or "es") for slot in slots]
