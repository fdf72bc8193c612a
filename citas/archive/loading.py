"""Loads an archive into a database that is empty, or half loaded with the same archive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db import DatabaseError, IntegrityError, connection

from citas.archive import records
from citas.archive.comparing import Difference, How, compare
from citas.archive.contents import Part
from citas.archive.format import Refused
from citas.archive.reading import Archive, open_archive
from citas.archive.records import Names, Row
from citas.db import bulk, present, violated
from citas.db.snapshot import Snapshot, snapshot

BATCH_BYTES = 4 << 20
Advance = Callable[[int], None]


def open_to_load(path: Path, *, just_made: bool = False) -> Archive:
    """The archive in a file, checked from end to end. Raises Refused, or OSError where it cannot be read.

    One that was `just_made` here has records as they must be: only whether all of its bytes are there is checked.
    """
    without_nul = bool(connection.features.prohibits_null_characters_in_text_exception)
    return open_archive(path, records_too=not just_made, without_nul=without_nul)


def load(archive: Archive, *, advance: Advance) -> dict[str, int]:
    """Store every record that is not there yet: how many, by model. `advance` is told how many are there since.

    Raises Refused, before anything is written, where the database lacks a rule of the archive or holds anything else.
    """
    lacking = missing(archive)
    models = [part.model for part in archive.parts]
    with bulk.loading(models):
        for part in archive.parts:
            there = archive.section(part).rows - lacking[part.label]
            advance(there)
            if lacking[part.label]:
                _load_part(archive, part, empty=not there, advance=advance)
    bulk.refresh_statistics(models)
    return lacking


def _refuse_without_guards(archive: Archive) -> None:
    lacking = present.lacking([part.model for part in archive.parts])
    if lacking:
        raise Refused(f"the database is not ready: it has no {lacking[0]}; run migrate first")


def missing(archive: Archive) -> dict[str, int]:
    """How many records of each model the database does not have yet. Raises what `load` raises, and writes nothing."""
    _refuse_without_guards(archive)
    with snapshot() as found:
        names = Names(found)
        for part in archive.parts:
            _refuse_unknown_names(archive, part, names)
        return {part.label: _count(archive, part, found, names) for part in archive.parts}


def _count(archive: Archive, part: Part, found: Snapshot, names: Names) -> int:
    if next(records.lines(part, found, names), None) is None:
        return archive.section(part).rows
    return sum(1 for _line in _to_store(archive, part, found, names))


def _to_store(archive: Archive, part: Part, found: Snapshot, names: Names) -> Iterator[bytes]:
    """The lines that the database does not have. Raises Refused for what it has besides."""
    for same in compare(part, archive.lines(part), records.lines(part, found, names)):
        if isinstance(same, Difference):
            if same.how is not How.MISSING:
                raise Refused(f"the database holds other data: {same}")
            yield same.line


def _refuse_unknown_names(archive: Archive, part: Part, names: Names) -> None:
    """Whether all rows that are referred to by name are there, or come with the archive."""
    coming = {other.label for other in archive.parts}
    wanted = {place: label for place, label in part.named.items() if label not in coming}
    if not wanted:
        return
    known = {place: names.keys(label) for place, label in wanted.items()}
    parse = records.parser(part)
    for line in archive.lines(part):
        row = parse(line)
        for place, label in wanted.items():
            if row[place] is not None and tuple(row[place]) not in known[place]:
                raise Refused(f"the archive refers to {'.'.join(row[place])}, a {label} that this database has not")


def _load_part(archive: Archive, part: Part, *, empty: bool, advance: Advance) -> None:
    with snapshot() as found:
        names = Names(found)
        lines = archive.lines(part) if empty else _to_store(archive, part, found, names)
        try:
            for stored in bulk.load_plain(part.model, part.columns, _batches(part, lines, names)):
                advance(stored)
        except IntegrityError as error:
            raise Refused(f"the database refused a record of {part.label}: {violated(error) or 'a rule'}") from error
        except DatabaseError as error:
            raise Refused(f"the database could not take {part.label}: {type(error).__name__}") from error


def _batches(part: Part, lines: Iterable[bytes], names: Names) -> Iterator[list[Row]]:
    """Rows of plain values, as many as a transaction takes and not too large."""
    read = _reader(part, names)
    batch: list[Row] = []
    size = 0
    for line in lines:
        batch.append(read(line))
        size += len(line)
        if len(batch) == bulk.BATCH or size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _reader(part: Part, names: Names) -> Callable[[bytes], Row]:
    parse = records.values  # each was checked when the archive was opened
    if not part.named:
        return parse
    known: dict[int, Any] = {place: names.keys(label) for place, label in part.named.items()}

    def read(line: bytes) -> Row:
        row = parse(line)
        return tuple(
            known[place][tuple(value)] if place in known and value is not None else value
            for place, value in enumerate(row)
        )

    return read
