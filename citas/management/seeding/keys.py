"""Keys and instants that come out the same for the same seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

VERSION_7, VARIANT = 0x7000, 0b10 << 62
GRID = timedelta(minutes=5)


class Keys:
    """Makes keys with the shape and the order of UUIDv7 (RFC 9562) from a seeded source."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def new(self, at: datetime) -> UUID:
        """A key as if it had been made at that instant."""
        milliseconds = int(at.timestamp()) * 1000
        chance = self.random.getrandbits(74)
        return UUID(int=milliseconds << 80 | (VERSION_7 | chance >> 62) << 64 | VARIANT | chance & (1 << 62) - 1)


def to_the_second(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)
