"""Whatever is wrong at the start is one line on stderr and exit code 1, for commands and for the web server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from citas.db import configuration
from citas.environment import ConfigurationError, Environment
from tests import programs

# On one worker, since they share a folder or count processes.
pytestmark = pytest.mark.xdist_group("refused")

NOWHERE = "postgres://user:hidden-word@127.0.0.1:1/citas"
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
    assert not (tmp_path / "postgres").exists()


def test_old_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # There is no old server to install here: the one of the tests must be older than what is asked for.
    monkeypatch.setattr(configuration, "OLDEST_POSTGRES", 99)
    env = Environment.read(os.environ)
    known = configuration.databases(env)["default"]
    url = f"postgres://{known['USER']}@/{known['NAME']}?host={known['HOST']}"
    with pytest.raises(ConfigurationError, match="99 or newer"):
        configuration.ready(Environment.read({**os.environ, "DATABASE_URL": url}))


def test_database_and_cache_of_a_url_that_answer_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    env = Environment.read(os.environ)
    known = configuration.databases(env)["default"]
    url = f"postgres://{known['USER']}@/{known['NAME']}?host={known['HOST']}"
    cache = configuration.caches(env)["default"]["LOCATION"]
    configuration.ready(Environment.read({**os.environ, "DATABASE_URL": url, "CACHE_URL": cache}))


def test_several_hosts_mean_the_one_that_takes_writes() -> None:
    url = "postgres://u:p%40ss@one:5432,two:5433/citas?sslmode=verify-full"
    known = configuration.databases(Environment.read({**os.environ, "DATABASE_URL": url}))["default"]
    assert (known["HOST"], known["PORT"], known["PASSWORD"]) == ("one,two", "5432,5433", "p@ss")
    assert known["OPTIONS"]["target_session_attrs"] == "read-write"
    assert known["OPTIONS"]["sslmode"] == "verify-full"


def test_only_the_web_server_keeps_a_pool() -> None:
    web = configuration.databases(Environment.read({**os.environ, "CITAS_PROCESS": "web"}))["default"]
    command = configuration.databases(Environment.read(os.environ))["default"]
    assert web["OPTIONS"]["pool"]["timeout"] == 1
    assert web["CONN_HEALTH_CHECKS"]
    assert "pool" not in command["OPTIONS"]


def test_cache_without_a_server_is_this_process() -> None:
    env = Environment.read({**os.environ, "CACHE_URL": ""})
    assert configuration.caches(env)["default"]["BACKEND"].endswith("LocMemCache")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("refused") / "data"
