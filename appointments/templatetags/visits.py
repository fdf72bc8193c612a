"""When a visit is, in words; `visit` has starts_at and either location or zone, as appointments and choices do."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from appointments import wording

register = template.Library()


def _language() -> str:
    return get_language() or "es"


@register.filter
def when_words(visit: Any) -> str:
    """Day, hour and zone: "martes, 9 de marzo de 2027, 16:30 (hora de Madrid)"."""
    zone, language = visit.location.tz, _language()
    return f"{wording.in_words(visit.starts_at, zone, language)} ({wording.zone_in_words(zone, language)})"


@register.filter
def day_words(visit: Any) -> str:
    return wording.day_in_words(visit.starts_at.astimezone(visit.location.tz).date(), _language())


@register.filter
def doctor_words(doctor: Any) -> str:
    """A doctor after a preposition: "la Dra. Ana Vega"."""
    return wording.doctor_in_words(doctor.full_name, doctor.title, _language())


@register.filter
def zone_words(visit: Any) -> str:
    return wording.zone_in_words(visit.location.tz, _language())
