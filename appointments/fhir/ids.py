"""Ids of schedules and slots: both are computed, so that their ids say what they are of, in at most 64 characters.

A schedule's is base 32 in small letters of 16 bytes of the offering and 16 of the location: 52 characters. A slot's is
its schedule's and seven more for its start, in minutes since 1970. FHIR R4 allows letters, digits, "-" and "." in ids,
which leaves base 64 out.
"""

from __future__ import annotations

import re
from base64 import b32decode, b32encode
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from appointments.calendar_time import EPOCH, MINUTE, instant

LATEST = (datetime(2200, 1, 1, tzinfo=UTC) - EPOCH) // MINUTE  # no clock of ours shows later years
SCHEDULE = 52  # characters
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ScheduleId:
    """What a doctor offers, at one location."""

    offering: UUID
    location: UUID

    def __str__(self) -> str:
        return _schedule(self.offering, self.location)

    @classmethod
    def parse(cls, text: str) -> ScheduleId:
        """Raises ValueError for anything that no schedule could be called."""
        raw = _read(text, 32)
        return cls(UUID(bytes=raw[:16]), UUID(bytes=raw[16:]))


@dataclass(frozen=True, slots=True)
class SlotId:
    """A start of a schedule, an aware instant to the minute."""

    schedule: ScheduleId
    starts_at: datetime

    def __str__(self) -> str:
        minutes = (self.starts_at - EPOCH) // MINUTE
        return f"{self.schedule}{_written(minutes.to_bytes(4))}"

    @classmethod
    def parse(cls, text: str) -> SlotId:
        """Raises ValueError for anything that no slot could be called."""
        schedule, minutes = ScheduleId.parse(text[:SCHEDULE]), int.from_bytes(_read(text[SCHEDULE:], 4))
        if minutes >= LATEST:
            raise ValueError(text)
        return cls(schedule, instant(minutes))


def key(text: str) -> UUID:
    """The key of a stored thing. Raises ValueError for anything that is none as we write them."""
    if not _KEY.fullmatch(text):
        raise ValueError(text)
    return UUID(text)


@lru_cache(maxsize=4096)  # every slot of a schedule says it
def _schedule(offering: UUID, location: UUID) -> str:
    return _written(offering.bytes + location.bytes)


def _written(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()


def _read(text: str, length: int) -> bytes:
    """Raises ValueError, also for a second way to write the same: one thing has one id."""
    if not (text.isascii() and text.isalnum() and len(text) == -(-length * 8 // 5)):
        raise ValueError(text)
    raw = b32decode(text.upper() + "=" * (-len(text) % 8))
    if _written(raw) != text:
        raise ValueError(text)
    return raw
