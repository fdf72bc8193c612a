"""The ground of the APIs: places in lists, versions, JSON as it may come."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from citas.apikit import bodies, cursors, etags, problems
from citas.apikit.words import LATEST, instant

MINUTES = st.integers(0, 2**32 - 1).map(lambda minutes: cursors._part(datetime, minutes.to_bytes(4)))
PLACE = TypeAdapter(cursors.cursor(datetime, UUID))


@given(MINUTES, st.uuids())
def test_place_survives_its_word(moment, key):
    word = cursors.pack(moment, key)

    assert (len(word), PLACE.validate_python(word)) == (27, (moment, key))


@given(st.text("abcXYZ019-_", min_size=27, max_size=27))
def test_every_word_of_the_length_is_a_place(word):
    moment, key = PLACE.validate_python(word)

    assert isinstance(key, UUID)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize("word", ["", "a" * 26, "a" * 28, "a" * 26 + "=", "a" * 26 + "\n", "ñ" * 27])
def test_other_words_are_none(word):
    with pytest.raises(ValidationError):
        PLACE.validate_python(word)


@pytest.mark.parametrize(
    ("header", "known"),
    [('"a"', True), ('W/"a"', True), ('"b", "a"', True), ("*", True), ('"b"', False), ("a", False), ("", False)],
)
def test_known_version(header, known):
    assert etags.knows(RequestFactory().get("/", headers={"If-None-Match": header}), '"a"') is known


@pytest.mark.parametrize(
    ("header", "holds"), [('"a"', True), ('"b", "a"', True), ("*", True), ('W/"a"', False), ('"b"', False), ("", False)]
)
def test_change_of_this_version(header, holds):
    request = RequestFactory().patch("/", headers={"If-Match": header})
    assert etags.holds(request, lambda: '"a"') is holds


def test_without_a_condition_any_version_will_do():
    assert etags.holds(RequestFactory().patch("/"), lambda: pytest.fail("nobody needs to know"))


@pytest.mark.parametrize("name", ["a/b", "a~b", "~1"])
def test_pointer_is_escaped(name):
    escaped = name.replace("~", "~0").replace("/", "~1")
    assert problems.pointer(name, 0) == f"#/{escaped}/0"


def test_deep_and_strange_bodies_are_unreadable():
    for body in (b"[" * 21 + b"]" * 21, b'{"a": "\\ud83d"}', b'{"a":1,"a":2}', b"\xff"):
        with pytest.raises(bodies.Unreadable):
            bodies.parse(body)
    assert bodies.parse('{"a": "👩‍⚕️", "b": [1.5, null]}'.encode()) == {"a": "👩‍⚕️", "b": [1.5, None]}


def test_instants_beyond_the_calendar_are_its_ends():
    assert instant("9999-12-31T23:59:59-10:00") == LATEST
    assert instant("2027-03-09T16:30:00 01:00") == datetime(2027, 3, 9, 15, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="instant"):
        instant("2027-02-30T00:00:00Z")
