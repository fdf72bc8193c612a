"""Form fields that more than one app needs. The template of each is a piece in templates/components/."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

EARLIEST_YEAR = 1900


class DateInput(forms.MultiWidget):
    """Day, month and year typed in three boxes, in that order; rendered by components/date_input.html."""

    use_fieldset = True
    parts = (("day", _("Day")), ("month", _("Month")), ("year", _("Year")))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part, _label in self.parts}, attrs)

    def decompress(self, value: date | None) -> list[int | None]:
        return [value.day, value.month, value.year] if value else [None, None, None]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for subwidget, (part, label) in zip(context["widget"]["subwidgets"], self.parts, strict=True):
            subwidget |= {"part": part, "label": label}
        return context


class BirthDateField(forms.MultiValueField):
    """A date of birth as people write it: "3", "03", "1984".

    `latest` is the last date that can be right (today in the clinic's zone); the form sets it, since only views ask the
    clock. Cleans to `datetime.date`, or None when it is not required and empty. Errors carry the code "required",
    "incomplete", "unreal", "year" or "future".
    """

    widget = DateInput
    default_error_messages = {
        "required": _("Enter the date of birth."),
        "incomplete": _("The date of birth needs a day, a month and a year."),
        "unreal": _("Enter a date that exists, for example 27 3 1984."),
        "year": _("Write the year with four figures, from 1900."),
        "future": _("The date of birth must be in the past."),
    }

    def __init__(self, *, latest: date | None = None, **options: Any) -> None:
        self.latest = latest
        options.setdefault("label", _("Date of birth"))
        super().__init__([forms.CharField(required=False) for _part in range(3)], require_all_fields=False, **options)

    def clean(self, value: list[str | None] | None) -> date | None:
        typed = [str(part or "").strip() for part in value or []]
        if any(typed) and not all(typed):
            raise self._error("incomplete")
        if not any(typed):
            if self.required:
                raise self._error("required")
            return None
        return self.compress(typed)

    def compress(self, typed: list[str]) -> date:
        # isdecimal() lets other scripts' digits through, which int() reads as well; a length bound keeps int() cheap.
        if not all(part.isdecimal() and len(part) <= 4 for part in typed):
            raise self._error("unreal")
        day, month, year = (int(part) for part in typed)
        if year < EARLIEST_YEAR:
            raise self._error("year")
        try:
            born = date(year, month, day)
        except ValueError:
            raise self._error("unreal") from None
        if self.latest and born > self.latest:
            raise self._error("future")
        return born

    def has_changed(self, initial: Any, data: list[str | None] | None) -> bool:
        before = initial if isinstance(initial, list) else DateInput().decompress(initial)
        return [str(part or "") for part in before] != [str(part or "").strip() for part in data or [None] * 3]

    def _error(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)
