"""Django's way to send mail leads into the outbox: whoever sends waits for no mail server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.translation import get_language

from notifications import repository
from notifications.models import Message

KIND_HEADER = "X-Citas-Kind"
# What comes this way opens an account (codes, links for a new password): its text is kept no longer than it works.
CODE_WORKS = timedelta(minutes=5)
LINK_WORKS = timedelta(hours=1)


class OutboxBackend(BaseEmailBackend):
    """Writes a Message for each recipient; the worker delivers it. The header X-Citas-Kind says what it is."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return sum(_write(message, to) for message in email_messages for to in message.recipients())


def _write(message: EmailMessage, recipient: str) -> bool:
    kind = message.extra_headers.get(KIND_HEADER, Message.Kind.OTHER)
    works = CODE_WORKS if kind == Message.Kind.CODE else LINK_WORKS
    return repository.queue(
        recipient=recipient,
        subject=" ".join(str(message.subject).split()),
        text=str(message.body),
        html=_html(message),
        kind=kind if kind in Message.Kind.values else Message.Kind.OTHER,
        language=(get_language() or "es")[:5],
        forget_at=timezone.now() + works,
    )


def _html(message: EmailMessage) -> str:
    if not isinstance(message, EmailMultiAlternatives):
        return ""
    return next((str(content) for content, kind in message.alternatives if kind == "text/html"), "")
