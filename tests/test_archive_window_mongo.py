"""MongoDB forgets old versions of documents after a while: a snapshot that lasts longer says so and gives nothing."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, connection

from citas.archive.contents import parts
from citas.db.mongo import bulk, rows
from citas.db.snapshot import SnapshotExpired
from doctors.models import Specialty

pytestmark = pytest.mark.django_db(transaction=True)
SPECIALTIES = next(part for part in parts() if part.label == "doctors.specialty")


def read(**options):
    with rows.snapshot(**options) as found:
        return list(found.rows(SPECIALTIES.model, SPECIALTIES.columns, SPECIALTIES.order))


@pytest.fixture
def specialty(db):
    return Specialty.objects.create(name="Urología", slug="urologia")


def test_within_the_window_all_is_read(specialty):
    assert len(read()) == 1


def test_after_the_window_it_says_what_to_raise(specialty):
    with pytest.raises(SnapshotExpired, match="minSnapshotHistoryWindowInSeconds"):
        read(window=-1)


def test_the_window_is_the_one_of_the_server(specialty, tmp_path):
    admin = connection.connection.admin
    before = admin.command("getParameter", 1, minSnapshotHistoryWindowInSeconds=1)["minSnapshotHistoryWindowInSeconds"]
    admin.command("setParameter", 1, minSnapshotHistoryWindowInSeconds=0)
    try:
        with pytest.raises(CommandError, match="the 0 s for which"):
            call_command("export_data", str(tmp_path / "a.zip"))
        assert list(tmp_path.iterdir()) == []
    finally:
        admin.command("setParameter", 1, minSnapshotHistoryWindowInSeconds=before)


def test_a_number_that_it_cannot_keep_is_refused(db):
    place = SPECIALTIES.names.index("name")
    row = tuple(2**64 + 1 if number == place else None for number in range(len(SPECIALTIES.names)))

    with pytest.raises(DataError):
        bulk.store_plain(Specialty, SPECIALTIES.columns, [row])
    assert not Specialty.objects.exists()
