"""The embedded servers: joined, shared, stopped after the last user, and recovered whatever was killed."""

from __future__ import annotations

import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from citas.db import embedded, ownership, postgres
from citas.environment import ConfigurationError, Environment
from tests import programs

# On one worker, since they share a folder or count processes.
pytestmark = pytest.mark.xdist_group("embedded")

USE = """
import os, sys
from citas.db import configuration, embedded
from citas.environment import Environment
env = Environment.read(os.environ)
embedded.ensure(env)
print("ready", flush=True)
sys.stdin.readline()
"""


class Ground:
    """One data folder, and processes that use its servers."""

    def __init__(self, data: Path, **variables: str) -> None:
        self.data = data
        self.variables = programs.environment(data, CITAS_ENV="demo", **variables)
        self.env = Environment.read(self.variables)
        self.users: list[subprocess.Popen[bytes]] = []

    def use(self) -> subprocess.Popen[bytes]:
        """A process that uses the servers until it is told to go."""
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
        user.communicate(timeout=30)

    def postmaster(self) -> int:
        return int((self.data / "postgres/cluster/postmaster.pid").read_text().split()[0])

    def keeper(self) -> int:
        return psutil.Process(self.postmaster()).ppid()

    def run(self, statement: str) -> list[tuple[object, ...]]:
        host = str(embedded.socket_folder(self.data))
        with psycopg.connect(host=host, dbname=postgres.NAME, user=postgres.USER, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def answers(self) -> bool:
        try:
            return self.run("SELECT 1") == [(1,)]
        except psycopg.OperationalError:
            return False

    def processes(self) -> list[psutil.Process]:
        return programs.of(self.data)


@pytest.fixture
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    durable = request.node.get_closest_marker("durable") is not None
    ground = Ground(tmp_path / "data", CITAS_THROWAWAY="0" if durable else "1")
    yield ground
    for user in ground.users:
        user.kill()
        ground.go(user)
    assert programs.eventually(lambda: not ground.processes()), ground.processes()
    shutil.rmtree(embedded.socket_folder(ground.data), ignore_errors=True)


def test_first_user_starts_and_the_last_one_stops_the_servers(ground: Ground) -> None:
    first, second = ground.use(), ground.use()
    before = ground.postmaster()
    ground.go(first)
    assert ground.answers()
    assert ground.postmaster() == before
    ground.go(second)
    assert programs.eventually(lambda: not ground.processes())


@pytest.mark.durable
def test_what_was_written_is_there_for_the_next_user(ground: Ground) -> None:
    user = ground.use()
    ground.run("CREATE TABLE kept AS SELECT 7 AS number")
    ground.go(user)
    ground.use()
    assert ground.run("SELECT number FROM kept") == [(7,)]


def test_only_the_owner_reaches_the_data_and_the_sockets(ground: Ground) -> None:
    ground.use()
    for folder in (ground.data / "postgres/cluster", embedded.socket_folder(ground.data)):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert ground.run("SHOW listen_addresses") == [("",)]


def test_user_killed_by_force_leaves_no_server_behind(ground: Ground) -> None:
    ground.use().kill()
    assert programs.eventually(lambda: not ground.processes())


@pytest.mark.durable
def test_database_killed_by_force_comes_back_with_what_was_committed(ground: Ground) -> None:
    ground.use()
    ground.run("CREATE TABLE kept AS SELECT 7 AS number")
    killed = ground.postmaster()
    programs.kill(killed)
    assert programs.eventually(ground.answers)
    assert ground.postmaster() != killed
    assert ground.run("SELECT number FROM kept") == [(7,)]


@pytest.mark.durable
def test_everything_killed_by_force_starts_again_with_what_was_committed(ground: Ground) -> None:
    user = ground.use()
    ground.run("CREATE TABLE kept AS SELECT 7 AS number")
    for process in [ground.keeper(), ground.postmaster(), user.pid]:
        programs.kill(process)
    ground.use()
    assert ground.run("SELECT number FROM kept") == [(7,)]


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
    old = psutil.Process(ground.postmaster())
    old.suspend()
    programs.kill(ground.keeper())
    ground.go(ground.users[0])
    old.resume()
    ground.use()
    assert ground.answers()
    assert ground.postmaster() != old.pid


def test_stale_pid_file_that_names_a_stranger_is_forgotten(ground: Ground) -> None:
    ground.go(ground.use())
    assert programs.eventually(lambda: not ground.processes())
    stranger = psutil.Process().ppid()
    (ground.data / "postgres/cluster/postmaster.pid").write_text(f"{stranger}\n{ground.data}\n0\n5432\n\n\n\nready\n")
    ground.use()
    assert ground.answers()
    assert psutil.pid_exists(stranger)


def test_interrupted_first_start_is_begun_again(ground: Ground) -> None:
    half = ground.data / "postgres/cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    ground.use()
    assert ground.answers()


def test_data_of_another_version_is_refused_in_one_line(ground: Ground) -> None:
    ground.go(ground.use())
    (ground.data / "postgres/cluster/PG_VERSION").write_text("15\n")
    done = programs.manage("migrate", env=ground.variables)
    assert done.returncode == 1
    assert done.stderr.startswith("citas: ")
    assert done.stderr.count("\n") == 1
    assert "PostgreSQL 15" in done.stderr


def test_server_that_does_not_start_says_why_in_one_line(ground: Ground) -> None:
    ground.go(ground.use())
    assert programs.eventually(lambda: not ground.processes())
    with (ground.data / "postgres/cluster/postgresql.conf").open("a") as settings:
        settings.write("shared_preload_libraries = 'no_such_library'\n")
    done = programs.manage("migrate", env=ground.variables)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "no_such_library" in done.stderr


def test_long_path_gets_a_short_folder_for_its_sockets(tmp_path: Path) -> None:
    deep = Ground(tmp_path / ("d" * 100), CITAS_THROWAWAY="1")
    folder = embedded.socket_folder(deep.data)
    assert folder.parent == Path("/tmp")
    user = deep.use()
    assert deep.answers()
    deep.go(user)
    assert programs.eventually(lambda: not deep.processes())
    shutil.rmtree(folder)


def test_socket_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.symlink_to(tmp_path)
    with pytest.raises(ConfigurationError, match="belongs to somebody else"):
        embedded.make_private(folder, tmp_path.stat().st_uid)


def test_servers_user_runs_programs_in_a_folder_closed_to_others(tmp_path: Path) -> None:
    program = tmp_path / "closed/program"
    program.parent.mkdir(mode=0o700)
    program.write_text("#!/bin/sh\nid -u\n")
    program.chmod(0o755)
    before = ownership.as_owner(program)
    assert subprocess.run([*before, "test", "-x", str(program)], check=False).returncode == 0
    assert int(subprocess.run([*before, str(program)], check=True, capture_output=True).stdout) == ownership.owner()


def test_release_waits_until_the_servers_are_gone(ground: Ground) -> None:
    embedded.ensure(ground.env)
    embedded.ensure(ground.env)
    assert ground.answers()
    embedded.release(ground.env)
    assert not ground.answers()
    assert ground.processes() == []


def test_terminated_keeper_takes_its_server_along(ground: Ground) -> None:
    ground.use()
    programs.kill(ground.keeper(), signal.SIGTERM)
    assert programs.eventually(lambda: not (ground.data / "postgres/cluster/postmaster.pid").exists())
