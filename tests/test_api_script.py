"""The script of the documentation, in a language that is not ours, books a visit from end to end."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import playwright
import pytest

from appointments.models import Appointment
from tests.api_client import token_for
from tests.programs import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = ROOT / "docs" / "book.mjs"
NODE = Path(playwright.__file__).parent / "driver" / "node"


@pytest.fixture
def clinic(live_server, monkeypatch, doctor, patient, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return live_server


def run(clinic, token: str, *more: str) -> subprocess.CompletedProcess[str]:
    command = [NODE, SCRIPT, clinic.url, token, *more]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_books_the_first_free_visit(clinic, patient, patient_user):
    result = run(clinic, token_for(patient_user, "own"), "dermatologia")

    assert result.returncode == 0, result.stderr
    visit = Appointment.objects.get()
    assert result.stdout.split() == [visit.reference, "2027-03-02T12:00:00+01:00", "Europe/Madrid"]
    assert (visit.patient, visit.account) == (patient, patient_user)


def test_says_why_not_and_ends_with_1(clinic):
    result = run(clinic, "no-token")

    assert result.returncode == 1
    assert re.match(r"401 Log in first: .* \([0-9a-f]+\)", result.stderr)


def test_is_short():
    assert len(SCRIPT.read_text().splitlines()) <= 42
