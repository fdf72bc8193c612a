"""Who comes to a made-up clinic: grown-ups, some with an account, and their children."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from accounts.models import User
from citas.management.seeding.people import People, Person
from patients.models import Patient

WITH_ACCOUNT = 0.4
YEARS = timedelta(days=700)


def make(*, people: People, amount: int) -> tuple[list[User], list[Patient]]:
    """Unsaved accounts and patients; a child belongs to the grown-up with an account who came before."""
    accounts: list[User] = []
    return accounts, list(_patients(people, amount, accounts))


def _patients(people: People, amount: int, accounts: list[User]) -> Iterator[Patient]:
    parent: tuple[Person, User] | None = None
    for number in range(amount):
        person = people.person()
        since = people.now - YEARS * ((amount - number) / amount)
        if not person.is_child(people.now.date()):
            account = _account(people, person, since)
            if account is not None:
                accounts.append(account)
                parent = person, account
            yield people.patient(person, since=since, account=account)
        elif parent is None:
            yield people.patient(person, since=since)
        else:
            child = replace(person, surnames=(parent[0].surnames[0], person.surnames[1]))
            yield people.patient(child, since=since, account=parent[1], relationship=Patient.Relationship.CHILD)


def _account(people: People, person: Person, since: datetime) -> User | None:
    return people.account(person, since=since) if people.random.random() < WITH_ACCOUNT else None
