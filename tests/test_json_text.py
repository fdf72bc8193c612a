"""JSON in bulk says what the standard library says, and understands what it understands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from citas import json_text

TEXTS = some.text(some.characters(exclude_categories=["Cs"]))
SCALARS = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.integers(-(2**70), 2**70)
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(some.characters(exclude_categories=["Cs"]))
)
VALUES = some.recursive(
    SCALARS,
    lambda inner: some.lists(inner) | some.dictionaries(some.text(some.characters(exclude_categories=["Cs"])), inner),
)


def plainly(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


@given(VALUES)
def test_written_as_by_the_standard_library(value):
    assert json_text.write(value) == plainly(value)


@given(VALUES)
def test_read_as_by_the_standard_library(value):
    found = json_text.read(plainly(value).encode())
    assert repr(found) == repr(json.loads(plainly(value)))  # 1 and 1.0 are not the same


@pytest.mark.parametrize("depth", [200, 300])
def test_nested_deeply(depth):
    value: list = []
    for _level in range(depth):
        value = [value]
    assert json_text.write(value) == plainly(value)
    assert json_text.read(plainly(value)) == value


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused_however_deep(number):
    with pytest.raises(ValueError):
        json_text.write({"a": [{"b": (1, number)}]})


@pytest.mark.parametrize("text", ["NaN", '{"a":', b"\xff", '"\ud800"'])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError):
        json_text.read(text)
