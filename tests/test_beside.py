"""The next step is made while the one before is in use."""

from __future__ import annotations

from threading import Event

import pytest

from citas.beside import ahead


def test_every_step_in_order():
    assert list(ahead(number for number in range(1, 50))) == list(range(1, 50))


def test_the_next_is_made_meanwhile():
    made = Event()

    def steps():
        yield 1
        made.set()
        yield 2

    found = ahead(steps())
    assert next(found) == 1
    assert made.wait(timeout=10)
    assert list(found) == [2]


def test_who_stops_early_leaves_nothing_open():
    closed = Event()

    def steps():
        try:
            yield from range(1, 100)
        finally:
            closed.set()

    found = ahead(steps())
    next(found)
    found.close()
    assert closed.is_set()


def test_an_error_comes_to_who_asks():
    def steps():
        yield 1
        raise LookupError

    found = ahead(steps())
    assert next(found) == 1
    with pytest.raises(LookupError):
        next(found)
