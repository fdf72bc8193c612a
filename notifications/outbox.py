"""Turns changes of appointments into messages. It may die anywhere: run again, it writes nothing twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError

from appointments import repository as appointments
from appointments.models import Appointment, Status
from notifications import mails, repository, webhooks
from notifications.models import Message

log = structlog.get_logger()

REST = timedelta(minutes=10)  # before an appointment that no mail could be written of is tried again
KINDS = {
    "created": Message.Kind.CONFIRMATION,
    "confirmed": Message.Kind.CONFIRMATION,
    "undone": Message.Kind.CONFIRMATION,
    "rescheduled": Message.Kind.MOVED,
    "cancelled": Message.Kind.CANCELLED,
}

# Until when this process leaves an appointment alone. Kept here only: a worker with mended code begins at once.
_resting: dict[UUID, datetime] = {}


def write_due(*, now: datetime, limit: int = 100) -> int:
    """Write what is due; how many appointments were looked at.

    One of which no mail can be written rests for a while: it neither stops the others nor takes their places.
    """
    for key in [key for key, until in _resting.items() if until <= now]:
        del _resting[key]
    due = appointments.mail_due(limit=limit, without=_resting)
    for appointment in due:
        _tell(appointment, now)
    return len(due)


def _tell(appointment: Appointment, now: datetime) -> None:
    try:
        write(appointment, now=now)
        webhooks.queue(appointment, now=now)
        appointments.mail_written(appointment)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one appointment, the others' mail goes out
        # What the error says may repeat a name or an address: the log gets its kind only.
        log.error("mail_not_written", appointment=str(appointment.pk), error=type(error).__name__)
        _resting[appointment.pk] = now + REST


def write(appointment: Appointment, *, now: datetime) -> bool:
    """Tell the patient of the last change that concerns them; False when they have been told, or have no address."""
    told, recipient = _last_told(appointment), _recipient(appointment)
    if told is None or not recipient:
        return False
    kind = KINDS[told["kind"]]
    dedupe_key = f"{appointment.pk}/{told['sequence']}/{kind}/{recipient}"
    if repository.is_known(dedupe_key):
        return False
    language = _language(appointment)
    content = mails.write(appointment, kind=kind, recipient=recipient, language=language, now=now)
    return repository.queue(
        recipient=recipient,
        dedupe_key=dedupe_key,
        appointment_id=appointment.pk,
        sequence=appointment.sequence,
        kind=kind,
        language=language,
        **content,
    )


def _last_told(appointment: Appointment) -> dict[str, Any] | None:
    """The last event that patients are written of."""
    return next((entry for entry in reversed(appointment.events) if _is_told(entry)), None)


def _is_told(entry: dict[str, Any]) -> bool:
    # Taking back an arrival at the desk is no news to the patient who stands there.
    taken_back = entry["kind"] == "undone" and entry["was"] != Status.CANCELLED
    return entry["kind"] in KINDS and entry["status"] != Status.HELD and not taken_back


def _recipient(appointment: Appointment) -> str:
    account = appointment.patient.account
    return account.email if account else appointment.patient.email


def _language(appointment: Appointment) -> str:
    account = appointment.patient.account
    return account.language if account else appointment.patient.language
