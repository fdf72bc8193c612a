"""A whole made-up clinic, stored: the same for the same seed, size and instant."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from random import Random

from accounts.models import User
from appointments.models import Appointment
from citas import demo
from citas.db import bulk
from citas.management.seeding import families, logins, offer, schedule, visits
from citas.management.seeding.clinic import Builder, Premises
from citas.management.seeding.history import Historian
from citas.management.seeding.keys import Keys, to_the_second
from citas.management.seeding.people import People
from citas.management.seeding.visits import Visit
from patients.models import Patient

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a clinic is; `appointments` None fills two thirds of the doctors' time, `busy_days` is a week's."""

    places: int = len(offer.PLACES)
    specialties: int = len(offer.SPECIALTIES)
    doctors: int
    patients: int
    appointments: int | None
    busy_days: int = 5


DEMO = Size(places=3, specialties=6, doctors=12, patients=200, appointments=None, busy_days=2)


class Archive:
    """Stores one clinic. `now` is aware; `advance` is told how many patients and appointments were stored since."""

    def __init__(self, *, size: Size, seed: int, now: datetime, advance: Advance) -> None:
        self.size, self.advance = size, advance
        self.now = to_the_second(now)
        self.since = self.now - timedelta(days=730)
        self.random = Random(seed)  # noqa: S311 - made-up people, no secrets
        self.keys = Keys(self.random)
        self.people = People(self.random, self.keys, self.now)

    def store(self) -> dict[str, int]:
        """Store everything; how many of each."""
        gc.freeze()  # what is made from here on has no cycles; looking for them takes a tenth of the time
        gc.disable()
        try:
            return self._store()
        finally:
            gc.enable()

    def _store(self) -> dict[str, int]:
        users = logins.accounts(keys=self.keys, since=self.since)
        premises = self._premises(users[demo.DOCTOR])
        family = logins.family(people=self.people, account=users[demo.PATIENT], since=self.since)
        patients = self._patients(family)
        planned = schedule.plan(
            premises=premises, amount=self.size.appointments, now=self.now, random=self.random, keys=self.keys
        )
        logins.book(visits=planned, family=family, now=self.now)
        visits.assign(visits=planned, patients=patients, now=self.now, random=self.random)
        self._write(planned, desk=users[demo.RECEPTIONIST])
        bulk.refresh_statistics([User, Patient, Appointment])
        return {
            "locations": len(premises.locations),
            "specialties": len(premises.specialties),
            "doctors": len(premises.doctors),
            "patients": len(patients) + len(family),
            "appointments": len(planned),
        }

    def _premises(self, user: User) -> Premises:
        size = self.size
        builder = Builder(
            random=self.random, keys=self.keys, people=self.people, since=self.since, busy_days=size.busy_days
        )
        premises = builder.build(places=size.places, specialties=size.specialties, doctors=size.doctors)
        premises.doctors[0].user = user
        for rows in premises.in_order():
            bulk.load_all(rows)
        return premises

    def _patients(self, family: Sequence[Patient]) -> list[Patient]:
        """Store the patients and their accounts; those to whom chance may give visits."""
        accounts, patients = families.make(people=self.people, amount=self.size.patients - len(family))
        bulk.load_all(accounts)
        for stored in bulk.load([*family, *patients]):
            self.advance(stored)
        return patients

    def _write(self, planned: Sequence[Visit], *, desk: User) -> None:
        historian = Historian(random=self.random, keys=self.keys, desk=desk, now=self.now)
        # In the order in which they were made: the order of their keys.
        rows = (historian.write(visit) for visit in sorted(planned, key=attrgetter("created_at")))
        for stored in bulk.load(rows):
            self.advance(stored)
