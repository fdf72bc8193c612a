"""Doctors whom nobody sees and patients without an account, made for the proof and put out of use after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

from django.db import models

from appointments import booking, calendars
from citas.db import uuid7
from citas.management.proof import repository
from citas.management.proof.plan import KINDS, SAME, kind_of
from citas.management.proof.race import Attempt
from doctors.models import Doctor, Location, Offering, Specialty, VisitType, WorkingHours
from patients.models import Patient

NAMES = UUID("8a0d7a53-6f5e-5d0c-8f0e-5b7c1c9f2e11")  # the keys of the proof's rows are made under this one
WORDS = "Prueba de reservas"
HORIZON = 730
# A round takes three hours: a visit may begin 45 minutes before its start and its buffer ends 50 minutes after.
HOURS = range(1, 24, 3)
STARTS_OF_A_FREE_DAY = 24 * 60 // SAME.duration


class NoFreeDays(Exception):
    """The clinic is closed too often within the horizon for so many rounds."""


@dataclass(frozen=True, kw_only=True)
class Cast:
    """One doctor and many patients, or one patient and many doctors, at a place that works day and night in UTC."""

    doctors: list[Doctor]
    patients: list[Patient]
    visit_types: dict[str, VisitType]
    offerings: list[Offering]
    location: Location
    specialty: Specialty

    def switched(self) -> list[list[models.Model]]:
        """What is in use only while the proof runs, in the order in which it can be stored."""
        kinds: list[models.Model] = [*self.visit_types.values()]
        return [[self.specialty], [self.location], kinds, [*self.doctors], [*self.patients]]

    def hours(self) -> list[WorkingHours]:
        return [
            WorkingHours(
                id=_key(f"{doctor.slug}/{weekday}"),
                doctor=doctor,
                location=self.location,
                weekday=weekday,
                starts=time(0),
                ends=time(0),
                valid_from=date(2020, 1, 1),
            )
            for doctor in self.doctors
            for weekday in range(1, 8)
        ]


@contextmanager
def on_stage(*, clients: int, scarce: str, now: datetime) -> Iterator[Cast]:
    """Have the cast ready, without visits ahead; cancel its visits and put it out of use at the end.

    `scarce` is of whom there is one only: doctor, patient, or nobody.
    """
    people = {"doctors": 1 if scarce == "doctor" else clients, "patients": 1 if scarce == "patient" else clients}
    cast = _made(**people, now=now)
    for rows in cast.switched():
        repository.store(rows)
        repository.set_active(rows, active=True)
    repository.store(cast.offerings)
    repository.store(cast.hours())
    try:
        _cancel_visits(cast, now)
        yield cast
    finally:
        _cancel_visits(cast, now)
        for rows in cast.switched():
            repository.set_active(rows, active=False)


def starts(*, cast: Cast, rounds: int, now: datetime) -> list[datetime]:
    """A free start for each round, far enough from the others', on days that the clinic is open from 0 to 24."""
    first = now.astimezone(UTC).date() + timedelta(days=1)
    free = calendars.week(offering=cast.offerings[0], location=cast.location, first=first, now=now, days=HORIZON - 2)
    by_day: dict[date, int] = {}
    for slot in free:
        by_day[slot.starts_at.date()] = by_day.get(slot.starts_at.date(), 0) + 1
    days = [day for day, slots in by_day.items() if slots == STARTS_OF_A_FREE_DAY]
    found = [datetime.combine(day, time(hour), UTC) for day in days for hour in HOURS]
    if len(found) < rounds:
        raise NoFreeDays(f"there are open days for {len(found)} rounds only")
    return found[:rounds]


def attempt(*, cast: Cast, starts: list[datetime], scarce: str, now: datetime) -> Attempt:
    """A client that books through the door that everybody takes."""
    run = uuid7().hex

    def book(client: int, current: int) -> bool:
        kind = kind_of(client=client, scarce=scarce)
        booking.book(
            doctor=cast.doctors[client % len(cast.doctors)],
            patient=cast.patients[client % len(cast.patients)],
            visit_type=cast.visit_types[kind.slug],
            location=cast.location,
            starts_at=kind.starts_at(starts[current]),
            actor=None,
            source="command",
            request_key=f"proof-{run}-{current}-{client}",
            now=now,
        )
        return True

    return book


def _cancel_visits(cast: Cast, now: datetime) -> None:
    for visit in repository.upcoming(doctors=cast.doctors, now=now):
        booking.cancel(appointment=visit, actor=None, source="command", now=now)


def _made(*, doctors: int, patients: int, now: datetime) -> Cast:
    specialty = Specialty(id=_key("specialty"), name=WORDS, slug="prueba-de-reservas")
    location = Location(id=_key("location"), name=WORDS, slug="prueba-de-reservas", address="—", city="—", zone="UTC")
    people = [_doctor(number, specialty) for number in range(doctors)]
    kinds = {kind.slug: _visit_type(kind.slug, kind.duration, kind.buffer_before, kind.buffer_after) for kind in KINDS}
    return Cast(
        doctors=people,
        patients=[_patient(number, now) for number in range(patients)],
        visit_types=kinds,
        offerings=[
            Offering(id=_key(f"{doctor.slug}/{slug}"), doctor=doctor, visit_type=kind)
            for doctor in people
            for slug, kind in kinds.items()
        ],
        location=location,
        specialty=specialty,
    )


def _doctor(number: int, specialty: Specialty) -> Doctor:
    slug = f"prueba-de-reservas-{number}"
    names = {"title": "", "given_names": WORDS, "surnames": str(number)}
    return Doctor(id=_key(slug), slug=slug, specialty=specialty, hidden=True, **names)


def _patient(number: int, now: datetime) -> Patient:
    # Without words to be searched by: reception does not find them while the proof runs either.
    names = {"given_names": WORDS, "first_surname": str(number)}
    return Patient(id=_key(f"patient/{number}"), created_at=now, updated_at=now, search=[], **names)


def _visit_type(slug: str, duration: int, before: int, after: int) -> VisitType:
    rules = {"duration": duration, "buffer_before": before, "buffer_after": after, "horizon_days": HORIZON}
    return VisitType(id=_key(slug), name=WORDS, slug=slug, minimum_notice=0, cutoff=0, **rules)


def _key(name: str) -> UUID:
    return uuid5(NAMES, name)
