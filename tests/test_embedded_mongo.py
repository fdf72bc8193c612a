"""The embedded MongoDB: joined, shared, stopped after the last user, and recovered whatever was killed."""

from __future__ import annotations

import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pymongo
import pytest
from pymongo.errors import PyMongoError

from citas.db import embedded, mongod
from citas.environment import Environment
from tests import programs

# On one worker, since they share a folder or count processes.
pytestmark = pytest.mark.xdist_group("embedded")

USE = """
import os, sys
from citas.db import embedded
from citas.environment import Environment
embedded.ensure(Environment.read(os.environ))
print("ready", flush=True)
sys.stdin.readline()
"""


class Ground:
    """One data folder, and processes that use its server."""

    def __init__(self, data: Path, **variables: str) -> None:
        self.data = data
        self.variables = programs.environment(
            data, CITAS_ENV="demo", DATABASE_URL="embedded://mongo", CACHE_URL="", **variables
        )
        self.users: list[subprocess.Popen[bytes]] = []

    def use(self) -> subprocess.Popen[bytes]:
        """A process that uses the server until it is told to go."""
        user = subprocess.Popen(
            [sys.executable, "-c", USE],
            cwd=programs.ROOT,
            env=self.variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.users.append(user)
        assert user.stdout is not None
        assert user.stdout.readline() == b"ready\n"
        return user

    def go(self, user: subprocess.Popen[bytes]) -> None:
        user.communicate(timeout=60)

    def server(self) -> int:
        return int((self.data / "mongo/files/mongod.lock").read_text())

    def keeper(self) -> int:
        return psutil.Process(self.server()).ppid()

    def kept(self) -> Any:
        """What was written into the server, however it is reached now."""
        with pymongo.MongoClient(mongod.url(self.data), serverSelectionTimeoutMS=2000) as client:
            return [row["number"] for row in client.get_database().kept.find()]

    def keep(self) -> None:
        with pymongo.MongoClient(mongod.url(self.data), w="majority", journal=True) as client:
            client.get_database().kept.insert_one({"number": 7})

    def answers(self) -> bool:
        try:
            self.kept()
        except PyMongoError:
            return False
        return True

    def gone(self) -> bool:
        return not programs.of(self.data)


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    ground = Ground(tmp_path / "data")
    yield ground
    leave(ground)


def leave(ground: Ground) -> None:
    for user in ground.users:
        user.kill()
        ground.go(user)
    assert programs.eventually(ground.gone), programs.of(ground.data)
    shutil.rmtree(embedded.socket_folder(ground.data), ignore_errors=True)


def test_first_user_starts_and_the_last_one_stops_the_server(ground: Ground) -> None:
    first, second = ground.use(), ground.use()
    before = ground.server()
    ground.go(first)
    assert ground.answers()
    assert ground.server() == before
    ground.go(second)
    assert programs.eventually(ground.gone)


def test_what_was_written_is_there_for_the_next_user(ground: Ground) -> None:
    user = ground.use()
    ground.keep()
    ground.go(user)
    ground.use()
    assert ground.kept() == [7]


def test_only_the_owner_reaches_the_data_and_the_socket(ground: Ground) -> None:
    ground.use()
    for folder in (ground.data / "mongo/files", embedded.socket_folder(ground.data)):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(mongod.path(ground.data).stat().st_mode) == 0o700
    assert psutil.Process(ground.server()).net_connections("tcp") == []


def test_user_killed_by_force_leaves_no_server_behind(ground: Ground) -> None:
    ground.use().kill()
    assert programs.eventually(ground.gone)


def test_database_killed_by_force_comes_back_with_what_was_acknowledged(ground: Ground) -> None:
    ground.use()
    ground.keep()
    killed = ground.server()
    programs.kill(killed)
    assert programs.eventually(ground.answers)
    assert ground.server() != killed
    assert ground.kept() == [7]


def test_everything_killed_by_force_starts_again_with_what_was_acknowledged(ground: Ground) -> None:
    user = ground.use()
    ground.keep()
    for process in [ground.keeper(), ground.server(), user.pid]:
        programs.kill(process)
    ground.use()
    assert ground.kept() == [7]


def test_server_whose_keeper_was_killed_is_replaced(ground: Ground) -> None:
    user = ground.use()
    programs.kill(ground.keeper())
    ground.go(user)
    ground.use()
    assert ground.answers()
    assert psutil.Process(ground.keeper()).is_running()


def test_server_that_outlives_its_keeper_is_stopped_before_the_next_start(ground: Ground) -> None:
    ground.use()
    # What PR_SET_PDEATHSIG would do at once: as where that does not exist, the old server still works in the folder.
    old = psutil.Process(ground.server())
    old.suspend()
    programs.kill(ground.keeper())
    ground.go(ground.users[0])
    old.resume()
    ground.use()
    assert ground.answers()
    assert ground.server() != old.pid


def test_stale_lock_that_names_a_stranger_is_forgotten(ground: Ground) -> None:
    ground.go(ground.use())
    assert programs.eventually(ground.gone)
    stranger = psutil.Process().ppid()
    (ground.data / "mongo/files/mongod.lock").write_text(f"{stranger}\n")
    ground.use()
    assert ground.answers()
    assert psutil.pid_exists(stranger)


def test_two_data_folders_run_side_by_side(ground: Ground, tmp_path: Path) -> None:
    ground.use()
    ground.keep()
    other = Ground(tmp_path / "other")
    other.use()
    assert (ground.kept(), other.kept()) == ([7], [])
    leave(other)
    assert ground.kept() == [7]


def test_moved_data_folder_works_at_its_new_place(ground: Ground, tmp_path: Path) -> None:
    user = ground.use()
    ground.keep()
    ground.go(user)
    assert programs.eventually(ground.gone)
    ground.data.rename(tmp_path / "moved")
    moved = Ground(tmp_path / "moved")
    moved.use()
    assert moved.kept() == [7]
    leave(moved)


def test_server_that_does_not_start_says_why_in_one_line(ground: Ground) -> None:
    ground.go(ground.use())
    assert programs.eventually(ground.gone)
    (ground.data / "mongo/files/WiredTiger.turtle").write_text("nothing that it could read")
    done = programs.manage("migrate", env=ground.variables)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("citas: the embedded MongoDB does not start: ")


def test_terminated_keeper_takes_its_server_along(ground: Ground) -> None:
    ground.use()
    server = ground.server()
    programs.kill(ground.keeper(), signal.SIGTERM)
    assert programs.eventually(lambda: not psutil.pid_exists(server))


def test_a_program_unpacked_without_leave_to_run_gets_it(tmp_path: Path) -> None:
    program = tmp_path / "mongod"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o644)
    assert mongod._runnable(program, tmp_path / "elsewhere") == program
    assert program.stat().st_mode & 0o111


def test_the_environment_says_which_server(tmp_path: Path) -> None:
    env = Environment.read({"CITAS_ENV": "demo", "CITAS_DATA": str(tmp_path), "DATABASE_URL": "embedded://mongo"})
    assert next(server.name for server in embedded.servers(env)) == "MongoDB"
