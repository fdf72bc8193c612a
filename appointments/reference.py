"""The code of an appointment that people read aloud, type and print."""

from __future__ import annotations

import secrets

# No 0 and O, 1, I and L, 5 and S, 8 and B, 2 and Z, U and V: on paper and by telephone each is taken for its twin.
ALPHABET = "34679ACDEFGHJKMNPQRTVWXY"
LENGTH = 8


def new_reference() -> str:
    """A fresh code: one of 110 thousand million, so that nobody guesses one. The database's index keeps it unique."""
    return code(secrets.randbelow(len(ALPHABET) ** LENGTH))


def code(number: int) -> str:
    """The code of a number below 24^8."""
    letters = ""
    for _place in range(LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        letters += ALPHABET[digit]
    return letters


class ReferenceConverter:
    """A reference in a path, in whatever case it was typed; anything else is another page."""

    regex = f"[{ALPHABET}{ALPHABET.lower()}]{{{LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value
