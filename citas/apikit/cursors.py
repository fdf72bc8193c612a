"""Pages by position: a cursor is the place in the order after which the next page begins.

It holds what the list is sorted by, so that pages stay where they are when rows come and go before them. To whoever
gets it, it is a word of a fixed length; every word of that length is a place.
"""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from pydantic import AfterValidator, StringConstraints

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MINUTE = (datetime(9999, 12, 31, tzinfo=UTC) - EPOCH) // timedelta(minutes=1)
LENGTHS: dict[type, int] = {datetime: 4, UUID: 16}


def pack(*place: Any) -> str:
    """A cursor of a place: instants (to the minute) and keys."""
    return urlsafe_b64encode(b"".join(map(_bytes, place))).rstrip(b"=").decode()


def _bytes(part: Any) -> bytes:
    if isinstance(part, UUID):
        return part.bytes
    return struct.pack(">I", (part - EPOCH) // timedelta(minutes=1))


def cursor(*kinds: type) -> Any:
    """The type of a cursor of such a place: pydantic checks the word and gives the place as a tuple."""
    length = -(-sum(LENGTHS[kind] for kind in kinds) * 8 // 6)

    def unpack(word: str) -> tuple[Any, ...]:
        rest, place = urlsafe_b64decode(word + "=" * (-len(word) % 4)), []
        for kind in kinds:
            place.append(_part(kind, rest[: LENGTHS[kind]]))
            rest = rest[LENGTHS[kind] :]
        return tuple(place)

    shape = StringConstraints(pattern=rf"^[A-Za-z0-9_-]{{{length}}}$")
    return Annotated[str, shape, AfterValidator(unpack)]


def _part(kind: type, raw: bytes) -> Any:
    if kind is UUID:
        return UUID(bytes=raw)
    minutes = struct.unpack(">I", raw)[0]
    return EPOCH + timedelta(minutes=min(minutes, LAST_MINUTE))


def after(names: tuple[str, ...], place: tuple[Any, ...]) -> Q:
    """The rows after a place, in ascending order of these fields."""
    found = Q()
    for index, name in enumerate(names):
        before = dict(zip(names[:index], place, strict=False))
        found |= Q(**before, **{f"{name}__gt": place[index]})
    return found


KeyCursor = cursor(UUID)
