"""Sends what is due, by the transport of EMAIL_URL. One bad address, or a dead mail server, stops nobody else."""

from __future__ import annotations

from datetime import datetime
from email.mime.text import MIMEText
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from notifications import repository
from notifications.models import Message

log = structlog.get_logger()


def deliver_due(*, now: datetime, limit: int = 1) -> int:
    """Try up to `limit` messages whose turn it is, once each; how many were sent.

    Call it with few, and a fresh `now`: a message is claimed from `now` on, for a time in which it must be sent.
    """
    repository.forget(now=now)
    claimed = (repository.claim(key, now=now) for key in repository.due(now=now, limit=limit))
    return sum(_deliver(message, now) for message in claimed if message is not None)


def _deliver(message: Message, now: datetime) -> bool:
    try:
        compose(message).send()
    # A mail server that refuses or is away, an address that no mail can be made of, whatever else a transport raises.
    except Exception as error:  # noqa: BLE001 - one message that cannot be sent must not stop the others
        # The text of an SMTP error repeats the address: the log gets the kind of error only.
        log.warning("mail_not_sent", message=str(message.pk), attempt=message.attempts, error=type(error).__name__)
        repository.not_sent(message, error=type(error).__name__, now=now)
        return False
    repository.sent(message, now=now)
    return True


def compose(message: Message) -> EmailMultiAlternatives:
    """The e-mail of a message: text, HTML, and the calendar part that mail programs offer to accept."""
    transport = get_connection(**_transport())
    mail = EmailMultiAlternatives(
        message.subject, message.text, to=[message.recipient], connection=transport, headers=_headers(message)
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    if message.calendar:
        mail.attach(_calendar_part(message))
    return mail


# What EMAIL_URL says, in the words of a mail backend. A server that does not answer is given up on after 10 seconds.
OPTIONS = {
    "EMAIL_BACKEND": "backend",
    "EMAIL_HOST": "host",
    "EMAIL_PORT": "port",
    "EMAIL_HOST_USER": "username",
    "EMAIL_HOST_PASSWORD": "password",
    "EMAIL_USE_TLS": "use_tls",
    "EMAIL_USE_SSL": "use_ssl",
    "EMAIL_FILE_PATH": "file_path",
}


def _transport() -> dict[str, Any]:
    given = {OPTIONS[name]: value for name, value in settings.DELIVERY.items() if name in OPTIONS and value}
    return given | ({"timeout": 10} if "smtp" in given["backend"] else {})


def _headers(message: Message) -> dict[str, str]:
    return {"Message-ID": f"<{message.pk}@{settings.MAIL_DOMAIN}>", "Auto-Submitted": "auto-generated"}


def _calendar_part(message: Message) -> MIMEText:
    part = MIMEText(message.calendar, "calendar", "utf-8")
    part.set_param("method", message.calendar_method)
    part.add_header("Content-Disposition", "attachment", filename="cita.ics")
    return part
