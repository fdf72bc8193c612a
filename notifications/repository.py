"""The outbox as it is kept. Rows are claimed and finished by conditional updates: two workers never send one twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F, Q, QuerySet

from appointments.models import Appointment
from citas.db import refusable, together, uuid7
from notifications.models import Message

SENDING = timedelta(minutes=3)  # a worker that dies while sending leaves the message to the next after this
WAITS = [timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440)]
KEPT = timedelta(days=180)


def queue(*, recipient: str, subject: str, dedupe_key: str = "", **content: Any) -> bool:
    """Put a message into the outbox; False when one with this key is there already."""
    content |= {"recipient": recipient.lower(), "dedupe_key": dedupe_key or uuid7().hex}
    message = Message(subject=subject[:255], **content)
    try:
        with refusable():
            message.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def is_known(dedupe_key: str) -> bool:
    """Whether a message with this key was written."""
    return Message.objects.filter(dedupe_key=dedupe_key).exists()


def due(*, now: datetime, limit: int) -> list[UUID]:
    """Keys of the messages whose turn it is, the longest waiting first."""
    waiting = Message.objects.filter(state=Message.State.QUEUED, next_attempt_at__lte=now)
    return list(waiting.order_by("next_attempt_at", "id").values_list("pk", flat=True)[:limit])


def claim(key: UUID, *, now: datetime) -> Message | None:
    """Take a message for sending; None when somebody else has it."""
    rows = Message.objects.filter(pk=key, state=Message.State.QUEUED, next_attempt_at__lte=now)
    if not rows.update(next_attempt_at=now + SENDING, attempts=F("attempts") + 1):
        return None
    return Message.objects.get(pk=key)


def sent(message: Message, *, now: datetime) -> None:
    Message.objects.filter(pk=message.pk).update(state=Message.State.SENT, sent_at=now, error="")


def not_sent(message: Message, *, error: str, now: datetime) -> None:
    """Try again later and later, and give up after the last wait."""
    # Unless somebody else has taken it since, because this took longer than SENDING.
    rows = Message.objects.filter(pk=message.pk, state=Message.State.QUEUED, attempts=message.attempts)
    if message.attempts > len(WAITS):
        rows.update(state=Message.State.FAILED, error=error[:255])
    else:
        rows.update(next_attempt_at=now + WAITS[message.attempts - 1], error=error[:255])


def send_again(rows: QuerySet[Message], *, now: datetime) -> int:
    """Put these back into the queue and return how many.

    Left out are mails that are no longer true, codes (an old one opens nothing) and what is being sent just now.
    """
    at_rest = Q(state__in=[Message.State.SENT, Message.State.FAILED]) | Q(next_attempt_at__gt=now + SENDING)
    said = list(rows.filter(at_rest).values_list("pk", "appointment_id", "sequence"))
    now_true = dict(
        Appointment.objects.filter(pk__in={about for _key, about, _sequence in said}).values_list("pk", "sequence")
    )
    keys = [key for key, about, sequence in said if about and now_true.get(about) == sequence]
    again = Message.objects.filter(at_rest, pk__in=keys)
    return again.update(state=Message.State.QUEUED, next_attempt_at=now, attempts=0, error="")


def matching(rows: QuerySet[Message], text: str) -> QuerySet[Message]:
    """Those to this address, or about the appointment with this reference: each is served by an index."""
    if "@" in text:
        return rows.filter(recipient=text.strip().lower())
    meant = Appointment.objects.filter(reference=text.strip().upper())
    return rows.filter(appointment_id__in=meant.values("pk"))


def waiting(*, now: datetime) -> int:
    """How many messages are due."""
    return Message.objects.filter(state=Message.State.QUEUED, next_attempt_at__lte=now).count()


def oldest_unsent() -> datetime | None:
    """When the message was written that has waited longest, those that are tried again among them."""
    unsent = Message.objects.filter(state=Message.State.QUEUED).order_by("created_at")
    return unsent.values_list("created_at", flat=True).first()


def forget(*, now: datetime) -> int:
    """Blank the codes and links that no longer work; those not sent by now are not sent any more."""
    return _forget(Message.objects.filter(forget_at__lte=now))


def forget_used(*, recipient: str) -> int:
    """Blank every code and link of somebody who has just come in."""
    return _forget(Message.objects.filter(forget_at__isnull=False, recipient=recipient))


def _forget(rows: QuerySet[Message]) -> int:
    def blank() -> int:
        rows.filter(state=Message.State.QUEUED).update(state=Message.State.FAILED, error="expired")
        return rows.all().update(text="", html="", forget_at=None)

    return together(blank)


def prune(*, now: datetime) -> int:
    """Delete messages that nobody will ask about any more."""
    return Message.objects.filter(created_at__lt=now - KEPT).exclude(state=Message.State.QUEUED).delete()[0]


def newest(*, limit: int) -> list[Message]:
    return list(Message.objects.order_by("-id")[:limit])


def by_id(key: UUID) -> Message | None:
    return Message.objects.filter(pk=key).first()
