"""A person's name as it is typed and kept: any script, no trickery."""

from __future__ import annotations

import re
import unicodedata

MARKS_OF_NAMES = set(" '’-.·ªº")
# Two marks on one letter exist (Vietnamese, before composition); towers of them do not.
TOWER = 3


class WrongName(ValueError):
    """This holds what no name is written with."""


def normalise(text: str) -> str:
    """A name in NFC with single blanks. Raises WrongName for digits, symbols, what is invisible, towers of accents."""
    name = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
    if not all(c in MARKS_OF_NAMES or unicodedata.category(c)[0] in "LM" for c in name):
        raise WrongName(text)
    if name and not any(unicodedata.category(c)[0] == "L" for c in name):
        raise WrongName(text)
    kinds = "".join(unicodedata.category(c)[0] for c in name)
    if "M" * TOWER in kinds:
        raise WrongName(text)
    return name
