"""Free slots arranged for the eye: days in words, mornings and afternoons apart, empty days folded into one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appointments.availability import Slot
from appointments.slot_code import SlotCode
from appointments.wording import day_in_words, days_in_words, in_words, time_in_words
from doctors import repository as doctors_repository
from doctors.models import Location, Offering

MIDDAY = 14  # Spanish mornings last until lunch


@dataclass(frozen=True, slots=True)
class Chip:
    """One start as a radio: what it sends, what it shows, and all of it in words for who sees nothing around it."""

    value: str
    time: str
    label: str
    place: str
    note: str = ""  # the place again, where a list has several
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A day with its chips; or, with `empty`, the words for a run of days that have none."""

    date: date
    label: str
    morning: list[Chip] = field(default_factory=list)
    afternoon: list[Chip] = field(default_factory=list)
    empty: str = ""


def day_of(slot: Slot) -> date:
    """The local date of a slot, where it takes place."""
    return slot.starts_at.astimezone(ZoneInfo(slot.zone)).date()


def chip(
    slot: Slot, *, offering: Offering, places: dict[UUID, Location], chosen: str = "", noted: bool = False
) -> Chip:
    language, zone, place = _language(), ZoneInfo(slot.zone), places[slot.location].name
    value = str(SlotCode(slot.doctor, offering.visit_type_id, slot.location, slot.starts_at))
    title = f"{in_words(slot.starts_at, zone, language)}, {offering.doctor.full_name}, {place}"
    time = time_in_words(slot.starts_at, zone, language)
    return Chip(value, time, title, place, note=place if noted else "", checked=value == chosen)


def days(
    slots: Iterable[Slot], *, offering: Offering, chosen: str = "", places: dict[UUID, Location] | None = None
) -> list[Day]:
    """Days that have slots of one doctor, in order. `places`: every location, when they have been read already."""
    places = places or doctors_repository.locations_by_id()
    slots = sorted(slots, key=lambda slot: (day_of(slot), slot.starts_at))
    several = len({slot.location for slot in slots}) > 1
    found = []
    for day, group in groupby(slots, key=day_of):
        halves: dict[bool, list[Chip]] = {True: [], False: []}
        for slot in group:
            is_morning = slot.starts_at.astimezone(ZoneInfo(slot.zone)).hour < MIDDAY
            halves[is_morning].append(chip(slot, offering=offering, places=places, chosen=chosen, noted=several))
        found.append(Day(day, day_in_words(day, _language()), halves[True], halves[False]))
    return found


def places_of(days: Iterable[Day]) -> list[str]:
    """Names of the places where these starts are, each once."""
    return list(dict.fromkeys(chip.place for day in days for chip in (*day.morning, *day.afternoon)))


def with_gaps(days: list[Day], *, first: date, last: date) -> Iterator[Day]:
    """The same days, with each run of days without slots as one line between them."""
    expected = first
    for day in [*days, None]:
        until = (last + timedelta(days=1)) if day is None else day.date
        if expected < until:
            run = days_in_words(expected, until - timedelta(days=1), _language())
            yield Day(expected, run, empty=_("%(days)s: nothing free") % {"days": run})
        if day is not None:
            yield day
            expected = day.date + timedelta(days=1)


def _language() -> str:
    return get_language() or "es"
