"""Records: a row of plain values as one line of text, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from citas import json_text
from citas.archive.contents import NAMED_BY, Part, by_label
from citas.archive.format import Refused, canonical
from citas.db.plain import IS, Column
from citas.db.snapshot import Snapshot

Row = tuple[Any, ...]


class Names:
    """What the few rows are called that others refer to by name: see contents.NAMED_BY. Read when first asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._found: dict[str, dict[Any, list[str]]] = {}

    def of(self, label: str) -> dict[Any, list[str]]:
        """Names by the engine's own keys."""
        if label not in self._found:
            self._found[label] = dict(self._read(label))
        return self._found[label]

    def keys(self, label: str) -> dict[tuple[str, ...], Any]:
        """The engine's own keys by names."""
        return {tuple(name): key for key, name in self.of(label).items()}

    def _read(self, label: str) -> Iterator[tuple[Any, list[str]]]:
        meta = by_label(label)._meta
        fields = [meta.pk, *(meta.get_field(name) for name in NAMED_BY[label])]
        for key, *values in self.snapshot.rows(meta.model, [Column.of(field) for field in fields], []):
            words = map(self._words, fields[1:], values)
            yield key, [word for some in words for word in some]

    def _words(self, field: Any, value: Any) -> list[str]:
        return self.of(field.related_model._meta.label_lower)[value] if field.is_relation else [value]


def lines(part: Part, snapshot: Snapshot, names: Names) -> Iterator[bytes]:
    """Every row as a line, in the order of the archive."""
    rows = snapshot.rows(part.model, part.columns, part.order)
    write = writer(part, names)
    if part.keyed:
        return map(write, rows)
    key = itemgetter(*part.key_places) if part.key_places else lambda row: ()
    # Few have the same key, so that sorting them here holds little.
    return (line for _key, same in groupby(rows, key) for line in sorted(map(write, same)))


def writer(part: Part, names: Names) -> Callable[[Row], bytes]:
    """How a row of this part is written."""
    fields, named = part.names, part.named
    if not named:
        return lambda row: canonical(dict(zip(fields, row, strict=True))) + b"\n"
    known = {place: {None: None, **names.of(label)} for place, label in named.items()}

    def write(row: Row) -> bytes:
        said = [known[place][value] if place in known else value for place, value in enumerate(row)]
        return canonical(dict(zip(fields, said, strict=True))) + b"\n"

    return write


def key_of(part: Part, line: bytes) -> tuple[Any, ...]:
    """What a line is sorted by."""
    record = json_text.read(line)
    key = tuple(record[name] for name in part.key)
    return key if part.keyed else (*key, line)


def values(line: bytes) -> Row:
    """What a line says, unchecked, in the order of its part's fields."""
    return tuple(json_text.read(line).values())


def parser(part: Part) -> Callable[[bytes], Row]:
    """How a line of this part is read. It raises Refused for what is no record of it."""
    checks = [_check(column, place in part.named) for place, column in enumerate(part.columns)]

    def parse(line: bytes) -> Row:
        try:
            record = json_text.read(line)
            row = tuple(record.values())
            if tuple(record) == part.names and all(map(_checked, checks, row)):
                return row
        except (ValueError, TypeError, AttributeError, RecursionError):
            pass
        raise Refused(f"the archive has a record of {part.label} that says something impossible")

    return parse


def _check(column: Column, named: bool) -> Callable[[Any], bool]:
    right = _is_name if named else IS[column.kind]
    return (lambda value: value is None or right(value)) if column.nullable else right


def _checked(check: Callable[[Any], bool], value: Any) -> bool:
    return check(value)


def _is_name(value: Any) -> bool:
    return type(value) is list and all(type(word) is str for word in value)
