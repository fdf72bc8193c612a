"""The benchmark of the API beside its plainest form: it compares what is the same, and says so when it is not."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command

from citas.management.plainest import urls as plainest

pytestmark = pytest.mark.django_db
ENDPOINTS = {
    "/api/health",
    "/api/doctors/{id}",
    *(
        f"/api/{name}?limit={limit}"
        for name in ("doctors", "doctors/available-slots", "patients", "appointments")
        for limit in (20, 100)
    ),
}


@pytest.fixture
def clinic(booked, manager, other_doctor, other_patient, now):
    booked(now + timedelta(days=1))
    booked(now + timedelta(days=6), patient=other_patient, doctor=other_doctor)


@pytest.mark.usefixtures("clinic")
def test_both_forms_answer_the_same_and_every_endpoint_is_measured(capsys, manager):
    call_command("bench_api", rounds=2, json=True)
    rows = {
        row["path"].replace(_key(row["path"]), "{id}"): row for row in json.loads(capsys.readouterr().out)["endpoints"]
    }

    assert set(rows) == ENDPOINTS
    for row in rows.values():
        assert row["ratio"] > 0
        assert row["view_ratio"] > 0
        assert all(row[form]["p95"] >= row[form]["median"] > 0 for form in ("ours", "plainest"))
    manager.refresh_from_db()
    assert manager.last_login is None
    assert Session.objects.count() == 0


def _key(path: str) -> str:
    last = path.rpartition("/")[2]
    return last if last.count("-") == 4 else "{id}"


@pytest.mark.usefixtures("clinic")
@pytest.mark.parametrize("options", [{}, {"markdown": True}])
def test_it_says_so_in_a_table(capsys, options):
    call_command("bench_api", rounds=2, only="/api/doctors", **options)
    told = capsys.readouterr().out

    assert all((endpoint in told) == ("/api/doctors" in endpoint) for endpoint in ENDPOINTS)
    assert "Only 2 appointments here" in told


@pytest.mark.usefixtures("clinic")
def test_control_forms_that_say_different_things_are_not_compared(monkeypatch):
    monkeypatch.setattr(plainest, "_patient", lambda patient: {"id": str(patient.pk)})
    with pytest.raises(CommandError, match=r"/api/patients.*differently"):
        call_command("bench_api", rounds=2)


def test_it_needs_somebody_who_may_read_and_a_round_to_count():
    with pytest.raises(CommandError, match="manager"):
        call_command("bench_api")
    with pytest.raises(CommandError, match="rounds"):
        call_command("bench_api", rounds=1)
