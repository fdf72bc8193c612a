"""Whatever a clinic holds goes to the other engine and back, and the archive is the same, byte for byte."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Role, User
from appointments.models import Appointment, Draft, Status
from citas.db import bulk, uuid7
from citas.db.intervals import Interval
from doctors.models import Clinic, Doctor, Location, Offering, Specialty, VisitType, WorkingHours
from notifications.models import Message
from patients.models import Patient
from tests import archives
from tests.engines import ENGINE
from tests.other_engine import other_engine

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES = max(10, settings.default.max_examples // 50)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Both engines keep every character but NUL and the halves of pairs.
CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
WORDS = st.text(CHARACTERS, max_size=80)
TEXTS = st.one_of(WORDS, st.just(""), st.text(CHARACTERS, min_size=1, max_size=9).map(lambda text: text * 30_000))
NUMBERS = st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
DOCUMENTS = st.dictionaries(
    WORDS,
    st.recursive(
        st.none() | st.booleans() | NUMBERS | WORDS,
        lambda inside: st.lists(inside, max_size=3) | st.dictionaries(WORDS, inside, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)
INSTANTS = st.integers(-2_208_988_800_000, 7_258_118_400_000).map(lambda count: EPOCH + timedelta(milliseconds=count))
# The nights on which Madrid's clocks go back and forward, and a day without anything.
NIGHTS = (
    datetime(2026, 10, 24, 23, tzinfo=UTC),
    datetime(2027, 3, 28, 0, tzinfo=UTC),
    datetime(2027, 6, 9, 8, tzinfo=UTC),
)
VISITS = st.lists(
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(Status.values),
            "length": st.integers(1, 12),
            "buffers": st.tuples(st.integers(0, 6), st.integers(0, 6)),
            "reason": TEXTS,
            "answers": DOCUMENTS,
            "events": st.lists(DOCUMENTS, max_size=2),
            "expires_at": st.none() | INSTANTS,
            "created_at": INSTANTS,
            "updated_at": INSTANTS,
        }
    ),
    max_size=8,
)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "given_names": WORDS,
            "first_surname": WORDS,
            "second_surname": WORDS,
            "relationship": st.sampled_from(Patient.Relationship.values),
            "birth_date": st.none() | st.dates(date(1900, 1, 1), date(2026, 1, 1)),
            "search": st.lists(WORDS, max_size=4),
            "consents": st.lists(DOCUMENTS, max_size=2),
            "with_account": st.booleans(),
            "created_at": INSTANTS,
        }
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    with other_engine(tmp_path_factory.mktemp("other"), engine=ENGINE) as found:
        yield found


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(people=PEOPLE, visits=VISITS, names=st.tuples(WORDS, TEXTS), draft=DOCUMENTS)
def test_there_and_back(people, visits, names, draft, other, tmp_path):
    archives.empty()
    build(people=people, visits=visits, names=names, draft=draft)
    here = archives.export(tmp_path / "here.zip")

    other.ask("empty")
    other.ask("import_data", str(tmp_path / "here.zip"))
    assert other.ask("verify_data", str(tmp_path / "here.zip"))["same"]
    (tmp_path / "there.zip").unlink(missing_ok=True)
    other.ask("export_data", str(tmp_path / "there.zip"))
    assert (tmp_path / "there.zip").read_bytes() == here

    archives.empty()
    archives.run("import_data", tmp_path / "there.zip")
    assert archives.export(tmp_path / "back.zip") == here


def test_a_made_up_clinic_there_and_back(other, tmp_path):
    """With something in the tables of others, too."""
    archives.fill()
    here = archives.export(tmp_path / "here.zip")

    other.ask("empty")
    other.ask("import_data", str(tmp_path / "here.zip"))
    other.ask("export_data", str(tmp_path / "there.zip"))

    assert (tmp_path / "there.zip").read_bytes() == here


def build(*, people: Any, visits: Any, names: tuple[str, str], draft: Any) -> None:
    short, long = names
    place = Location(name=short, slug="uno", address=short, city=short, zone="Europe/Madrid", phone="")
    specialty = Specialty(name=short, slug="uno")
    kind = VisitType(name=short, slug="uno", instructions=long, step=None)
    doctor = Doctor(given_names=short, surnames=short, slug="uno", specialty=specialty, bio=long)
    users = [User(email=f"{number}@example.com", role=Role.PATIENT, password="!") for number in range(len(people))]
    patients = [_patient(person, user) for person, user in zip(people, users, strict=True)]
    hours = WorkingHours(
        doctor=doctor, location=place, weekday=7, starts=time(9, 5), ends=time(0), valid_from=date(1999, 12, 31)
    )
    rows = [_visit(number, said, doctor, patients, kind, place) for number, said in enumerate(visits)]
    message = Message(dedupe_key="una", recipient="a@example.com", subject=short, text=long, appointment_id=None)
    for each in (
        users, [Clinic(name=short, phone="")], [place], [specialty], [kind], [doctor], [hours], patients,
        [Offering(doctor=doctor, visit_type=kind)], rows, [message], [Draft(browser="b", data=draft)],
    ):  # fmt: skip
        bulk.load_all(each)


def _patient(person: dict[str, Any], user: User) -> Patient:
    said = dict(person)
    account = user if said.pop("with_account") else None
    return Patient(account=account, updated_at=said["created_at"], phone="", **said)


def _visit(number: int, said: dict[str, Any], doctor: Any, patients: Any, kind: Any, place: Any) -> Appointment:
    """One every four hours from a night on; a cancelled one lies over the next night's first."""
    fields = {name: value for name, value in said.items() if name not in ("length", "buffers")}
    live = said["status"] not in (Status.CANCELLED, Status.NO_SHOW)
    start = NIGHTS[number % 3] + timedelta(hours=4 * (number // 3) if live else 0)
    end = start + timedelta(minutes=5 * said["length"])
    before, after = (timedelta(minutes=5 * buffer) for buffer in said["buffers"])
    return Appointment(
        id=uuid7(),
        reference=f"{number:08d}",
        request_key=str(UUID(int=number)),
        doctor=doctor,
        patient=patients[number % len(patients)],
        visit_type=kind,
        location=place,
        starts_at=start,
        ends_at=end,
        busy=Interval(start - before, end + after),
        visit=Interval(start, end),
        **fields,
    )
