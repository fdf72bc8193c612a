"""Whatever sends an e-mail in Django's way writes into the outbox."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail
from django.utils import timezone, translation

from citas.db.timestamps import cut
from notifications.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "notifications.backend.OutboxBackend"


def a_code(**more):
    headers = {"X-Citas-Kind": "code"}
    mail = EmailMultiAlternatives("Su código", "123456", to=["ana@example.com"], headers=headers, **more)
    mail.attach_alternative("<p>123456</p>", "text/html")
    return mail


def test_mail_waits_in_the_outbox():
    with translation.override("en"):
        assert a_code().send() == 1
    message = Message.objects.get()
    assert (message.kind, message.state, message.language) == (Message.Kind.CODE, Message.State.QUEUED, "en")
    assert (message.text, message.html) == ("123456", "<p>123456</p>")


@pytest.mark.parametrize(("mail", "works"), [(a_code(), timedelta(minutes=5)), (None, timedelta(hours=1))])
def test_text_is_kept_as_long_as_it_opens_an_account(mail, works):
    before = timezone.now()
    mail.send() if mail else send_mail("Clave nueva", "https://…", None, ["ana@example.com"])
    message = Message.objects.get()
    assert message.opens_an_account
    assert cut(before) + works <= message.forget_at <= timezone.now() + works


def test_each_recipient_gets_a_message_of_their_own():
    send_mail("Asunto", "Texto", None, ["ana@example.com", "bruno@example.com"])
    assert set(Message.objects.values_list("recipient", flat=True)) == {"ana@example.com", "bruno@example.com"}


def test_subject_of_several_lines_becomes_one():
    send_mail("Una\nlínea", "Texto", None, ["ana@example.com"])
    assert Message.objects.get().subject == "Una línea"


def test_unknown_kind_is_another_mail():
    EmailMultiAlternatives("Asunto", "Texto", to=["ana@example.com"], headers={"X-Citas-Kind": "?"}).send()
    assert Message.objects.get().kind == Message.Kind.OTHER
