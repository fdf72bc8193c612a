"""What a search asks for: parameters read, and the address of the page that shows the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from pydantic import TypeAdapter, ValidationError

from appointments.fhir import ids, periods
from appointments.fhir.errors import Missing, Unfit, Unknown
from appointments.fhir.periods import Period
from citas.apikit.cursors import cursor

T = TypeVar("T")
USUAL, MOST = 50, 100  # resources a page
OF_ALL = ("_count", "_cursor", "_format")
PLACES: dict[tuple[type, ...], TypeAdapter[Any]] = {
    kinds: TypeAdapter(cursor(*kinds)) for kinds in ((UUID,), (UUID, UUID), (datetime,), (datetime, UUID))
}


class Asked:
    """The parameters of one search. What is not known is left out, or refused where who asks wants to be strict."""

    def __init__(self, request: HttpRequest, *known: str) -> None:
        self.given = {name: request.GET.getlist(name) for name in request.GET if name in (*known, *OF_ALL)}
        strict = "handling=strict" in request.headers.get("Prefer", "").replace(" ", "")
        unknown = [name for name in request.GET if name not in self.given]
        if strict and unknown:
            raise Unknown(unknown[0][:60])
        self.path = request.path_info
        self.count = self._count()

    def query(self, **changes: str | list[str]) -> str:
        """The same search as an address without the host."""
        query = {name: values for name, values in self.given.items() if name not in ("_format", "_cursor")}
        changed = {**query, "_count": str(self.count), **changes}
        return f"{self.path}?{urlencode(changed, doseq=True)}"

    def _count(self) -> int:
        word = self.one("_count", str(USUAL)) or ""
        if not (word.isascii() and word.isdigit() and len(word) <= 9 and int(word)):
            raise Unfit("_count")
        return min(int(word), MOST)  # more than we give is no error: http://hl7.org/fhir/R4/search.html#count

    def one(self, name: str, default: str | None = None) -> str | None:
        """The one value of a parameter. Raises Unfit when there are several."""
        values = self.given.get(name, [])
        if len(values) > 1:
            raise Unfit(name)
        return values[0] if values else default

    def after(self, *kinds: type) -> Any:
        """The place that the page begins after, None for the first."""
        word = self.one("_cursor")
        if word is None:
            return None
        try:
            return PLACES[kinds].validate_python(word)
        except ValidationError as error:
            raise Unfit("_cursor") from error

    def any_of(self, name: str) -> list[str] | None:
        """The values of a parameter that may be one of several, with commas between; None when it is not there."""
        word = self.one(name)
        return None if word is None else [part.strip() for part in word.split(",")][: MOST + 1]

    def ids(self, read: Callable[[str], T]) -> Sequence[T] | None:
        """What the parameter _id names; what could be nobody's id names nothing."""
        words = self.any_of("_id")
        return None if words is None else [one for word in words[:MOST] if (one := or_none(read, word)) is not None]

    def reference(self, name: str, *kinds: str) -> tuple[str, str] | None:
        """The kind and the id that a reference names: relative, with our whole address or, of one kind, the id alone.

        Raises Unfit.
        """
        word = self.one(name)
        if word is None:
            return None
        kind, slash, key = word.removeprefix(f"{settings.SITE_URL}/fhir/").partition("/")
        if not slash and len(kinds) == 1:
            kind, key = kinds[0], word
        if kind not in kinds or not key:
            raise Unfit(name)
        return kind, key

    def key(self, name: str, *kinds: str) -> tuple[str, UUID] | None:
        """The same where ids are keys."""
        found = self.reference(name, *kinds)
        if found is None:
            return None
        key = or_none(ids.key, found[1])
        if key is None:
            raise Unfit(name)
        return found[0], key

    def required(self, name: str, *kinds: str) -> str:
        """The id of a reference that must be there."""
        found = self.reference(name, *kinds)
        if found is None:
            raise Missing(name)
        return found[1]

    def period(self, name: str, *, zone: ZoneInfo) -> Period:
        try:
            return periods.read(self.given.get(name, []), zone=zone)
        except (ValueError, OverflowError) as error:
            raise Unfit(name) from error

    def codes(self, name: str) -> set[str] | None:
        """The codes of a token parameter; the code system in front of one says nothing more."""
        words = self.any_of(name)
        return None if words is None else {word.rpartition("|")[2] for word in words}


def or_none(read: Callable[[str], T], word: str) -> T | None:
    """What a word names, None where it can name nothing."""
    try:
        return read(word)
    except ValueError:
        return None
