"""Bookings being filled in. What was typed lies here, not in the session, so that nothing loses it."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from appointments.models import Draft
from appointments.slot_code import SlotCode

KEPT = timedelta(days=1)


def fingerprint(browser: str) -> str:
    """What is stored of a browser's random token."""
    return hashlib.sha256(browser.encode()).hexdigest()


def of(browser: str) -> QuerySet[Draft]:
    """Drafts that were begun in this browser."""
    return Draft.objects.filter(browser=fingerprint(browser)) if browser else Draft.objects.none()


def begin(*, browser: str, slot: SlotCode, now: datetime) -> Draft:
    return Draft.objects.create(browser=fingerprint(browser), data={"slot": str(slot)}, created_at=now)


def keep(draft: Draft, **typed: Any) -> None:
    """Add what was typed to the draft, also when it is not right yet; what another tab adds meanwhile stays."""
    while not _add(draft, typed):
        draft.refresh_from_db()


def _add(draft: Draft, typed: dict[str, Any]) -> bool:
    data, version = {**draft.data, **typed}, draft.version + 1
    if not Draft.objects.filter(pk=draft.pk, version=draft.version).update(data=data, version=version):
        return False
    draft.data, draft.version = data, version
    return True


def prune(*, now: datetime) -> int:
    """Forget drafts older than a day."""
    return Draft.objects.filter(created_at__lt=now - KEPT).delete()[0]
