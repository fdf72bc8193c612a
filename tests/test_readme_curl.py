"""The README's booking by curl is run as it stands there, by a shell, against a server."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from appointments.models import Appointment
from tests.api_client import token_for
from tests.programs import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
SERVER = "http://localhost:8000"


@pytest.fixture
def clinic(live_server, monkeypatch, doctor, patient, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return live_server


def block() -> str:
    """The first block of shell under "Book by curl"."""
    chapter = (ROOT / "README.md").read_text().partition("## Book by curl\n")[2]
    found = re.search(r"```sh\n(.*?)```", chapter, re.DOTALL)
    assert found is not None
    return found[1]


def run(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = ["bash", "-euo", "pipefail", "-c", text]
    return subprocess.run(words, cwd=folder, env=os.environ, capture_output=True, text=True, check=False, timeout=60)


def project(folder: Path, token: str) -> Path:
    """A folder where the README's command says this token: the server of a test has a database of its own."""
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    said = shlex.quote(f"Kept nowhere, seen once: {token}")
    python.write_text(f'#!/bin/sh\n[ "$1 $2" = "manage.py api_token" ] && echo {said}\n')
    python.chmod(0o755)
    return folder


def test_books_the_first_free_time(clinic, patient, patient_user, now, tmp_path):
    assert SERVER in block()
    folder = project(tmp_path, token_for(patient_user, "own"))
    done = run(block().replace(SERVER, clinic.url), folder)

    assert done.returncode == 0, done.stderr
    visit = Appointment.objects.get()
    assert done.stdout.startswith("HTTP/1.1 201 ")
    assert visit.reference in done.stdout
    assert (visit.patient, visit.account, visit.events[0]["source"]) == (patient, patient_user, "api")


def test_control_a_token_that_is_none_books_nothing(clinic, tmp_path):
    done = run(block().replace(SERVER, clinic.url), project(tmp_path, "citas_none"))

    assert done.returncode != 0
    assert not Appointment.objects.exists()
