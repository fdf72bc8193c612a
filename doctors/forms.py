"""What a manager types about doctors' hours, checked as a whole."""

from __future__ import annotations

from datetime import date, time
from itertools import combinations
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from doctors.models import WorkingHours

MIDNIGHT = time()
MINUTES_A_DAY = 24 * 60


class HoursFormSet(BaseInlineFormSet):
    """The weekly hours of one doctor: nobody works twice at one time, wherever it is."""

    def clean(self) -> None:
        super().clean()
        rows = [form.cleaned_data for form in self.forms if _complete(form.cleaned_data)]
        for first, second in combinations(rows, 2):
            if overlap(first, second):
                raise ValidationError(
                    _("%(day)s: the hours from %(first)s and from %(second)s overlap. Change one of them."),
                    code="overlap",
                    params={
                        "day": WorkingHours.Weekday(first["weekday"]).label,
                        "first": f"{first['starts']:%H:%M}",
                        "second": f"{second['starts']:%H:%M}",
                    },
                )


def overlap(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Whether two weekly rules ever hold at the same time of the same day."""
    return (
        first["weekday"] == second["weekday"]
        and first["valid_from"] <= (second["valid_until"] or date.max)
        and second["valid_from"] <= (first["valid_until"] or date.max)
        and _minutes(first["starts"]) < _end(second["ends"])
        and _minutes(second["starts"]) < _end(first["ends"])
    )


def _complete(row: dict[str, Any]) -> bool:
    """Rows to be removed, and those with errors of their own, are no matter here."""
    return not row.get("DELETE") and all(
        row.get(name) is not None for name in ("weekday", "starts", "ends", "valid_from")
    )


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _end(clock: time) -> int:
    return MINUTES_A_DAY if clock == MIDNIGHT else _minutes(clock)
