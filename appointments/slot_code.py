"""A slot as a form carries it: who, what, where and when, in one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class SlotCode:
    """`starts_at` is an aware instant. Whether it can be booked is for booking to say, not for this."""

    doctor: UUID
    visit_type: UUID
    location: UUID
    starts_at: datetime

    def __str__(self) -> str:
        return f"{self.doctor}.{self.visit_type}.{self.location}.{self.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}"

    @classmethod
    def parse(cls, text: str) -> SlotCode:
        """Raises ValueError for anything but four well-formed parts, and for years that no clock here will show."""
        doctor, visit_type, location, start = text.split(".")
        starts_at = datetime.strptime(start, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
        if not 2000 <= starts_at.year < 2200:
            raise ValueError(start)
        return cls(UUID(doctor), UUID(visit_type), UUID(location), starts_at)


class SlotField(forms.Field):
    """Gives a SlotCode."""

    widget = forms.RadioSelect
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Choose a time."),
        "invalid": _("Choose one of the times shown."),
    }

    def to_python(self, value: str | None) -> SlotCode | None:
        if not value:
            return None
        try:
            return SlotCode.parse(value)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class SlotForm(forms.Form):
    slot = SlotField()


def chosen_in(query: Mapping[str, Any]) -> SlotCode | None:
    """The slot that a page is asked to show as chosen, None when there is none or it makes no sense."""
    form = SlotForm(query)
    return form.cleaned_data["slot"] if form.is_valid() else None
