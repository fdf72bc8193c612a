"""The four demo logins, and what the patient among them has booked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from accounts.models import Role, User
from accounts.repository import set_role
from appointments.models import Status
from citas import demo
from citas.db import bulk
from citas.management.seeding.keys import Keys
from citas.management.seeding.people import People
from citas.management.seeding.visits import Visit
from patients.models import Patient

ROLES = {
    demo.PATIENT: Role.PATIENT,
    demo.DOCTOR: Role.DOCTOR,
    demo.RECEPTIONIST: Role.RECEPTIONIST,
    demo.MANAGER: Role.MANAGER,
}


def accounts(*, keys: Keys, since: datetime) -> dict[str, User]:
    """Store the four accounts and give them their roles. One hash serves all: hashing is slow on purpose."""
    password = make_password(demo.PASSWORD)
    users = [User(id=keys.new(since), email=email, password=password, created_at=since) for email in demo.LOGINS]
    bulk.load_all(users)
    for user in users:
        set_role(user=user, role=ROLES[user.email])
    return {user.email: user for user in users}


def family(*, people: People, account: User, since: datetime) -> list[Patient]:
    """The demo's patient and her son, as unsaved records."""
    mother = replace(people.person(child=False, woman=True), given_names="Lucía", surnames=("Moreno", "Gil"))
    son = replace(people.person(child=True, woman=False), given_names="Mateo", surnames=("Santos", "Moreno"))
    herself = people.patient(mother, since=since, account=account)
    herself.email = account.email
    child = people.patient(son, since=since, account=account, relationship=Patient.Relationship.CHILD)
    return [herself, child]


def book(*, visits: Sequence[Visit], family: Sequence[Patient], now: datetime) -> None:
    """Give the demo's patient and her son one visit each ahead, and some behind them; no two on one day."""
    herself, child = family
    soon, later = now + timedelta(days=3), now + timedelta(days=28)
    ahead = [visit for visit in visits if visit.status == Status.BOOKED and soon < visit.tile.starts_at < later]
    behind = [visit for visit in visits if visit.status == Status.COMPLETED and visit.tile.ends_at < now - timedelta(1)]
    dropped = [visit for visit in visits if visit.status == Status.CANCELLED and visit.tile.starts_at < now]
    taken: set = set()
    for choice, patient, fits in (
        (ahead, herself, _of("dermatologia")),
        (ahead, child, _of("pediatria")),
        (behind, herself, _of("medicina-de-familia")),
        (behind, herself, _of("ginecologia")),
        (behind, child, _of("pediatria")),
        (dropped, herself, _of("traumatologia")),
    ):
        for visit in _first(choice, fits, taken):
            visit.patient = patient
            taken.add(visit.tile.starts_at.date())


def _of(specialty: str) -> Callable[[Visit], bool]:
    return lambda visit: visit.tile.fit.specialty == specialty


def _first(choice: Sequence[Visit], fits: Callable[[Visit], bool], taken: set) -> Iterator[Visit]:
    """The first that fits on a day not taken; where none does, any."""
    left = [visit for visit in choice if visit.patient is None and visit.tile.starts_at.date() not in taken]
    yield from ([visit for visit in left if fits(visit)] or left)[:1]
