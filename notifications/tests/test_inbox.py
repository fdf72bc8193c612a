"""The demonstration's mailbox: whoever tries the demo reads there what the clinic has sent. Nowhere else."""

import pytest
from django.urls import reverse

from notifications import outbox
from notifications.models import Message
from notifications.views import SHOWN

INBOX = reverse("notifications:inbox")


def test_newest_mails_come_first(client, place, queued):
    for number in range(SHOWN + 1):
        queued(subject=f"Correo {number}.")
    shown = client.get(INBOX).context["mails"]
    assert [mail.subject for mail in shown] == [f"Correo {number}." for number in range(SHOWN, 0, -1)]


def test_code_is_read_at_once(client, place, queued):
    queued(kind=Message.Kind.CODE, text="Su código:\n\n424242\n")
    assert "424242" in client.get(INBOX).content.decode()


def test_empty_mailbox_says_so(client, place):
    assert 'class="citas-empty' in client.get(INBOX).content.decode()


def test_mail_and_its_calendar(client, booked, now):
    appointment = booked()
    outbox.write_due(now=now)
    mail = Message.objects.get()

    page = client.get(reverse("notifications:mail", args=[mail.pk])).content.decode()
    assert appointment.reference in page
    assert "/citas/enlace/" in page
    response = client.get(reverse("notifications:calendar", args=[mail.pk]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8; method=REQUEST"
    assert response.content.startswith(b"BEGIN:VCALENDAR\r\n")


def test_mail_that_was_forgotten_still_has_a_page(client, place, queued):
    mail = queued(text="", kind=Message.Kind.CODE)
    assert client.get(reverse("notifications:mail", args=[mail.pk])).status_code == 200


def test_mail_is_shown_as_text(client, place, queued):
    mail = queued(text="<script>alert(1)</script> https://example.com/a")
    page = client.get(reverse("notifications:mail", args=[mail.pk])).content.decode()
    assert "<script>alert" not in page
    assert 'href="https://example.com/a"' in page


def test_what_is_not_there_gets_404(client, place, queued):
    nobody = "00000000-0000-7000-8000-000000000000"
    assert client.get(reverse("notifications:mail", args=[nobody])).status_code == 404
    assert client.get(reverse("notifications:calendar", args=[nobody])).status_code == 404
    assert client.get(reverse("notifications:calendar", args=[queued().pk])).status_code == 404


def test_developer_reads_it_too(client, place, settings):
    settings.CITAS_ENV = "development"
    assert client.get(INBOX).status_code == 200


@pytest.mark.parametrize("name", ["inbox", "mail", "calendar"])
def test_production_has_no_mailbox(client, booked, now, manager, settings, name):
    booked()
    outbox.write_due(now=now)
    url = reverse(f"notifications:{name}", args=[] if name == "inbox" else [Message.objects.get().pk])
    assert client.get(url).status_code == 200
    settings.CITAS_ENV = "production"
    assert client.get(url).status_code == 404
    client.force_login(manager)
    assert client.get(url).status_code == 404
