"""A 304 is cheaper than the answer it stands for: no more questions to the database, and less work of our own."""

from __future__ import annotations

import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api_client import Api
from tests.engines import asked

pytestmark = pytest.mark.django_db
READS = (
    "/api/health",
    "/api/doctors",
    "/api/doctors/{doctor}",
    "/api/doctors/{doctor}/hours",
    "/api/doctors/{doctor}/exceptions",
    "/api/doctors/available-slots?limit=100",
    "/api/patients",
    "/api/patients/{patient}",
    "/api/appointments",
    "/api/appointments/{appointment}",
    "/api/openapi.json",
)


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def things(booked, other_doctor, now) -> dict[str, str]:
    visit = booked(now + timedelta(days=6))
    return {"doctor": str(visit.doctor_id), "patient": str(visit.patient_id), "appointment": str(visit.pk)}


def work(api: Api, path: str, **headers: str) -> tuple[int, int, int]:
    """Status, questions, and calls of functions: those are the same each time, as seconds are not."""
    calls = 0

    def count(frame: object, event: str, arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    with CaptureQueriesContext(connection) as captured:
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            answer = api.get(path, **headers)
        finally:
            sys.setprofile(before)
    return answer.status_code, len(asked(captured)), calls


@pytest.mark.parametrize("address", READS)
def test_what_is_known_costs_less(things, manager, address):
    api, path = Api(manager, "manager"), address.format(**things)
    tag = api.get(path)["ETag"]
    api.get(path, If_None_Match=tag)  # both ways are warm

    status, questions, calls = work(api, path, If_None_Match='"not-this-one"')
    known, fewer, less = work(api, path, If_None_Match=tag)

    assert (status, known) == (200, 304)
    assert fewer <= questions
    assert less < calls
