"""Writes an archive from one snapshot, never holding more of it than a chunk."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import BinaryIO

from citas.archive import records
from citas.archive.contents import Part, parts
from citas.archive.format import LONGEST_LINE, MANIFEST, Refused, Section, manifest_text, member_of
from citas.beside import Beside
from citas.db import present
from citas.db.snapshot import Snapshot

CHUNK = 1 << 20  # bytes of text that are compressed at once
LEVEL = 1  # the quickest: level 6 makes the file a third smaller and takes four times as long
SEAL = b"#" * 64
Advance = Callable[[int], None]


def write(target: BinaryIO, snapshot: Snapshot, *, advance: Advance) -> list[Section]:
    """Write the archive of everything; `advance` is told how many records were written since.

    Raises Refused where the database is not migrated.
    """
    missing = present.tables_missing(part.model for part in parts())
    if missing:
        raise Refused(f"the database is not ready: it has no {missing[0]}; run migrate first")
    names = records.Names(snapshot)
    with zipfile.ZipFile(Sealing(target), "w") as archive:  # type: ignore[call-overload]
        sections = [_write_part(archive, part, records.lines(part, snapshot, names), advance) for part in parts()]
        with archive.open(_member(MANIFEST), "w") as member:
            member.write(manifest_text(sections))
        archive.comment = SEAL
    return sections


class Sealing:
    """A stream that only grows, and whose last 64 bytes are the SHA-256 of those before.

    It cannot be wound back, so that a file and a pipe get the same bytes.
    """

    def __init__(self, target: BinaryIO) -> None:
        self.target, self.digest = target, sha256()

    def write(self, data: bytes) -> int:
        # zipfile writes the comment last, in one call.
        if data == SEAL:
            data = self.digest.hexdigest().encode()
        self.digest.update(data)
        return self.target.write(data)

    def flush(self) -> None:
        self.target.flush()


def _member(name: str) -> zipfile.ZipInfo:
    """Without anything that differs between two machines or two days."""
    member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    member.create_system, member.external_attr = 3, 0o600 << 16
    member.compress_type = zipfile.ZIP_DEFLATED
    member._compresslevel = LEVEL  # type: ignore[attr-defined]  # the only way for a member that is written bit by bit
    return member


def _write_part(archive: zipfile.ZipFile, part: Part, lines: Iterable[bytes], advance: Advance) -> Section:
    rows = size = 0
    digest = sha256()
    with archive.open(_member(member_of(part.label)), "w", force_zip64=True) as member, Beside[None]() as beside:

        def store(text: bytes) -> None:
            digest.update(text)
            member.write(text)

        for chunk in chunks(part, lines):
            text = b"".join(chunk)
            rows, size = rows + len(chunk), size + len(text)
            beside.run(store, text)
            advance(len(chunk))
        list(beside.rest())
    return Section(part.label, [*part.names], part.guards, rows, size, digest.hexdigest())


def chunks(part: Part, lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Lines in lists of about as many bytes as a chunk."""
    chunk: list[bytes] = []
    size = 0
    for line in lines:
        if len(line) > LONGEST_LINE:
            raise Refused(f"a record of {part.label} is larger than {LONGEST_LINE} bytes")
        chunk.append(line)
        size += len(line)
        if size >= CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
