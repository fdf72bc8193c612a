"""Made-up clinics: the same for the same seed, right by every rule, and never over a clinic that is there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.db.models import F
from stdnum.es import dni, nie

from accounts.models import User
from appointments.models import ATTENDED, LIVE, Appointment, Status
from citas import demo
from citas.db import atomic, bulk, uuid7, violated
from doctors.models import Doctor, Location, ScheduleException, Specialty, WorkingHours
from patients.models import Patient

WEDNESDAY = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)
SMALL = {"doctors": 4, "patients": 40, "appointments": 300}
# A password's hash has a salt; when a row of ours was last touched is no part of a clinic.
DIFFERS = {"password", "last_login"}


def seed(**options):
    out = StringIO()
    call_command("seed", **{"now": WEDNESDAY, "json": True, "stdout": out, **options})
    return json.loads(out.getvalue() or "{}")


@pytest.fixture
def small(db):
    return seed(**SMALL)


def archive():
    """Every row of every kind, as it is stored."""
    kinds = (User, Location, Specialty, Doctor, WorkingHours, ScheduleException, Patient, Appointment)
    return {
        kind.__name__: [
            {name: value for name, value in row.items() if name not in DIFFERS}
            for row in kind.objects.order_by("pk").values()
        ]
        for kind in kinds
    }


def test_it_stores_exactly_what_was_asked_for(small):
    assert (small["doctors"], small["patients"], small["appointments"]) == (4, 40, 300)
    assert (Doctor.objects.count(), Patient.objects.count(), Appointment.objects.count()) == (4, 40, 300)


def test_the_same_seed_gives_the_same_clinic(small):
    first = archive()

    seed(**SMALL, reset=True, yes=True)

    assert archive() == first


def test_another_seed_gives_another_clinic(small):
    first = archive()

    seed(**SMALL, seed=8, reset=True, yes=True)

    assert archive()["Patient"] != first["Patient"]


def test_keys_are_in_the_order_of_time(small):
    made = list(Appointment.objects.order_by("pk").values_list("created_at", flat=True))

    assert made == sorted(made)
    assert {key.version for key in Appointment.objects.values_list("pk", flat=True)} == {7}


def overlaps(rows):
    """Pairs of rows (owner, interval), sorted, of one owner that overlap."""
    return [(a, b) for a, b in pairwise(rows) if a[0] == b[0] and a[1].overlaps(b[1])]


def test_nobody_is_at_two_places_at_once(small):
    doctors = Appointment.objects.filter(status__in=LIVE).order_by("doctor", "starts_at")
    patients = Appointment.objects.filter(status__in=ATTENDED).order_by("patient", "starts_at")

    assert overlaps(list(doctors.values_list("doctor_id", "busy"))) == []
    assert overlaps(list(patients.values_list("patient_id", "visit"))) == []


def test_visits_lie_in_the_hours_of_their_doctors(small):
    rules = {(rule.doctor_id, rule.location_id, rule.weekday): [] for rule in WorkingHours.objects.all()}
    for rule in WorkingHours.objects.all():
        rules[rule.doctor_id, rule.location_id, rule.weekday].append((rule.starts, rule.ends))

    for visit in Appointment.objects.select_related("location"):
        start = visit.local_start
        spans = rules[visit.doctor_id, visit.location_id, start.isoweekday()]
        end = visit.ends_at.astimezone(visit.zone).time()
        assert any(starts <= start.time() and end <= ends for starts, ends in spans), visit


def test_no_visit_is_on_a_public_holiday(small):
    holidays = set(ScheduleException.objects.filter(holiday=True).values_list("date", flat=True))

    assert holidays
    assert not holidays & {visit.local_start.date() for visit in Appointment.objects.select_related("location")}


def test_every_visit_tells_how_it_came_to_its_status(small):
    for visit in Appointment.objects.all():
        kinds = [event["kind"] for event in visit.events]
        assert kinds[0] == "created"
        assert visit.events[-1]["status"] == visit.status
        assert visit.version == len(visit.events) == visit.events[-1]["version"]
        assert sorted(event["at"] for event in visit.events) == [event["at"] for event in visit.events]
        assert not visit.mail_due


def test_nothing_happened_later_than_now(small):
    assert not Appointment.objects.filter(created_at__gt=WEDNESDAY).exists()
    assert not Appointment.objects.filter(updated_at__gt=WEDNESDAY).exists()
    assert not Appointment.objects.filter(created_at__gt=F("starts_at")).exists()


def test_references_are_unique_and_unambiguous(small):
    codes = list(Appointment.objects.values_list("reference", flat=True))

    assert len(set(codes)) == len(codes)
    assert not set("".join(codes)) & set("01258BIOSLUZ")


def test_documents_have_the_right_letter_and_mail_goes_nowhere(small):
    check = {"dni": dni.validate, "nie": nie.validate}
    documents = Patient.objects.exclude(document_number="").values_list("document_type", "document_number")

    assert all(check[kind](number) for kind, number in documents)
    assert all(patient.phone.is_valid() for patient in Patient.objects.all())
    assert set(Patient.objects.exclude(email="").values_list("email", flat=True)) <= {
        email for email in Patient.objects.values_list("email", flat=True) if email.endswith("@example.com")
    }


@pytest.mark.parametrize("email", demo.LOGINS)
def test_the_demo_logins_work(small, client, email):
    assert client.login(email=email, password=demo.PASSWORD)


def test_the_staff_have_their_roles(small):
    roles = dict(User.objects.filter(email__in=demo.LOGINS).values_list("email", "role"))

    assert sorted(roles.values()) == ["doctor", "manager", "patient", "receptionist"]
    assert User.objects.get(email=demo.MANAGER).groups.get().name == "manager"
    assert Doctor.objects.get(user__email=demo.DOCTOR).full_name == "Dra. Ana Vega Ruiz"


def test_a_clinic_that_is_not_empty_is_refused(place):
    with pytest.raises(CommandError):
        seed(**SMALL)

    assert not Doctor.objects.exists()


def test_a_clinic_that_is_not_empty_may_be_left_alone(place):
    assert seed(demo=True, if_empty=True) == {}


def test_emptying_needs_a_yes_where_there_is_no_terminal(small):
    with pytest.raises(CommandError) as refused:
        seed(**SMALL, reset=True)

    assert refused.value.returncode == 2
    assert Appointment.objects.count() == 300


def test_a_dry_run_changes_nothing(small, capsys):
    call_command("seed", **SMALL, reset=True, dry_run=True)

    assert "would empty" in capsys.readouterr().out
    assert Appointment.objects.count() == 300


def test_few_people_and_many_visits_go_as_far_back_as_it_takes(db):
    seed(doctors=3, patients=5, appointments=2000)

    assert Appointment.objects.count() == 2000
    assert Appointment.objects.filter(starts_at__lt=WEDNESDAY - timedelta(days=29)).exists()
    test_nobody_is_at_two_places_at_once(None)


def test_words_of_the_command_line_are_understood(db, capsys):
    words = "--doctors 2 --patients 9 --appointments 20 --now 2027-03-10T10:00+00:00"

    call_command("seed", *words.split())

    assert "20 appointments" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("seed", "--doctors", "-1")


@pytest.mark.parametrize("size", [{"doctors": 0}, {"doctors": 10, "patients": 11}])
def test_a_clinic_too_small_for_its_visits_is_refused(db, size):
    with pytest.raises(CommandError):
        seed(**{**SMALL, **size})


def test_production_is_never_filled(db, settings):
    settings.CITAS_ENV = "production"

    with pytest.raises(CommandError):
        seed(demo=True)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_the_result_is_the_same():
    seed(**SMALL)
    first = archive()
    with atomic():
        seed(**SMALL, reset=True, yes=True)
        assert archive() == first


@pytest.mark.django_db(transaction=True)
def test_a_refused_row_is_an_error_wherever_it_is_stored():
    seed(**SMALL)
    twin = Appointment.objects.filter(status=Status.BOOKED).first()
    twin.pk, twin.reference, twin.request_key = uuid7(), "ABCDEFGH", "twin"

    with pytest.raises(IntegrityError) as refused:
        bulk.load_all([twin])

    assert violated(refused.value) == "appointment_doctor_free"


def test_on_a_terminal_the_answer_decides(small, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: "no")

    with pytest.raises(CommandError):
        seed(**SMALL, reset=True)

    assert Appointment.objects.count() == 300
