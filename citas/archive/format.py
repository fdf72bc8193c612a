"""The canonical form of records and of the manifest, and what makes a file no archive of ours."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from citas import json_text
from citas.archive.contents import Part
from citas.db.plain import shortest

FORMAT = 1
NAME = "citas archive"
MANIFEST = "manifest.json"
LONGEST_LINE = 64 * 1024 * 1024  # bytes; a record larger than MongoDB's 16 MB could not be kept everywhere anyway
LARGEST_MANIFEST = 1024 * 1024


class Refused(Exception):
    """This is no archive that can be read or loaded here. The text is one line and holds nobody's data."""


@dataclass(frozen=True)
class Section:
    """What the manifest says of one model: `rows` records in `bytes` bytes of text."""

    model: str
    fields: list[str]
    guards: list[str]
    rows: int
    bytes: int
    sha256: str

    @property
    def member(self) -> str:
        return member_of(self.model)


def member_of(label: str) -> str:
    return f"{label}.ndjson"


def manifest_text(sections: list[Section]) -> bytes:
    """The manifest, with its own SHA-256 beside it."""
    said = {"archive": NAME, "format": FORMAT, "models": [asdict(section) for section in sections]}
    return canonical({"manifest": said, "sha256": sha256(canonical(said)).hexdigest()}) + b"\n"


def read_manifest(text: bytes) -> list[Section]:
    """Raises Refused for what is not a manifest of this version."""
    try:
        whole = json.loads(text)
        said = whole["manifest"]
        if said["archive"] != NAME or sha256(canonical(said)).hexdigest() != whole["sha256"]:
            raise Refused("the manifest is not as it was written")
        if said["format"] != FORMAT:
            raise Refused(f"the archive has format {said['format']!r}, this version of Citas reads {FORMAT}")
        return [Section(**section) for section in said["models"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("the manifest is none of Citas") from error


def fingerprint(sections: list[Section]) -> str:
    """One SHA-256 of all that the archive says, whatever compressed it."""
    return str(json.loads(manifest_text(sections))["sha256"])


def compare_models(sections: list[Section], parts: tuple[Part, ...]) -> None:
    """Raise Refused unless the archive has exactly the models, fields and rules of this version, in its order."""
    theirs, ours = [section.model for section in sections], [part.label for part in parts]
    if theirs != ours:
        odd = sorted(set(theirs) ^ set(ours)) or ["their order"]
        raise Refused(f"the archive was made by another version of Citas: {', '.join(odd)} differ")
    for section, part in zip(sections, parts, strict=True):
        odd = sorted({*section.fields} ^ {*part.names} or {*section.guards} ^ {*part.guards})
        if odd:
            raise Refused(f"the archive was made by another version of Citas: {section.model} differs in {odd[0]}")


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no blanks and no escapes but JSON's own. Raises ValueError for NaN and infinities.

    PostgreSQL keeps decimals and MongoDB floating point: what they would write in two ways is written in one.
    """
    text = json_text.write(value)
    if "e+" in text or "-0.0" in text:
        text = json_text.write(_numbers(value))
    return text.encode()


def _numbers(value: Any) -> Any:
    """Large whole numbers without an exponent, as PostgreSQL has them, and zero without a sign."""
    if isinstance(value, float) and value.is_integer() and (abs(value) >= 1e16 or value == 0):
        return shortest(value) if value else 0.0
    if isinstance(value, dict):
        return {key: _numbers(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_numbers(each) for each in value]
    return value
