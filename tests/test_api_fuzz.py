"""schemathesis asks for everything that the description promises, and for everything that it forbids: no check fails.

A short run belongs to every change; `make thorough` takes two minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import NOW
from tests.api_client import token_for
from tests.programs import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
HERE = ROOT / "tests" / "api_fuzz"
SEED = "20261124"
PROGRAM = Path(sys.executable).with_name("schemathesis")


@pytest.fixture
def address(live_server, settings, monkeypatch, booked, other_doctor, other_patient) -> str:
    """The API of a small clinic with one visit, where nobody is ever too fast."""
    settings.RATE_LIMIT_FACTOR = 1_000_000
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    booked()
    return f"{live_server.url}/api/openapi.json"


def run(address: str, token: str, *, seconds: int) -> subprocess.CompletedProcess[str]:
    command = [PROGRAM, "--config-file", HERE / "schemathesis.toml", "run", address, "--seed", SEED]
    command += ["--max-time", str(seconds), "--header", f"Authorization: Bearer {token}", "--continue-on-failure"]
    variables = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.api_fuzz.hooks", "NO_COLOR": "1"}
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False, timeout=600)


@pytest.mark.parametrize("seconds", [20, pytest.param(120, marks=pytest.mark.thorough)])
def test_description_and_answers_agree(address, manager, seconds):
    result = run(address, token_for(manager, "manager"), seconds=seconds)

    assert result.returncode == 0, result.stdout[-20_000:]
