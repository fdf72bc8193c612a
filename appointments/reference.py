"""The code of an appointment that people read aloud, type and print."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

# No 0 and O, 1, I and L, 5 and S, 8 and B, 2 and Z, U and V: on paper and by telephone each is taken for its twin.
ALPHABET = "34679ACDEFGHJKMNPQRTVWXY"
LENGTH = 8


def new_reference(choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """A fresh code: 24^8 are 110 thousand million, so that nobody guesses one. Unique by the database's index only."""
    return "".join(choose(ALPHABET) for _place in range(LENGTH))


class ReferenceConverter:
    """A reference in a path, in whatever case it was typed; anything else is another page."""

    regex = f"[{ALPHABET}{ALPHABET.lower()}]{{{LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value
