"""One duty of the worker that goes wrong ends neither the others nor the loop."""

from __future__ import annotations

from threading import Event

import pytest
import structlog
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import OperationalError

from citas.management.commands import worker
from citas.management.commands.worker import Duty, do_what_is_due


class Work:
    """Something to do that notes how often it was done; it fails as long as `error` says so."""

    def __init__(self, error: Exception | None = None) -> None:
        self.times, self.error = 0, error
        self.__name__ = "work"

    def __call__(self) -> None:
        self.times += 1
        if self.error is not None:
            raise self.error


def test_the_others_are_done_and_the_log_says_the_kind_only():
    bad, good = Work(LookupError("Ana Muñoz")), Work()
    with structlog.testing.capture_logs() as lines:
        do_what_is_due([Duty(bad, 0), Duty(good, 0)], Event())
    assert (bad.times, good.times) == (1, 1)
    assert lines == [
        {"event": "worker_duty_failed", "duty": "work", "error": "LookupError", "log_level": "error"},
    ]


def test_it_rests_and_is_tried_again():
    bad, good = Work(LookupError()), Work()
    todo = [Duty(bad, 0), Duty(good, 0)]
    for _round in range(2):
        do_what_is_due(todo, Event())
    assert (bad.times, good.times) == (1, 2)

    todo[0].next_at -= worker.RETRY
    do_what_is_due(todo, Event())
    assert bad.times == 2


def test_no_heartbeat_while_a_duty_fails():
    bad = Work(LookupError())
    todo = [Duty(bad, 0), Duty(worker.heartbeat, 0)]
    for _round in range(2):
        do_what_is_due(todo, Event())
    assert cache.get(worker.HEARTBEAT) is None

    bad.error, todo[0].next_at = None, 0
    do_what_is_due(todo, Event())
    assert cache.get(worker.HEARTBEAT)


def test_a_server_that_does_not_answer_is_the_loops_affair():
    away = Duty(Work(OperationalError()), 0)
    with pytest.raises(OperationalError):
        do_what_is_due([away], Event())
    assert not away.failing
    assert away.next_at < 0


def test_once_does_everything_and_then_says_what_failed(monkeypatch):
    bad, good = Work(LookupError()), Work()
    monkeypatch.setattr(worker, "DUTIES", {bad: 0, good: 0})
    with pytest.raises(CommandError, match="work"):
        call_command("worker", "--once")
    assert good.times == 1
