"""Patients as a clinic in Spain has them: two surnames, documents with the right letter, reserved e-mail domain."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from stdnum.es import dni, nie

from accounts.models import User
from citas.management.seeding import names
from citas.management.seeding.keys import Keys
from patients.consents import agreed
from patients.models import Patient

LEGAL_VERSION = "2026-11"  # as doctors.models.Clinic has it

# Spain keeps no telephone numbers for fiction. Those that begin with 73 are valid, and the emptiest of the mobile ones.
PHONE = "+3473{:07d}"
CHILD = 16


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody made up. `number` is different for each: document, telephone and e-mail follow from it."""

    number: int
    woman: bool
    given_names: str
    surnames: tuple[str, str]
    born: date

    def is_child(self, today: date) -> bool:
        return self.born > today - timedelta(days=CHILD * 365)

    @property
    def email(self) -> str:
        words = f"{self.given_names.split()[0]}.{self.surnames[0]}"
        bare = "".join(c for c in unicodedata.normalize("NFKD", words.lower()) if not unicodedata.combining(c))
        return f"{bare}.{self.number}@example.com"

    @property
    def phone(self) -> str:
        return PHONE.format(self.number * 7919 % 10**7)


class People:
    """Makes people, their patients' records and their accounts from a seeded source."""

    def __init__(self, random: Random, keys: Keys, now: datetime) -> None:
        self.random, self.keys, self.now = random, keys, now
        self.numbers = 0

    def person(self, *, child: bool | None = None, woman: bool | None = None) -> Person:
        """`child` and `woman` None let chance decide as a clinic's waiting room would."""
        random = self.random
        self.numbers += 1
        woman = random.random() < 0.55 if woman is None else woman
        child = random.random() < 0.2 if child is None else child
        years = random.uniform(0.2, CHILD - 1) if child else random.triangular(CHILD + 2, 94, 48)
        return Person(
            number=self.numbers,
            woman=woman,
            given_names=self._given_names(woman),
            surnames=(_frequent(random, names.SURNAMES), _frequent(random, names.SURNAMES)),
            born=self.now.date() - timedelta(days=int(years * 365.25)),
        )

    def patient(
        self, person: Person, *, since: datetime, account: User | None = None, relationship: str = ""
    ) -> Patient:
        """An unsaved record of that person, known to the clinic since an instant."""
        document_type, document_number = self._document(person)
        source = "web" if account else "admin"
        patient = Patient(
            id=self.keys.new(since),
            account=account,
            relationship=relationship or Patient.Relationship.SELF,
            given_names=person.given_names,
            first_surname=person.surnames[0],
            second_surname="" if document_type == "nie" and self.random.random() < 0.5 else person.surnames[1],
            birth_date=person.born,
            document_country="ES" if document_type else "",
            document_type=document_type,
            document_number=document_number,
            phone=person.phone,
            email="" if person.is_child(self.now.date()) else person.email,
            consents=[agreed(version=LEGAL_VERSION, language="es", source=source, now=since)],
            created_at=since,
            updated_at=since,
        )
        patient.refresh_search()
        return patient

    def account(self, person: Person, *, since: datetime) -> User:
        """An unsaved account of that person, which signs in by code only."""
        return User(id=self.keys.new(since), email=person.email, password="!", created_at=since)  # noqa: S106

    def _given_names(self, woman: bool) -> str:
        first = _frequent(self.random, names.WOMEN if woman else names.MEN)
        second = self.random.choice(names.SECOND_NAMES[woman])
        return f"{first} {second}" if self.random.random() < 0.15 and second != first else first

    def _document(self, person: Person) -> tuple[str, str]:
        """Type and number with its check letter; a small child may have none."""
        if person.is_child(self.now.date()) and self.random.random() < 0.6:
            return "", ""
        serial = person.number * 104_729
        if self.random.random() < 0.1:
            number = f"Y{serial % 10**7:07d}"
            return "nie", number + nie.calc_check_digit(number)
        number = f"{serial % 10**8:08d}"
        return "dni", number + dni.calc_check_digit(number)


def _frequent(random: Random, words: list[str]) -> str:
    """One of the words, the first ones more often."""
    return words[int(len(words) * random.random() ** 2)]
