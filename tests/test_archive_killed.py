"""A load that is killed again and again loses nothing and doubles nothing."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from citas.db import configuration, embedded
from citas.environment import Environment
from tests import archives, programs
from tests.engines import ENGINE

pytestmark = pytest.mark.django_db(transaction=True)
KILLS = 10


@pytest.fixture
def env(tmp_path) -> Iterator[dict[str, str]]:
    """Another migrated database of the same engine, whose server outlives the programs that are killed."""
    words = {"CITAS_ENV": "demo", "CITAS_THROWAWAY": "1", "CACHE_URL": "", "DATABASE_URL": f"embedded://{ENGINE}"}
    found = programs.environment(tmp_path / "data", **words)
    kept = Environment.read(found)
    configuration.ready(kept)
    assert programs.manage("migrate", "--verbosity", "0", env=found).returncode == 0
    yield found
    embedded.release(kept)


def told(*words: str | Path, env: dict[str, str]) -> dict:
    done = programs.manage(*map(str, words), "--json", env=env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_killed_at_ten_random_points_and_started_again(env, tmp_path):
    archives.fill(doctors=6, patients=300, appointments=9000)
    whole = archives.export(tmp_path / "a.zip")
    started = time.monotonic()
    made_by_migrate = told("import_data", tmp_path / "a.zip", "--dry-run", env=env)["there"]
    before_writing = time.monotonic() - started

    chance = random.Random(7)
    for _number in range(KILLS):
        loading = programs.start("manage.py", "import_data", str(tmp_path / "a.zip"), env=env)
        time.sleep(before_writing * chance.uniform(0.7, 1.4))
        programs.kill(loading.pid)
        loading.communicate()

    assert told("import_data", tmp_path / "a.zip", env=env)["there"] > made_by_migrate
    assert told("verify_data", tmp_path / "a.zip", env=env)["same"]
    told("export_data", tmp_path / "b.zip", env=env)
    assert (tmp_path / "b.zip").read_bytes() == whole
