"""The day sheet: one place a sheet, its visits under their doctors, and no more doctors than a page can bear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from appointments import day_repository
from appointments.day_repository import Tally
from appointments.models import Appointment
from appointments.wording import time_in_words
from doctors import repository as doctors_repository
from doctors.alphabet import alphabetical
from doctors.models import Doctor, Location

MOST_VISITS = 300  # on one page, unless a single doctor has more
ANY_KEY = UUID(int=0)
Named = TypeVar("Named", Doctor, Location)


class Row(NamedTuple):
    """A visit as the sheet shows it."""

    time: str
    tag: SafeString
    url: str
    patient: str
    kind: str
    place: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What there is to choose from, what is chosen, and the columns of one page."""

    places: list[Location]  # none for a doctor, who sees the own visits wherever they are
    place: Location | None
    doctors: list[Doctor]
    doctor: Doctor | None
    columns: list[tuple[Doctor, list[Row]]]
    elsewhere: list[Location]  # where the chosen doctor has visits on this day when there are none here
    following: str  # the short name after which the next page begins; "" on the last one


def of(*, user: Any, day: date, now: datetime, place: str = "", doctor: str = "", after: str = "") -> Sheet:
    """A local day at the place and of the doctor with these short names; an unknown one is as if none were given.

    Without a place it is the first one with visits. A doctor sees the own day: there is nothing to choose.
    """
    everywhere = list(doctors_repository.locations_by_id().values())
    known = sorted(doctors_repository.doctors(), key=lambda one: alphabetical(f"{one.surnames} {one.given_names}"))
    tallies = _of(known, day_repository.tallies(user=user, day=day, now=now, places=everywhere))
    own = user.role == "doctor"
    wanted = None if own else _named(known, doctor)
    meant = known if wanted is None else [wanted]
    places = [] if own else _offered(everywhere, tallies)
    at = _named(places, place) or _first_busy(places, _of(meant, tallies))
    here = [tally for tally in tallies if at is None or tally.place == at.pk]
    page, following = _page(_busy(meant, here), here, after)
    shown = {tally.doctor for tally in here} | ({wanted.pk} if wanted else set())
    elsewhere: set[UUID] = set() if page else {tally.place for tally in _of(meant, tallies)}
    visits = day_repository.visits(user=user, day=day, now=now, places=[at] if at else everywhere, doctors=page)
    return Sheet(
        places=places,
        place=at,
        doctors=[] if own else [one for one in known if one.pk in shown],
        doctor=wanted,
        columns=_columns(page, visits, everywhere),
        elsewhere=[one for one in places if one.pk in elsewhere],
        following=following,
    )


def _of(doctors: Iterable[Doctor], tallies: Iterable[Tally]) -> list[Tally]:
    keys = {doctor.pk for doctor in doctors}
    return [tally for tally in tallies if tally.doctor in keys]


def _busy(doctors: Iterable[Doctor], tallies: Iterable[Tally]) -> list[Doctor]:
    keys = {tally.doctor for tally in tallies}
    return [doctor for doctor in doctors if doctor.pk in keys]


def _offered(places: Iterable[Location], tallies: Iterable[Tally]) -> list[Location]:
    """Open places, and closed ones that still have visits on the day, in alphabetical order."""
    busy = {tally.place for tally in tallies}
    return sorted((one for one in places if one.active or one.pk in busy), key=lambda one: alphabetical(one.name))


def _named(rows: Iterable[Named], slug: str) -> Named | None:
    return next((row for row in rows if row.slug == slug), None)


def _first_busy(places: Sequence[Location], tallies: Iterable[Tally]) -> Location | None:
    busy = {tally.place for tally in tallies}
    return next((place for place in places if place.pk in busy), places[0] if places else None)


def _page(doctors: Sequence[Doctor], tallies: Iterable[Tally], after: str) -> tuple[list[Doctor], str]:
    """The doctors after the one with this short name, as long as their visits fit; and after whom the next begin."""
    visits: Counter[UUID] = Counter()
    for tally in tallies:
        visits[tally.doctor] += tally.visits
    begin = next((number for number, doctor in enumerate(doctors, 1) if doctor.slug == after), 0)
    page: list[Doctor] = []
    for doctor in doctors[begin:]:
        if page and sum(visits[one.pk] for one in page) + visits[doctor.pk] > MOST_VISITS:
            return page, page[-1].slug
        page.append(doctor)
    return page, ""


def _columns(
    doctors: Iterable[Doctor], visits: Iterable[Appointment], places: Iterable[Location]
) -> list[tuple[Doctor, list[Row]]]:
    columns: dict[UUID, list[Row]] = {doctor.pk: [] for doctor in doctors}
    by_key = {place.pk: place for place in places}
    # Hundreds of rows: what repeats in them is put into words once.
    clock, tag = cache(_clock), cache(_tag)
    url = reverse("admin:appointments_appointment_change", args=[ANY_KEY])
    for visit in visits:
        place = by_key[visit.location_id]
        columns[visit.doctor_id].append(
            Row(
                time=clock(visit.starts_at, place.zone),
                tag=tag(visit.status),
                url=url.replace(str(ANY_KEY), str(visit.pk)),
                patient=visit.patient.full_name,
                kind=visit.visit_type.label,
                place=place.name,
            )
        )
    return [(doctor, columns[doctor.pk]) for doctor in doctors if columns[doctor.pk]]


def _clock(starts_at: datetime, zone: str) -> str:
    return time_in_words(starts_at, ZoneInfo(zone), get_language() or "es")


def _tag(status: str) -> SafeString:
    return render_to_string("components/tag.html", {"status": status})
