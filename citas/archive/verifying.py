"""Whether a database holds exactly what an archive says, refers to nothing that is not there, and overlaps nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.db import connections

from citas.archive import records
from citas.archive.comparing import Difference, compare
from citas.archive.contents import Part
from citas.archive.format import Refused
from citas.archive.reading import Archive
from citas.archive.records import Names
from citas.beside import Beside
from citas.db.indexes import BusyIndex
from citas.db.plain import Column
from citas.db.snapshot import Snapshot, snapshot

SHOWN = 20
Advance = Callable[[int], None]


@dataclass
class Findings:
    """What was found wrong: how much of each, and the first lines of text about it."""

    records: int = 0
    differences: int = 0
    dangling: int = 0
    overlaps: int = 0
    first: list[str] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)

    @property
    def same(self) -> bool:
        return not (self.differences or self.dangling or self.overlaps)

    def tell(self, *lines: str) -> None:
        self.first += lines[: SHOWN - len(self.first)]


def verify(archive: Archive, *, advance: Advance) -> Findings:
    """Compare every record in one snapshot of the database; meanwhile look up every reference, and scan for overlaps,
    in another of the same moment: they are the server's work more than ours.

    `advance` is told how many records were compared since.
    """
    findings = Findings()
    with Beside[Findings](at_last=connections.close_all) as beside:
        beside.run(_check, archive)
        with snapshot() as found:
            names = Names(found)
            for part in archive.parts:
                _compare(archive, part, records.lines(part, found, names), findings, advance)
        for checked in beside.rest():
            findings.dangling, findings.overlaps = checked.dangling, checked.overlaps
            findings.tell(*checked.first)
    return findings


def _check(archive: Archive) -> Findings:
    findings = Findings()
    with snapshot() as found:
        for part in archive.parts:
            _check_references(archive, part, found, findings)
            _check_overlaps(part, found, findings)
    return findings


def _compare(archive: Archive, part: Part, stored: Iterator[bytes], findings: Findings, advance: Advance) -> None:
    digest, rows, written = sha256(), 0, sha256()
    for same in compare(part, _hashed(archive.lines(part), written), _hashed(stored, digest)):
        rows += 1
        if isinstance(same, Difference):
            findings.differences += 1
            findings.tell(str(same))
        if rows % 1000 == 0:
            advance(1000)
    if written.hexdigest() != archive.section(part).sha256:
        raise Refused(f"the records of {part.label} are not those that were written")
    advance(rows % 1000)
    findings.records += rows
    findings.hashes[part.label] = digest.hexdigest()


def _hashed(lines: Iterator[bytes], digest: Any) -> Iterator[bytes]:
    for line in lines:
        digest.update(line)
        yield line


def _check_references(archive: Archive, part: Part, found: Snapshot, findings: Findings) -> None:
    """Both in order: the keys referred to, and those there are."""
    parts = {other.label: other for other in archive.parts}
    for name, label in part.references.items():
        target = parts[label]
        keys = (key for (key,) in found.rows(target.model, target.order, target.order))
        key = next(keys, None)
        for wanted in found.distinct(part.model, part.columns[part.names.index(name)]):
            while key is not None and key < wanted:
                key = next(keys, None)
            if key != wanted:
                findings.dangling += 1
                findings.tell(f"{part.label} refers in {name} to {label} {wanted}, which is not there")


def _check_overlaps(part: Part, found: Snapshot, findings: Findings) -> None:
    """What the database's own guard refuses, looked for again without it."""
    for index in part.model._meta.indexes:
        if isinstance(index, BusyIndex):
            meta = part.model._meta
            owner, interval = (Column.of(meta.get_field(name)) for name in (index.owner, index.interval))
            for one, other in _overlapping(found.taken(part.model, owner, interval, index.statuses)):
                findings.overlaps += 1
                findings.tell(f"{part.label} {one} and {other} overlap: {index.name}")


def _overlapping(taken: Iterator[tuple[str, int, int, str]]) -> Iterator[tuple[str, str]]:
    """Keys of rows whose time overlaps with the one of the same owner's that lasted longest so far."""
    owner, until, last = "", 0, ""
    for whose, start, end, key in taken:
        if whose != owner:
            owner, until, last = whose, end, key
            continue
        if start < until:
            yield last, key
        if end > until:
            until, last = end, key
