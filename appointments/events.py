"""What happened to an appointment: the entries of its list of events, which only grows.

An event holds ids, statuses, times and field names, never names or free text, so that erasing a person leaves it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from appointments.models import Appointment
from citas.db import uuid7_text


def stamp(instant: datetime) -> str:
    """An instant in UTC, cut to the millisecond: "2027-03-09T15:30:00.000Z"."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event(
    *,
    kind: str,
    appointment: Appointment,
    actor: Any,
    source: str,
    now: datetime,
    fields: Sequence[str] = (),
    past_rules: bool = False,
    **changed: Any,
) -> dict[str, Any]:
    """One entry: who did what, when and from where, and how the appointment stands after it.

    `past_rules` marks what the desk did past notice, cut-off or cap.
    """
    entry = {
        "id": uuid7_text(),
        "at": stamp(now),
        "kind": kind,
        "actor": None if actor is None else str(actor.pk),
        "source": source,
        "status": changed.get("status", appointment.status),
        "was": appointment.status if appointment.events else None,
        "version": changed.get("version", appointment.version),
        "sequence": changed.get("sequence", appointment.sequence),
        "starts_at": stamp(changed.get("starts_at", appointment.starts_at)),
        "fields": sorted(fields),
    }
    return entry | ({"past_rules": True} if past_rules else {})
