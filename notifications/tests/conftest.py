"""A mail server to send to, and messages to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from notifications import repository
from notifications.models import Message
from notifications.tests.smtp import MailServer


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """A server that takes mail, except for addresses that begin with "bad"; the worker's transport leads there."""
    with MailServer() as server:
        settings.DELIVERY = {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": server.port,
        }
        yield server


@pytest.fixture
def queued(db: None, now: Any) -> Callable[..., Message]:
    """Puts a message into the outbox: `queued("ana@example.com")`; anything else can be given too."""

    def queue(recipient: str = "ana@example.com", **content: Any) -> Message:
        given = {"subject": "Asunto", "text": "Texto", "created_at": now, "next_attempt_at": now, **content}
        assert repository.queue(recipient=recipient, **given)
        return Message.objects.order_by("-id")[0]

    return queue
