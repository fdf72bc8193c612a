"""What every page shows of the clinic."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from doctors import repository


def clinic(request: HttpRequest) -> dict[str, Any]:
    """The clinic, read when a template first asks for it; a page shown while the database is away has the usual one."""
    return {"clinic": SimpleLazyObject(repository.clinic_or_usual), "mode": settings.CITAS_ENV}
