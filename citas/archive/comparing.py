"""An archive beside a database: both in the order of keys, record by record, holding one of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from citas.archive.contents import Part
from citas.archive.records import key_of


class How(Enum):
    MISSING = "is not in the database"
    UNEXPECTED = "is not in the archive"
    DIFFERENT = "differs"


@dataclass(frozen=True)
class Difference:
    """One record that is not the same on both sides. The line is the archive's, or the database's where it has none."""

    part: Part
    how: How
    line: bytes
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Says which record and which fields, never what is in them."""
        record = json.loads(self.line)
        key = ", ".join(str(record[name]) for name in self.part.key) or "a record"
        return f"{self.part.label} {key} {self.how.value}{' in ' + ', '.join(self.fields) if self.fields else ''}"


def compare(part: Part, archived: Iterator[bytes], stored: Iterator[bytes]) -> Iterator[bytes | Difference]:
    """Go through both: the line where they agree, a Difference where they do not."""
    ours, theirs = next(archived, b""), next(stored, b"")
    while ours or theirs:
        if ours == theirs:
            yield ours
            ours, theirs = next(archived, b""), next(stored, b"")
            continue
        found = _difference(part, ours, theirs)
        yield found
        if found.how is not How.UNEXPECTED:
            ours = next(archived, b"")
        if found.how is not How.MISSING:
            theirs = next(stored, b"")


def _difference(part: Part, ours: bytes, theirs: bytes) -> Difference:
    if not theirs:
        return Difference(part, How.MISSING, ours)
    if not ours:
        return Difference(part, How.UNEXPECTED, theirs)
    mine, other = key_of(part, ours), key_of(part, theirs)
    if mine == other:
        return Difference(part, How.DIFFERENT, ours, _fields(ours, theirs))
    return Difference(part, How.MISSING, ours) if mine < other else Difference(part, How.UNEXPECTED, theirs)


def _fields(ours: bytes, theirs: bytes) -> tuple[str, ...]:
    mine, other = json.loads(ours), json.loads(theirs)
    return tuple(name for name in mine if mine[name] != other[name])
