"""Links in mails: signed, for one appointment, good until its next move, cancellation or undo."""

from __future__ import annotations

from uuid import UUID

from django.core import signing

from appointments.models import Appointment

SALT = "appointments.link"


def token(appointment: Appointment) -> str:
    """What the link of a mail carries: which appointment, and as of which sequence."""
    return signing.dumps([appointment.pk.hex, appointment.sequence], salt=SALT)


def read(token: str) -> tuple[UUID, int] | None:
    """The appointment's key and sequence, or None for anything that we did not sign."""
    try:
        key, sequence = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return UUID(key), sequence
