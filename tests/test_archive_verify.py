"""`verify_data` finds each difference, each reference to nothing and each overlap, and says the first twenty."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from appointments.models import LIVE, Appointment
from citas.db.intervals import Interval
from doctors.models import Specialty
from patients.models import Patient
from tests import archives

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(db, tmp_path):
    """An archive of what is in the database."""
    archives.fill()
    archives.export(tmp_path / "a.zip")
    return tmp_path / "a.zip"


def verify(file):
    """What the command says, and with which code it ends."""
    out, code = StringIO(), 0
    try:
        call_command("verify_data", str(file), json=True, stdout=out)
    except SystemExit as ended:
        code = ended.code
    return json.loads(out.getvalue()), code


def test_the_same(file):
    found, code = verify(file)

    assert (found["same"], found["differences"], found["first"], code) == (True, 0, [], 0)
    assert all(model["sha256"] == model["here"] for model in found["models"].values())


def test_each_difference_is_found_and_twenty_are_said(file):
    # As many as there are: 12 patients, 60 visits.
    Patient.objects.update(given_names="Otra")
    Appointment.objects.update(reason="otra", version=77)

    found, code = verify(file)

    assert (found["differences"], len(found["first"]), code) == (72, 20, 1)
    assert found["first"][0].endswith("differs in given_names")


def test_a_missing_and_an_unexpected_record(file):
    gone, kept = Specialty.objects.create(name="Nueva", slug="nueva"), Patient.objects.first()
    archives.export(file)
    Specialty.objects.filter(pk=gone.pk)._raw_delete(Specialty.objects.db)
    Patient.objects.create(given_names="Nadie", first_surname=kept.first_surname)

    found, code = verify(file)

    assert code == 1
    assert [line.split(" ", 2)[2] for line in found["first"]] == ["is not in the database", "is not in the archive"]


def test_nobodys_name_is_said(file):
    Patient.objects.update(given_names="Secreta")

    assert "Secreta" not in json.dumps(verify(file)[0])


def test_a_reference_to_nothing_is_found_in_both(file):
    """A message about a visit that is not there: no foreign key says so."""
    from notifications.models import Message

    Message.objects.update(appointment_id="01890000-0000-7000-8000-000000000000")
    archives.export(file)

    found, code = verify(file)

    assert (found["differences"], found["dangling"], code) == (0, 1, 1)
    assert "appointment_id" in found["first"][0]


def test_overlaps_past_the_guards_are_found(file):
    """With the guards away two visits are laid over each other: the archive says so too, and still it is found."""
    guards = [index for index in Appointment._meta.indexes if index.name.endswith("_free")]
    with connection.schema_editor() as editor:
        for guard in guards:
            editor.remove_index(Appointment, guard)
    try:
        visit = Appointment.objects.filter(status__in=LIVE).exclude(status="held").first()
        archives.another_visit(visit, after=timedelta(minutes=5)).save(force_insert=True)
        archives.export(file)

        found, code = verify(file)
        assert (found["differences"], found["overlaps"], code) == (0, 2, 1)
    finally:
        archives.empty()
        with connection.schema_editor() as editor:
            for guard in guards:
                editor.add_index(Appointment, guard)


def test_visits_that_only_touch_do_not_overlap(file):
    visit = Appointment.objects.filter(status__in=LIVE).exclude(status="held").order_by("-busy").first()
    last = max(Appointment.objects.all(), key=lambda each: each.busy.end)
    copy = archives.another_visit(visit, after=timedelta())
    length = copy.busy.end - copy.busy.start
    copy.busy = copy.visit = Interval(last.busy.end, last.busy.end + length)
    copy.save(force_insert=True)
    archives.export(file)

    assert verify(file)[0]["overlaps"] == 0


def test_a_changed_file_is_one_clear_line(file):
    file.write_bytes(file.read_bytes()[:-1])

    with pytest.raises(CommandError, match="cut short"):
        verify(file)


def test_people_read_sentences(file, capsys):
    Patient.objects.update(given_names="Otra")

    with pytest.raises(SystemExit):
        call_command("verify_data", str(file))

    assert " 12 differ" in capsys.readouterr().out


def test_another_database_that_does_not_answer(file):
    with pytest.raises(CommandError, match="other database"):
        verify("postgres://127.0.0.1:9/none")
