"""Opens an archive: everything in it is checked before anybody gets a record of it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from citas.archive import records
from citas.archive.contents import Part, parts
from citas.archive.format import (
    LARGEST_MANIFEST,
    LONGEST_LINE,
    MANIFEST,
    Refused,
    Section,
    compare_models,
    fingerprint,
    read_manifest,
)
from citas.archive.writing import SEAL

CHUNK = 1 << 18
DEFLATED = 1032  # bytes of text that one byte of a zip can stand for at most


class Archive:
    """An archive that has been found whole. Its file must stay as it is while this is used."""

    def __init__(self, path: Path, sections: list[Section]) -> None:
        self.path, self.sections = path, sections
        self.parts = parts()
        self._section = {section.model: section for section in sections}

    @property
    def rows(self) -> int:
        return sum(section.rows for section in self.sections)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.sections)

    def section(self, part: Part) -> Section:
        return self._section[part.label]

    def lines(self, part: Part) -> Iterator[bytes]:
        """The records of one model, each with its line's end."""
        with zipfile.ZipFile(self.path) as file, file.open(self.section(part).member) as member:
            yield from _lines(member, part.label)


def open_archive(path: Path, *, records_too: bool = True, without_nul: bool = False) -> Archive:
    """Check a file from end to end. Raises Refused, or OSError where it cannot be read.

    `records_too` False is for who compares the records anyway: every byte is as it was written, but what was written is
    not looked at. `without_nul` refuses text with the character NUL, which not every engine keeps.
    """
    _check_seal(path)
    try:
        with zipfile.ZipFile(path) as file:
            sections = _manifest(file)
            compare_models(sections, parts())
            _check_members(file, sections)
            if records_too:
                _check_records(file, sections, without_nul=without_nul)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Refused("the file is no archive of Citas") from error
    return Archive(path, sections)


def _check_seal(path: Path) -> None:
    """Whether all bytes are there and as they were written: the last 64 are the hash of those before."""
    digest = sha256()
    left = path.stat().st_size - len(SEAL)
    if left <= 0:
        raise Refused("the file is no archive of Citas")
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            raise Refused("the file is no archive of Citas")
        file.seek(0)
        while left:
            data = file.read(min(left, CHUNK))
            if not data:
                raise Refused("the archive is cut short")
            digest.update(data)
            left -= len(data)
        if file.read() != digest.hexdigest().encode():
            raise Refused("the archive is cut short, or was changed after it was written")


def _manifest(file: zipfile.ZipFile) -> list[Section]:
    names = file.namelist()
    if not names or names[-1] != MANIFEST or file.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise Refused("the archive has no manifest")
    with file.open(MANIFEST) as member:
        return read_manifest(member.read(LARGEST_MANIFEST))


def _check_members(file: zipfile.ZipFile, sections: list[Section]) -> None:
    """Exactly the texts of the manifest, each as long as it says and as no zip bomb is."""
    if file.namelist() != [*(section.member for section in sections), MANIFEST]:
        raise Refused("the archive does not hold what its manifest says")
    for section in sections:
        member = file.getinfo(section.member)
        if member.file_size != section.bytes or member.file_size > member.compress_size * DEFLATED:
            raise Refused(f"the archive has not as much of {section.model} as its manifest says")


def _check_records(file: zipfile.ZipFile, sections: list[Section], *, without_nul: bool) -> None:
    for section, part in zip(sections, parts(), strict=True):
        with file.open(section.member) as member:
            _check_part(member, section, part, without_nul=without_nul)


def _check_part(member: Any, section: Section, part: Part, *, without_nul: bool) -> None:
    digest, rows, before = sha256(), 0, None
    parse = records.parser(part)
    for line in _lines(member, part.label):
        digest.update(line)
        row = parse(line)
        if without_nul and b"\\u0000" in line and _has_nul(row):
            raise Refused(f"a record of {part.label} has the character NUL, which this database cannot keep")
        key = (*(row[place] for place in part.key_places), b"" if part.keyed else line)
        if before is not None and (key < before or (part.keyed and key == before)):
            raise Refused(f"the records of {part.label} are not in order")
        before, rows = key, rows + 1
    if (rows, digest.hexdigest()) != (section.rows, section.sha256):
        raise Refused(f"the records of {part.label} are not those that were written")


def _lines(member: Any, label: str) -> Iterator[bytes]:
    """Lines of a stream of text, none of them longer than a record may be."""
    rest = b""
    while data := member.read(CHUNK):
        *whole, rest = (rest + data).splitlines(keepends=True)
        yield from whole
        if len(rest) > LONGEST_LINE:
            raise Refused(f"a record of {label} is larger than {LONGEST_LINE} bytes")
    if rest.endswith(b"\n"):
        yield rest
    elif rest:
        raise Refused(f"the last record of {label} is cut short")


def _has_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(each) for key, each in value.items())
    if isinstance(value, list | tuple):
        return any(map(_has_nul, value))
    return isinstance(value, str) and "\0" in value
