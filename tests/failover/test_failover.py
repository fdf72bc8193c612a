"""The machine that takes writes dies under load: nothing acknowledged is lost, and it goes on without an operator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import programs
from tests.engines import ON_MONGO
from tests.failover.load import Load
from tests.failover.mongo_trio import FAST, MongoTrio
from tests.failover.postgres_pair import PostgresPair
from tests.failover.web import Web

# On one worker of xdist: they measure time.
pytestmark = pytest.mark.xdist_group("failover")

CLIENTS = 8
BOOKINGS = 400  # of each client, more than it gets to
BEFORE = 60  # bookings until the machine dies
AFTER = 40  # and since it was replaced


class Ground:
    """Machines, the web server in front of them, and the clients' accounts."""

    def __init__(self, folder: Path, machines: PostgresPair | MongoTrio) -> None:
        self.machines = machines
        self.env = programs.environment(
            folder / "data", CITAS_ENV="demo", DATABASE_URL=machines.url, RATE_LIMIT_FACTOR="1000"
        )
        self.machines.start()
        assert programs.manage("migrate", "--verbosity", "0", env=self.env).returncode == 0
        self.known = self.shell(f"stage.build(clients={CLIENTS}, bookings={BOOKINGS})")
        self.machines.join()
        self.web = Web(self.env, folder / "web.log")

    def shell(self, call: str) -> Any:
        said = programs.manage("shell", "--no-imports", "-c", f"from tests.failover import stage; {call}", env=self.env)
        assert said.returncode == 0, said.stderr
        return json.loads(said.stdout)


def ground_on(folder: Path, machines: PostgresPair | MongoTrio) -> Iterator[Ground]:
    try:
        ground = Ground(folder, machines)
        yield ground
        ground.web.stop()
    finally:
        machines.stop()


def machines(folder: Path, elections: dict[str, int]) -> PostgresPair | MongoTrio:
    """Two or three, of the engine that the tests run on."""
    return MongoTrio(folder, elections) if ON_MONGO else PostgresPair(folder)


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    yield from ground_on(tmp_path, machines(tmp_path, FAST))


@pytest.fixture
def slow_ground(tmp_path: Path) -> Iterator[Ground]:
    """With the server's own settings for elections."""
    yield from ground_on(tmp_path, machines(tmp_path, {}))


def lose_the_primary_under_load(ground: Ground, within: float) -> None:
    with Load(ground.web, ground.known) as load:
        assert programs.eventually(lambda: len(load.told()) >= BEFORE)
        killed = ground.machines.lose_the_primary()
        assert programs.eventually(lambda: len(load.booked_since(killed)) >= AFTER)

    assert load.faults() == []
    assert max(answer.seconds for answer in load.answers()) < 5
    assert load.booked_since(killed)[0].ended - killed < within
    found = ground.shell("stage.report()")
    assert [key for key in load.told() if found["keys"].get(key) != 1] == []
    assert found["overlaps"] == 0


def test_killed_primary_loses_no_booking_and_others_go_on_within_five_seconds(ground: Ground) -> None:
    lose_the_primary_under_load(ground, within=5)


@pytest.mark.thorough
@pytest.mark.parametrize("_again", range(5))
def test_it_loses_nothing_however_often_it_is_killed(ground: Ground, _again: int) -> None:
    lose_the_primary_under_load(ground, within=5)


@pytest.mark.thorough
def test_with_the_servers_own_settings_it_goes_on_within_twelve_seconds(slow_ground: Ground) -> None:
    lose_the_primary_under_load(slow_ground, within=12)
