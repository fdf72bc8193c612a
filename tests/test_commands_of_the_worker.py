"""What the worker does can be done by hand, once."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from appointments.models import Appointment, Draft, Status
from notifications.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(capsys):
    def run(*command):
        call_command(*command)
        return capsys.readouterr().out

    return run


@pytest.fixture
def local_mail(settings):
    settings.DELIVERY = {"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}


def test_send_mail_writes_and_sends_what_is_due(booked, said, local_mail, mailoutbox):
    booked()

    assert "1 mails sent" in said("send_mail")
    assert Message.objects.get().state == Message.State.SENT
    assert "0 mails sent" in said("send_mail")


def test_expire_holds_releases_those_that_ran_out(booked, said):
    hold = booked()
    Appointment.objects.filter(pk=hold.pk).update(status=Status.HELD, expires_at=timezone.now() - timedelta(minutes=1))

    assert "1 holds released" in said("expire_holds")
    assert "0 holds released" in said("expire_holds")


def test_prune_forgets_old_drafts_only(said):
    old, new = (Draft.objects.create(browser="b", created_at=timezone.now() - timedelta(hours=h)) for h in (30, 1))

    assert "1 drafts" in said("prune")
    assert list(Draft.objects.all()) == [new]
    assert old not in Draft.objects.all()
