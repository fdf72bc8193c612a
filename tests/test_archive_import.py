"""`import_data` stores what is missing, once, into a database with nothing else in it."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from appointments.models import Appointment
from citas.db import present
from doctors.models import Specialty
from patients.models import Patient
from tests import archives

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(db, tmp_path):
    """An archive; the database is empty again."""
    archives.fill()
    archives.export(tmp_path / "a.zip")
    archives.empty()
    return tmp_path / "a.zip"


def test_everything_comes_back(file, tmp_path):
    result = archives.run("import_data", file)

    assert result["stored"] == result["rows"] - result["there"]
    assert archives.export(tmp_path / "b.zip") == file.read_bytes()


def test_what_migrate_made_is_not_made_twice(file):
    result = archives.run("import_data", file)

    assert result["models"]["auth.group"] == {"rows": 3, "stored": 0}


def test_a_second_time_stores_nothing(file, tmp_path):
    archives.run("import_data", file)

    assert archives.run("import_data", file)["stored"] == 0
    assert archives.export(tmp_path / "b.zip") == file.read_bytes()


def test_half_of_it_is_completed(file, tmp_path):
    archives.run("import_data", file)
    lost = list(Appointment.objects.order_by("pk").values_list("pk", flat=True))[::2]
    with connection.cursor() as cursor:
        remove(cursor, lost)
    LogEntry.objects.first().delete()

    assert archives.run("import_data", file)["stored"] == len(lost) + 1
    assert archives.export(tmp_path / "b.zip") == file.read_bytes()


def remove(cursor, keys):
    """Past the guard that keeps appointments: as a load that was interrupted leaves them."""
    if connection.vendor == "mongodb":
        connection.database.appointments_appointment.delete_many({"id": {"$in": [key.hex for key in keys]}})
        return
    cursor.execute("ALTER TABLE appointments_appointment DISABLE TRIGGER appointment_ledger")
    cursor.execute("DELETE FROM appointments_appointment WHERE id = ANY(%s)", [keys])
    cursor.execute("ALTER TABLE appointments_appointment ENABLE TRIGGER appointment_ledger")


def test_other_data_are_refused_before_anything_is_written(file):
    Specialty.objects.create(name="Ajena", slug="ajena")

    with pytest.raises(CommandError, match=r"other data: doctors\.specialty .* is not in the archive"):
        call_command("import_data", str(file))

    assert not User.objects.exists()


def test_a_row_that_was_changed_is_refused_and_stays(file):
    archives.run("import_data", file)
    Patient.objects.update(given_names="Otra")

    with pytest.raises(CommandError, match="differs in given_names"):
        call_command("import_data", str(file))

    assert set(Patient.objects.values_list("given_names", flat=True)) == {"Otra"}


def test_a_dry_run_checks_and_writes_nothing(file):
    assert archives.run("import_data", file, dry_run=True)["stored"] > 100

    assert not User.objects.exists()


def test_the_rules_are_there_while_it_loads_and_after(file):
    models = [Appointment, User, Patient]
    assert present.lacking(models) == []

    archives.run("import_data", file)

    assert present.lacking(models) == []
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "appointments_appointment")
    assert {"appointment_doctor_time", "appointment_mail_due", "appointment_doctor_free"} <= set(found)


def test_without_a_rule_nothing_is_loaded(file):
    index = next(index for index in Appointment._meta.indexes if index.name == "appointment_reference")
    with connection.schema_editor() as editor:
        editor.remove_index(Appointment, index)
    try:
        with pytest.raises(CommandError, match=r"it has no appointment_reference .*migrate"):
            call_command("import_data", str(file))
        assert not User.objects.exists()
    finally:
        with connection.schema_editor() as editor:
            editor.add_index(Appointment, index)


def test_people_read_one_sentence(file, capsys):
    call_command("import_data", str(file))

    assert "records stored" in capsys.readouterr().out
