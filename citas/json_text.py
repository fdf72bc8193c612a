"""JSON read and written in bulk: several times as fast as by the standard library, with the same result."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import orjson

_plainly = json.JSONEncoder(
    ensure_ascii=False,
    sort_keys=True,
    separators=(",", ":"),
    allow_nan=False,
    check_circular=False,
    default=lambda value: value.as_doc(),  # MongoDB's driver makes an object of its own of {"$ref": …, "$id": …}
).encode
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def read(text: bytes | str) -> Any:
    """What json.loads gives. Raises ValueError, and RecursionError for what is nested too deeply."""
    value = orjson.loads(text)
    # It reads a whole number of more than 64 bits as a floating one.
    return json.loads(text) if has_floats((value,)) else value


def write(value: Any) -> str:
    """With sorted keys, no blanks and no escapes but JSON's own. Raises ValueError for NaN and infinities."""
    # It writes NaN as null, and exponents in another way.
    if not has_floats((value,)):
        try:
            return orjson.dumps(value, option=_OPTIONS).decode()
        except TypeError:  # a number of more than 64 bits, something nested more than 254 times, an object
            pass
    return _plainly(value)


def has_floats(values: Iterable[Any]) -> bool:
    for value in values:
        kind = type(value)
        if kind is str:  # most are
            continue
        if kind is float:
            return True
        if kind is dict:
            if value and has_floats(value.values()):
                return True
        elif (kind is list or kind is tuple) and value and has_floats(value):
            return True
    return False
