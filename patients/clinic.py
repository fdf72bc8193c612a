"""The clinic, which another app keeps: the project's setting says which function knows it.

Only what patients need of it: `country` (ISO 3166-1), `zone` (IANA), `legal_version` of the privacy notice.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string


def clinic() -> Any:
    return import_string(settings.CLINIC)()


def today_at(place: Any, *, now: datetime) -> date:
    """The date where the clinic is."""
    return now.astimezone(ZoneInfo(place.zone)).date()
