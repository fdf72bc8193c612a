"""Turns changes of appointments into messages. It may die anywhere: run again, it writes nothing twice."""

from __future__ import annotations

from datetime import datetime

from appointments import repository as appointments
from appointments.models import Appointment, Status
from notifications import mails, repository
from notifications.models import Message

KINDS = {
    "created": Message.Kind.CONFIRMATION,
    "confirmed": Message.Kind.CONFIRMATION,
    "undone": Message.Kind.CONFIRMATION,
    "rescheduled": Message.Kind.MOVED,
    "cancelled": Message.Kind.CANCELLED,
}


def write_due(*, now: datetime, limit: int = 100) -> int:
    """Write what is due; how many appointments were looked at."""
    due = appointments.mail_due(limit=limit)
    for appointment in due:
        write(appointment, now=now)
        appointments.mail_written(appointment)
    return len(due)


def write(appointment: Appointment, *, now: datetime) -> bool:
    """Tell the patient of the last change that concerns them; False when they have been told, or have no address."""
    kind = _kind(appointment)
    recipient = _recipient(appointment)
    if kind is None or not recipient:
        return False
    language = _language(appointment)
    content = mails.write(appointment, kind=kind, recipient=recipient, language=language, now=now)
    return repository.queue(
        recipient=recipient,
        dedupe_key=f"{appointment.pk}/{appointment.sequence}/{kind}/{recipient}",
        appointment_id=appointment.pk,
        sequence=appointment.sequence,
        kind=kind,
        language=language,
        **content,
    )


def _kind(appointment: Appointment) -> str | None:
    told = [entry for entry in appointment.events if entry["kind"] in KINDS and entry["status"] != Status.HELD]
    return KINDS[told[-1]["kind"]] if told else None


def _recipient(appointment: Appointment) -> str:
    account = appointment.patient.account
    return account.email if account else appointment.patient.email


def _language(appointment: Appointment) -> str:
    account = appointment.patient.account
    return account.language if account else appointment.patient.language
