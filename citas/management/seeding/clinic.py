"""A made-up clinic: where it is, what it offers, who treats, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.text import slugify

from citas.management.seeding import offer
from citas.management.seeding.keys import Keys
from citas.management.seeding.people import People, Person
from doctors.models import Clinic, Doctor, Location, Offering, Specialty, VisitType, WorkingHours

Labelled = TypeVar("Labelled", Specialty, VisitType)
MORNINGS = ((8, 13), (8, 14), (9, 13), (9, 14), (10, 14))
AFTERNOONS = ((15, 19), (15, 20), (16, 19), (16, 20))
LANGUAGES = ("español", "español", "español, inglés", "español, inglés", "español, francés", "español, inglés, rumano")
# The demo's doctor who has a login: the same person whatever the seed.
FIRST_DOCTOR = Person(number=0, woman=True, given_names="Ana", surnames=("Vega", "Ruiz"), born=date(1979, 5, 14))
FIRST_DOCTOR_SHIFTS = ((1, 9, 14), (2, 9, 14), (2, 16, 19), (3, 9, 14), (4, 9, 14), (5, 9, 14))


@dataclass(slots=True)
class Premises:
    """Unsaved rows of one clinic, in the order in which they are stored."""

    clinic: list[Clinic] = field(default_factory=list)
    locations: list[Location] = field(default_factory=list)
    specialties: list[Specialty] = field(default_factory=list)
    visit_types: list[VisitType] = field(default_factory=list)
    doctors: list[Doctor] = field(default_factory=list)
    offerings: list[Offering] = field(default_factory=list)
    hours: list[WorkingHours] = field(default_factory=list)

    def in_order(self) -> list[Sequence[Model]]:
        """The rows of each kind, what is referred to first."""
        return [getattr(self, kind.name) for kind in fields(self)]


class Builder:
    """Fills the premises from a seeded source. `busy_days` is how many days a week a doctor sees patients."""

    def __init__(self, *, random: Random, keys: Keys, people: People, since: datetime, busy_days: int) -> None:
        self.random, self.keys, self.people, self.since, self.busy_days = random, keys, people, since, busy_days
        self.made = Premises()
        self.slugs: set[str] = set()

    def build(self, *, places: int, specialties: int, doctors: int) -> Premises:
        self.made.clinic = [Clinic(phone="+34910000000", **offer.CLINIC)]
        self.made.locations = [self._location(*place) for place in offer.PLACES[:places]]
        chosen = offer.SPECIALTIES[:specialties]
        self.made.specialties = [self._named(Specialty, name, name_en) for name, name_en, _kinds in chosen]
        types = {kind.name: self._visit_type(place, kind) for place, kind in enumerate(offer.KINDS)}
        self.made.visit_types = list(types.values())
        for number in range(doctors):
            specialty = number % len(chosen)
            doctor = self._doctor(number, self.made.specialties[specialty])
            self.made.offerings += [self._offering(doctor, types[kind.name]) for kind in chosen[specialty][2]]
            self.made.hours += self._hours(number, doctor)
        return self.made

    def _key(self) -> dict:
        return {"id": self.keys.new(self.since)}

    def _location(self, name: str, address: str, city: str, zone: str) -> Location:
        phone = f"+3491000000{len(name)}"
        return Location(
            **self._key(), name=name, slug=slugify(name), address=address, city=city, zone=zone, phone=phone
        )

    def _named(self, model: type[Labelled], name: str, name_en: str, **more: Any) -> Labelled:
        return model(**self._key(), name=name, name_en=name_en, slug=slugify(name), **more)

    def _visit_type(self, position: int, kind: offer.Kind) -> VisitType:
        return self._named(VisitType, kind.name, kind.name_en, position=position, **kind.rules)

    def _doctor(self, number: int, specialty: Specialty) -> Doctor:
        person = self.people.person(child=False) if number else FIRST_DOCTOR
        doctor = Doctor(
            **self._key(),
            title="Dra." if person.woman else "Dr.",
            given_names=person.given_names,
            surnames=" ".join(person.surnames),
            specialty=specialty,
            languages=self.random.choice(LANGUAGES),
            **self._about(specialty),
        )
        doctor.slug = self._slug(f"{doctor.given_names} {doctor.surnames}")
        self.made.doctors.append(doctor)
        return doctor

    def _about(self, specialty: Specialty) -> dict[str, str]:
        since = self.since.year - self.random.randrange(3, 30)
        return {
            "bio": f"Especialista en {specialty.name.lower()} desde {since}.",
            "bio_en": f"Specialist in {specialty.name_en.lower()} since {since}.",
        }

    def _slug(self, name: str) -> str:
        wanted = slug = slugify(name)
        again = 1
        while slug in self.slugs:
            again += 1
            slug = f"{wanted}-{again}"
        self.slugs.add(slug)
        return slug

    def _offering(self, doctor: Doctor, visit_type: VisitType) -> Offering:
        # One doctor in eight takes ten minutes more than is usual.
        own = visit_type.duration + 10 if self.random.random() < 0.125 else None
        return Offering(**self._key(), doctor=doctor, visit_type=visit_type, duration=own)

    def _hours(self, number: int, doctor: Doctor) -> Iterator[WorkingHours]:
        home = self.made.locations[number % len(self.made.locations)]
        for weekday, starts, ends in self._shifts() if number else FIRST_DOCTOR_SHIFTS:
            # One block in five is worked at another place of the same time zone.
            near = [place for place in self.made.locations if place.zone == home.zone]
            yield WorkingHours(
                **self._key(),
                doctor=doctor,
                location=self.random.choice(near) if self.random.random() < 0.2 else home,
                weekday=weekday,
                starts=time(starts),
                ends=time(ends),
                valid_from=(self.since - timedelta(days=1)).date(),
            )

    def _shifts(self) -> Iterator[tuple[int, int, int]]:
        """Weekday and hours: mornings mostly, some afternoons, now and then both, and one Saturday in six."""
        random = self.random
        for weekday in sorted(random.sample(range(1, 6), self.busy_days)):
            morning = random.random() < 0.65
            if morning:
                yield weekday, *random.choice(MORNINGS)
            if not morning or random.random() < 0.15:
                yield weekday, *random.choice(AFTERNOONS)
        if random.random() < 1 / 6:
            yield 6, 9, 13
