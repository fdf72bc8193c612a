"""Messages leave when it is their turn; what cannot be sent is tried again, and stops nobody else."""

from datetime import timedelta

import pytest
import structlog

from notifications import outbox, repository
from notifications.delivery import deliver_due
from notifications.models import Message

MINUTES = [1, 5, 30, 120, 360, 720, 1440]


def test_message_is_sent_once(mail_server, queued, now):
    message = queued(html="<p>Texto</p>")
    assert deliver_due(now=now, limit=9) == 1
    assert deliver_due(now=now, limit=9) == 0

    (mail,) = mail_server.taken
    assert (mail["To"], mail["Subject"]) == ("ana@example.com", "Asunto")
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Message-ID"].startswith(f"<{message.pk}@")
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.attempts) == (Message.State.SENT, now, 1)


def test_mail_about_a_visit_brings_its_calendar(mail_server, booked, now):
    booked()
    outbox.write_due(now=now)
    deliver_due(now=now)

    part = next(mail_server.taken[0].iter_attachments())
    assert (part.get_content_type(), part.get_param("method")) == ("text/calendar", "REQUEST")
    assert part.get_filename() == "cita.ics"
    assert "METHOD:REQUEST\r\n" in part.get_payload(decode=True).decode()


def test_bad_address_stops_nobody_else(mail_server, queued, now):
    for recipient in ("bad@example.com", "no-address\nBcc: x@example.com", "ana@example.com"):
        queued(recipient)
    assert deliver_due(now=now, limit=9) == 1
    assert [mail["To"] for mail in mail_server.taken] == ["ana@example.com"]
    assert Message.objects.filter(state=Message.State.QUEUED).count() == 2


def test_it_waits_longer_and_longer_and_then_fails(mail_server, queued, now):
    mail_server.away = True
    message = queued()
    waits = []
    for _attempt in MINUTES:
        assert deliver_due(now=now) == 0
        message.refresh_from_db()
        waits.append((message.next_attempt_at - now) / timedelta(minutes=1))
        assert repository.due(now=message.next_attempt_at - timedelta(seconds=1), limit=9) == []
        now = message.next_attempt_at
    assert waits == MINUTES
    assert message.state == Message.State.QUEUED

    deliver_due(now=now)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (Message.State.FAILED, 8)
    assert message.error == "SMTPServerDisconnected"


def test_dead_server_loses_nothing(mail_server, queued, now):
    mail_server.away = True
    queued("ana@example.com")
    queued("bruno@example.com")
    deliver_due(now=now, limit=9)
    mail_server.away = False
    assert deliver_due(now=now + timedelta(minutes=1), limit=9) == 2


def test_worker_that_dies_while_sending_leaves_it_to_the_next(mail_server, queued, now):
    message = queued()
    assert repository.claim(message.pk, now=now)
    assert deliver_due(now=now + repository.SENDING - timedelta(seconds=1)) == 0
    assert deliver_due(now=now + repository.SENDING) == 1


def test_log_names_no_patient(mail_server, queued, now):
    message = queued("bad.ana.vega@example.com", subject="Ana Vega")
    with structlog.testing.capture_logs() as lines:
        deliver_due(now=now)
    assert lines == [
        {
            "event": "mail_not_sent",
            "message": str(message.pk),
            "attempt": 1,
            "error": "SMTPRecipientsRefused",
            "log_level": "warning",
        }
    ]
    assert "ana" not in Message.objects.get().error


@pytest.mark.parametrize("backend", ["console", "locmem"])
def test_other_transports_do(settings, queued, now, backend, capsys):
    settings.DELIVERY = {"EMAIL_BACKEND": f"django.core.mail.backends.{backend}.EmailBackend", "EMAIL_HOST": ""}
    queued()
    assert deliver_due(now=now) == 1
