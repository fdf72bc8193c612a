"""Finding a patient at the desk: by words, and by what the apps know that stand on this one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from patients.models import PatientQuerySet

# Each takes what was typed and answers the keys of the patients whom it means, none when it means nobody.
_ways: list[Callable[[str], Iterable[UUID]]] = []


def also(way: Callable[[str], Iterable[UUID]]) -> None:
    """Ask this too, before the words are looked for. Called from an AppConfig's ready()."""
    _ways.append(way)


def find(rows: PatientQuerySet, text: str) -> PatientQuerySet:
    """Those whom a text means, such as the reference of an appointment; else those found by names, document, phone."""
    for way in _ways:
        keys = list(way(text))
        if keys:
            return rows.filter(pk__in=keys)
    return rows.matching(text)
