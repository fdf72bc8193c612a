"""Who is let in to the database, and who is told at once to come again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.conf import settings
from django.db import OperationalError

from citas import turnstile
from citas.db import deadlines
from citas.db.configuration import THREADS
from citas.db.deadlines import OPEN_SECONDS, SILENCE_SECONDS, Watch
from citas.errors import Unavailable
from citas.turnstile import Turnstile


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(clock: Clock) -> Watch:
    return Watch(clock)


@contextmanager
def full(door: Turnstile, room: int) -> Iterator[None]:
    with ExitStack() as inside:
        for _request in range(room):
            inside.enter_context(door.passing())
        yield


def refused(door: Turnstile) -> float | None:
    """The seconds until somebody was sent away, None when let in."""
    began = time.monotonic()
    try:
        with door.passing():
            return None
    except Unavailable:
        return time.monotonic() - began


def test_circuit_opens_with_a_missed_deadline_and_closes_after_a_moment(watch: Watch, clock: Clock) -> None:
    assert not watch.is_open()
    watch.missed()
    assert watch.is_open()
    clock.now += OPEN_SECONDS
    assert not watch.is_open()


def test_circuit_closes_at_once_when_the_database_answers_anybody(watch: Watch) -> None:
    watch.missed()
    watch.heard()
    assert not watch.is_open()


def test_silence_is_waiting_without_an_answer_to_anybody(watch: Watch, clock: Clock) -> None:
    clock.now += 10
    assert not watch.is_silent()
    with watch.waiting():
        assert not watch.is_silent()
        clock.now += SILENCE_SECONDS * 1.5
        assert watch.is_silent()
        watch.heard()
        assert not watch.is_silent()
    clock.now += 10
    assert not watch.is_silent()


def test_request_waits_in_vain_only_once(watch: Watch) -> None:
    with watch.request():
        with watch.waiting():
            watch.missed()
        with pytest.raises(OperationalError), watch.waiting():
            pass
    with watch.request(), watch.waiting():
        pass


def test_what_is_no_request_may_wait_again(watch: Watch) -> None:
    watch.missed()
    with watch.waiting():
        pass


def test_nobody_gets_in_while_the_circuit_is_open(watch: Watch) -> None:
    door = Turnstile(2, watch)
    watch.missed()
    assert refused(door) is not None
    watch.heard()
    assert refused(door) is None


def test_full_house_of_a_silent_database_keeps_nobody_waiting(watch: Watch, clock: Clock) -> None:
    door = Turnstile(2, watch)
    with full(door, 2), watch.waiting():
        clock.now += SILENCE_SECONDS * 1.5
        seconds = refused(door)
    assert seconds is not None
    assert seconds < turnstile.LOOK_SECONDS
    assert refused(door) is None


def test_full_house_that_is_only_busy_lets_the_next_one_in(watch: Watch) -> None:
    door = Turnstile(2, watch)
    leaving = threading.Event()

    def visit() -> None:
        with door.passing():
            leaving.wait(30)

    visitors = [threading.Thread(target=visit) for _visitor in range(2)]
    for visitor in visitors:
        visitor.start()
    threading.Timer(turnstile.QUEUE_SECONDS / 4, leaving.set).start()
    assert refused(door) is None
    for visitor in visitors:
        visitor.join()


def test_some_threads_are_left_for_those_who_are_sent_away() -> None:
    assert 0 < turnstile.ROOM < THREADS


@pytest.mark.parametrize("cookie", ["", "session=abcdefghijklmnopqrstuvwxyz"])
def test_live_asks_no_database_and_passes_the_closed_door(client, monkeypatch, cookie: str) -> None:
    """pytest-django refuses the database here."""
    monkeypatch.setattr(turnstile, "turnstile", Turnstile(0, Watch()))
    deadlines.watch.missed()
    try:
        assert client.get("/live", HTTP_COOKIE=cookie).status_code == 200
        response = client.get("/medicos/", HTTP_COOKIE=cookie)
    finally:
        deadlines.watch.heard()
    assert (response.status_code, response["Cache-Control"]) == (503, "no-store")
    assert int(response["Retry-After"]) > 0
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.django_db
def test_ready_answers_where_the_database_does(client) -> None:
    assert client.get("/ready").status_code == 200


def test_commands_have_no_deadlines() -> None:
    """These settings are a command's."""
    options = settings.DATABASES["default"]["OPTIONS"]
    assert not {"pool", "timeoutMS"} & set(options)
