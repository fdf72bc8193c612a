"""What is no working time, said of both ends together."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def check_span(starts: Any, ends: Any) -> None:
    """A wall-clock span ends after it starts; 00:00 as its end is midnight at the end of the day."""
    if starts and ends is not None and ends.strftime("%H:%M") != "00:00" and ends <= starts:
        raise ValidationError({"ends": _("The end comes before the beginning.")})
