"""A clinic moves to the other engine and back, and is the same, byte for byte; meanwhile nobody can change it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from citas.environment import EMBEDDED_DATABASES
from tests import engines, programs

HERE = next(url for url in EMBEDDED_DATABASES if url.endswith(engines.ENGINE))
THERE = next(url for url in EMBEDDED_DATABASES if url != HERE)
CLINIC = ("--name", "Clínica", "--country", "ES", "--zone", "Europe/Madrid", "--email", "g@example.com")
pytestmark = pytest.mark.xdist_group("transfer")
MANY = ("--doctors", "3", "--patients", "30", "--appointments", "200", "--seed", "7", "--yes")


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """A clinic on this engine, in a data folder of its own."""
    folder = tmp_path_factory.mktemp("transfer")
    done(folder, HERE, "migrate", "--verbosity", "0")
    done(folder, HERE, "seed", *MANY)
    return folder


def manage(folder: Path, url: str, *words: str):
    env = programs.environment(folder, DATABASE_URL=url, CITAS_ENV="development", CITAS_THROWAWAY="1")
    return programs.manage(*words, env=env)


def done(folder: Path, url: str, *words: str) -> str:
    ended = manage(folder, url, *words)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def archive(folder: Path, url: str, name: str) -> bytes:
    path = folder / name
    done(folder, url, "export_data", str(path))
    return path.read_bytes()


def test_without_a_terminal_and_without_yes_nothing_begins(data):
    ended = manage(data, HERE, "transfer", "--to", THERE)
    assert ended.returncode == 2
    assert done(data, HERE, "maintenance") == "off\n"


def test_a_database_that_does_not_answer_is_one_line(data):
    ended = manage(data, HERE, "transfer", "--to", "mongodb://127.0.0.1:1/citas", "--yes")
    assert ended.returncode == 1
    assert ended.stderr.startswith("CommandError: the database of --to does not answer")
    assert len(ended.stderr.strip().splitlines()) == 1


def test_there_and_back_again(data):
    before = archive(data, HERE, "before")

    moved = json.loads(done(data, HERE, "transfer", "--to", THERE, "--yes", "--json"))

    assert moved["verify"]["same"]
    assert moved["verify"]["rows"] == moved["export"]["rows"]
    assert done(data, HERE, "maintenance").startswith("on since")
    assert done(data, THERE, "maintenance") == "off\n"
    assert archive(data, THERE, "there") == before
    # Back to where rows are already: they are the same ones, so nothing is stored twice.
    back = data / "report.md"
    done(data, THERE, "transfer", "--to", HERE, "--yes", "--report", str(back))
    assert "The new database holds the same" in back.read_text()
    assert archive(data, HERE, "after") == before


def test_a_move_that_fails_leaves_this_database_in_use(data, tmp_path):
    done(tmp_path, THERE, "migrate", "--verbosity", "0")
    done(tmp_path, THERE, "seed", "--doctors", "2", "--patients", "5", "--appointments", "10", "--seed", "9", "--yes")
    done(tmp_path, HERE, "migrate", "--verbosity", "0")
    done(tmp_path, HERE, "seed", "--doctors", "2", "--patients", "5", "--appointments", "10", "--seed", "8", "--yes")

    ended = manage(tmp_path, HERE, "transfer", "--to", THERE, "--yes")

    assert ended.returncode == 1
    assert "this database stays in use" in ended.stderr
    assert done(tmp_path, HERE, "maintenance") == "off\n"


def test_a_rehearsal_changes_nothing(tmp_path):
    for url in (HERE, THERE):
        done(tmp_path, url, "migrate", "--verbosity", "0")
    done(tmp_path, HERE, "setup_clinic", *CLINIC)

    said = done(tmp_path, HERE, "transfer", "--to", THERE, "--dry-run")

    assert "nothing was changed" in said
    assert done(tmp_path, HERE, "maintenance") == "off\n"
    assert manage(tmp_path, THERE, "verify_data", HERE).returncode == 1
