"""While the data is being moved pages are shown, and whatever would change something is told to come back later."""

from __future__ import annotations

from io import StringIO
from threading import Event

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse

from citas.management.commands import worker
from doctors import maintenance_repository
from doctors.models import Specialty
from notifications import repository as outbox
from notifications.models import Message

pytestmark = pytest.mark.django_db
LANGUAGE = {"language": "en", "next": "/"}


def told(state: str = "") -> str:
    out = StringIO()
    call_command("maintenance", *([state] if state else []), stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def moving(place, now):
    assert maintenance_repository.begin(now=now)


@pytest.mark.usefixtures("moving")
def test_pages_are_shown(client):
    assert client.get(reverse("appointments:search")).status_code == 200


@pytest.mark.usefixtures("moving")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_change_gets_a_clear_page(client, method):
    answer = client.generic(method, reverse("set_language"))

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "text/html" in answer["Content-Type"]
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("moving")
def test_nothing_is_stored_meanwhile(client, manager):
    client.force_login(manager)
    assert client.post(reverse("admin:doctors_specialty_add"), {"name": "Otra"}).status_code == 503
    assert not Specialty.objects.exists()


@pytest.mark.usefixtures("moving")
def test_the_worker_waits_and_is_well(now):
    outbox.queue(recipient="ana@example.com", subject="Su cita", text="…", next_attempt_at=now)
    cache.delete(worker.HEARTBEAT)

    assert not worker.may_change()

    assert cache.get(worker.HEARTBEAT)
    assert Message.objects.get().state == Message.State.QUEUED
    maintenance_repository.end()
    assert worker.may_change()


def test_the_command_switches_and_says(place):
    assert told() == "off"
    assert told("on").startswith("on since ")
    assert told("on").startswith("on since ")
    assert told("off") == "off"


def test_afterwards_changes_go_through_again(client, place, now):
    maintenance_repository.begin(now=now)
    maintenance_repository.end()
    assert client.post(reverse("set_language"), LANGUAGE).status_code == 302


def test_the_loop_of_the_worker_does_nothing_meanwhile(moving, monkeypatch):
    done: list[str] = []
    stop = Event()
    monkeypatch.setattr(worker, "do_what_is_due", lambda *_: done.append("something"))
    monkeypatch.setattr(worker, "PAUSE", 0.01)
    monkeypatch.setattr(stop, "wait", lambda _seconds: stop.set())
    worker.loop(stop)
    assert done == []
