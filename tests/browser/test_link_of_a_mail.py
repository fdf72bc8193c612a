"""The link of a mail opens one appointment without an account, until it changes."""

from __future__ import annotations

import re

import pytest

from appointments.models import Appointment
from notifications import outbox
from notifications.models import Message
from tests.browser import steps


@pytest.fixture
def link(booked, clock) -> str:
    booked()
    return newest_link(clock)


def newest_link(clock) -> str:
    outbox.write_due(now=clock)
    found = re.search(r"http\S+/citas/enlace/\S+", Message.objects.order_by("-id")[0].text)
    assert found
    return found[0]


def test_it_shows_and_does_nothing(page, link):
    before = Appointment.objects.get().version
    page.goto(link)
    assert steps.here(page) == "appointments:proof"
    assert Appointment.objects.get().version == before
    assert page.locator("main a[href$='/mover/']").count() == 1


def test_it_moves_and_ends(page, visitor, link, clock):
    page.goto(link)
    steps.open_from_proof(page, "mover/")
    steps.choose_time(page, -1)
    steps.submit(page, "#slots-form")
    assert steps.here(page) == "appointments:proof"

    stranger = visitor().new_page()
    assert stranger.goto(link).status == 404
    assert stranger.goto(newest_link(clock)).status == 200
    steps.open_from_proof(stranger, "cancelar/")
    steps.submit(stranger)
    assert steps.here(stranger) == "appointments:proof"
    assert stranger.locator(".citas-proof--struck").count() == 1
    page.goto(page.url)
    assert steps.here(page) == "account_login"
