"""`kill -9` of the database under load: what was acknowledged is there, once, with its whole history.

The control, run by hand: with CITAS_THROWAWAY=1, which lets the server acknowledge before it writes, this fails.
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.crash_load import server_of
from tests.programs import environment, manage, start

KILLED_AFTER = 60  # acknowledged changes
LOAD = "from tests import crash_load; crash_load.load()"
REPORT = "from tests import crash_load; crash_load.report()"


@pytest.fixture
def env(tmp_path):
    """A data folder of its own, whose server writes to the disk as in production."""
    return environment(tmp_path, CITAS_ENV="development", CACHE_URL="")


def kill_the_database(data: Path) -> None:
    server = psutil.Process(server_of(data))
    for process in (server, *server.children(recursive=True)):
        os.kill(process.pid, signal.SIGKILL)


def load_and_crash(data: Path, env: dict[str, str]) -> dict[str, int]:
    """The newest version of each request that its client was told of, before, while and after the database died."""
    told: dict[str, int] = {}
    lines = 0
    with start("manage.py", "shell", "--no-imports", "-c", LOAD, env=env) as clients:
        for line in clients.stdout:
            request, version = line.split()
            told[request] = int(version)
            lines += 1
            if lines == KILLED_AFTER:
                kill_the_database(data)
        errors = clients.stderr.read()
    assert (clients.returncode, errors) == (0, "")
    return told


def crash_and_look(data: Path, env: dict[str, str]) -> None:
    assert manage("migrate", env=env).returncode == 0
    told = load_and_crash(data, env)
    said = manage("shell", "--no-imports", "-c", REPORT, env=env)
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout)

    assert len(told) > KILLED_AFTER / 2
    stored = {key: row["version"] for key, row in found["stored"].items()}
    assert {key: version for key, version in told.items() if stored.get(key) != version} == {}
    assert (found["overlaps"], found["rows"]) == (0, len(found["stored"]))
    for row in found["stored"].values():
        assert [event["version"] for event in row["events"]] == list(range(1, row["version"] + 1))


def test_a_killed_database_has_lost_nothing_that_was_acknowledged(tmp_path, env):
    crash_and_look(tmp_path, env)


@pytest.mark.thorough
@pytest.mark.parametrize("_again", range(10))
def test_it_loses_nothing_however_often_it_is_killed(tmp_path, env, _again):
    crash_and_look(tmp_path, env)
