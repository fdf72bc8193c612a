"""A transport with a fault of its own."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Broken(BaseEmailBackend):
    """Takes every mail but those to addresses that begin with "bad", over which it falls."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if email_messages[0].to[0].startswith("bad"):
            raise RuntimeError(f"fell over {email_messages[0].to[0]}")
        return len(email_messages)
