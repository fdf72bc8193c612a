"""Links in mails: signed, for one appointment, good until its next move, cancellation or undo."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from django.core.signing import BadSignature, Signer

from appointments.models import Appointment

SIGNER = Signer(salt="appointments.link")


def token(appointment: Appointment) -> str:
    """What the link of a mail carries: which appointment, and as of which sequence; short enough for one line."""
    key = urlsafe_b64encode(appointment.pk.bytes).decode().rstrip("=")
    return SIGNER.sign(f"{key}.{appointment.sequence}")


def read(token: str) -> tuple[UUID, int] | None:
    """The appointment's key and sequence, or None for anything that we did not sign."""
    try:
        key, _dot, sequence = SIGNER.unsign(token).partition(".")
    except BadSignature:
        return None
    return UUID(bytes=urlsafe_b64decode(f"{key}==")), int(sequence)
