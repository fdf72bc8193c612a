"""Whatever is wrong at the start is one line on stderr and exit code 1, for commands and for the web server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from citas.db import configuration
from citas.environment import Environment
from tests import programs

# On one worker, since they share a folder or count processes.
pytestmark = pytest.mark.xdist_group("refused")

NOWHERE = "postgres://user:hidden-word@127.0.0.1:1/citas"
NO_MONGO = "mongodb://user:hidden-word@127.0.0.1:1/citas?replicaSet=rs0"
COMMANDS = {
    "migrate": [sys.executable, "manage.py", "migrate", "--check"],
    "serve": [sys.executable, "manage.py", "serve"],
    "gunicorn": [sys.executable, "-m", "gunicorn"],
}
WRONG = {
    "mode": ({"CITAS_ENV": "prod"}, "CITAS_ENV"),
    "port": ({"PORT": "http"}, "PORT"),
    "no URL": ({"DATABASE_URL": "citas"}, "DATABASE_URL"),
    "half a URL": ({"DATABASE_URL": "postgres://user:hidden-word@[host/citas"}, "DATABASE_URL"),
    "no name": ({"DATABASE_URL": "postgres://127.0.0.1"}, "names no database"),
    "dead database": ({"DATABASE_URL": NOWHERE}, "does not answer"),
    "dead databases": ({"DATABASE_URL": NOWHERE.replace(":1/", ":1,127.0.0.1:2/")}, "does not answer"),
    "dead MongoDB": ({"DATABASE_URL": NO_MONGO}, "DATABASE_URL does not answer"),
    "half a MongoDB URL": ({"DATABASE_URL": "mongodb://user:hidden-word@[host/citas"}, "is no MongoDB URL"),
    "MongoDB without a name": ({"DATABASE_URL": "mongodb://user:hidden-word@127.0.0.1/"}, "names no database"),
    "dead cache": ({"CACHE_URL": "redis://:hidden-word@127.0.0.1:1/0"}, "CACHE_URL"),
    "bare production": ({"CITAS_ENV": "production"}, "SECRET_KEY"),
}


def run(name: str, data: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    env = programs.environment(data, **{"CITAS_ENV": "demo", "PORT": str(programs.free_port()), **variables})
    return subprocess.run(
        COMMANDS[name], cwd=programs.ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("command", "wrong"),
    [("migrate", wrong) for wrong in WRONG]
    + [(command, wrong) for command in ("serve", "gunicorn") for wrong in ("mode", "dead database", "bare production")],
)
def test_wrong_environment_is_one_line(data: Path, command: str, wrong: str) -> None:
    variables, said = WRONG[wrong]
    done = run(command, data, variables)
    assert done.returncode == 1
    assert re.fullmatch(rf"citas: .*{said}.*\n", done.stderr), done.stderr
    assert "hidden-word" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "gunicorn"])
def test_several_workers_without_a_shared_cache_are_refused(data: Path, command: str) -> None:
    done = run(command, data, {"CACHE_URL": "", "WEB_WORKERS": "2"})
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "WEB_WORKERS" in done.stderr


def test_web_server_refuses_to_start_without_a_mode(data: Path) -> None:
    done = run("gunicorn", data, {"CITAS_ENV": ""})
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "CITAS_ENV" in done.stderr


@pytest.mark.parametrize("words", [["--help"], ["help"], ["migrate", "--help"], ["--version"], ["check"]])
def test_command_that_needs_no_database_starts_none(tmp_path: Path, words: list[str]) -> None:
    programs.manage(*words, env=programs.environment(tmp_path))
    assert not list(tmp_path.glob("*/start.lock"))


def test_cache_without_a_server_is_this_process() -> None:
    env = Environment.read({**os.environ, "CACHE_URL": ""})
    assert configuration.caches(env)["default"]["BACKEND"].endswith("LocMemCache")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("refused") / "data"
