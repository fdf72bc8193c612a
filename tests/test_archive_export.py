"""`export_data` writes the same bytes for the same data, of one moment, into a file that only its owner reads."""

from __future__ import annotations

import json
import subprocess
import zipfile
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection

from appointments.models import Appointment, Draft, Status
from citas.archive import records, writing
from citas.archive.contents import parts
from citas.archive.format import canonical
from citas.db.snapshot import snapshot
from doctors.models import Specialty
from tests import archives
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clinic(db):
    archives.fill()


def record(path, label):
    """The records of one model in an archive."""
    with zipfile.ZipFile(path) as file:
        return [json.loads(line) for line in file.read(f"{label}.ndjson").splitlines()]


def test_the_same_data_give_the_same_bytes(clinic, tmp_path):
    assert archives.export(tmp_path / "a.zip") == archives.export(tmp_path / "b.zip")


def test_other_data_give_other_bytes(clinic, tmp_path):
    before = archives.export(tmp_path / "a.zip")
    Specialty.objects.update(active=False)

    assert archives.export(tmp_path / "a.zip") != before


def test_only_the_owner_may_read_it_and_nothing_else_is_left(clinic, tmp_path):
    archives.export(tmp_path / "a.zip")

    assert (tmp_path / "a.zip").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_the_result_says_how_much_of_what(clinic, tmp_path):
    result = archives.run("export_data", tmp_path / "a.zip")

    assert result["models"]["appointments.appointment"]["rows"] == 60
    assert result["rows"] == sum(model["rows"] for model in result["models"].values())
    assert len(result["archive"]) == 64
    assert result["peak_mb"] > 0


def test_rows_are_named_by_what_every_engine_knows(clinic, tmp_path):
    archives.export(tmp_path / "a.zip")

    [one, other] = record(tmp_path / "a.zip", "admin.logentry")
    assert one == other
    assert one["content_type"] == ["appointments", "appointment"]
    assert ["doctors", "doctor", "view_doctor"] in [
        row["permission"] for row in record(tmp_path / "a.zip", "accounts.user_user_permissions")
    ]
    keys = {str(key) for key in LogEntry.objects.values_list("pk", flat=True)}
    assert not keys & {value for value in one.values() if isinstance(value, str)}


def test_instants_and_intervals_are_said_in_utc(clinic, tmp_path):
    archives.export(tmp_path / "a.zip")
    visit = Appointment.objects.order_by("pk").first()

    [said, *_rest] = record(tmp_path / "a.zip", "appointments.appointment")
    assert said["starts_at"] == f"{visit.starts_at:%Y-%m-%dT%H:%M}:00.000Z"
    assert said["busy"] == f"{visit.busy.start:%Y-%m-%dT%H:%M}:00.000Z/{visit.busy.end:%Y-%m-%dT%H:%M}:00.000Z"
    assert said["events"] == visit.events


def test_a_file_that_is_there_stays_without_a_yes(clinic, tmp_path):
    (tmp_path / "a.zip").write_text("precious")

    with pytest.raises(CommandError) as refused:
        call_command("export_data", str(tmp_path / "a.zip"))

    assert refused.value.returncode == 2
    assert (tmp_path / "a.zip").read_text() == "precious"


def test_a_database_that_was_not_migrated_is_no_empty_clinic(clinic, tmp_path):
    with connection.schema_editor() as editor:
        editor.alter_db_table(Draft, "appointments_draft", "elsewhere")
    try:
        with pytest.raises(CommandError, match="it has no appointments_draft; run migrate"):
            call_command("export_data", str(tmp_path / "a.zip"))
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(Draft, "elsewhere", "appointments_draft")


def test_a_folder_that_is_not_there_is_one_clear_line(clinic, tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_data", str(tmp_path / "none" / "a.zip"))


def test_a_pipe_gets_the_same_bytes_as_a_file(clinic, tmp_path):
    written = archives.export(tmp_path / "a.zip")

    with (
        (tmp_path / "b.zip").open("wb") as target,
        subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=target) as cat,
        snapshot() as found,
    ):
        writing.write(cat.stdin, found, advance=lambda amount: None)

    assert (tmp_path / "b.zip").read_bytes() == written


def test_what_is_written_meanwhile_is_not_in_it(clinic):
    part = next(part for part in parts() if part.label == "appointments.appointment")
    with snapshot() as found:
        lines = records.lines(part, found, records.Names(found))
        first = next(lines)
        at_once([lambda: archives.another_visit(Appointment.objects.last(), after=timedelta(days=400)).save()])
        at_once([lambda: Appointment.objects.update(status=Status.CANCELLED)])
        seen = [first, *lines]

    assert len(seen) == 60
    assert not all(b'"status":"cancelled"' in line for line in seen)
    assert Appointment.objects.count() == 61


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"b": 1, "a": "ñ\n"}, '{"a":"ñ\\n","b":1}'),
        ([1e16, 1e22, 0.1, 1e-07, 2.0], "[10000000000000000,10000000000000000000000,0.1,1e-07,2.0]"),
        ({"zero": -0.0}, '{"zero":0.0}'),
    ],
)
def test_numbers_and_names_have_one_form(value, said):
    assert canonical(value).decode() == said


def test_a_number_that_is_none_is_refused():
    with pytest.raises(ValueError):
        canonical({"none": float("nan")})
