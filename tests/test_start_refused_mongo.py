"""Which MongoDB is taken, and how it is reached."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pymongo
import pytest

from citas.db import configuration, embedded, mongo_settings, mongod
from citas.environment import ConfigurationError, Environment
from tests import programs


def url() -> str:
    """The server of the tests, as an operator would name one of their own."""
    return mongod.url(Environment.read(os.environ).data)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[str]:
    """A server that is in no replica set: its URL."""
    socket = tmp_path / "alone.sock"
    binary = mongod._runnable(mongod.binary_of_package(), tmp_path)
    (tmp_path / "files").mkdir()
    words = [str(binary), "--dbpath", str(tmp_path / "files"), "--bind_ip", str(socket), "--port", "27017", "--quiet"]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"mongodb://{mongod.quote(str(socket), safe='')}/citas?directConnection=true"
    try:
        assert programs.eventually(lambda: answers(url))
        yield url
    finally:
        server.terminate()
        server.wait(30)


def answers(url: str) -> bool:
    try:
        with pymongo.MongoClient(url, serverSelectionTimeoutMS=300) as client:
            return bool(client.admin.command("ping"))
    except pymongo.errors.PyMongoError:
        return False


def test_a_server_that_answers_is_taken() -> None:
    configuration.ready(Environment.read({**os.environ, "DATABASE_URL": url()}))


def test_a_server_without_a_replica_set_is_refused(alone: str) -> None:
    with pytest.raises(ConfigurationError, match="without a replica set"):
        configuration.ready(Environment.read({**os.environ, "DATABASE_URL": alone}))


def test_an_old_server_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # There is no old server to install here: the one of the tests must be older than what is asked for.
    monkeypatch.setattr(mongo_settings, "OLDEST", (99, 0))
    with pytest.raises(ConfigurationError, match=r"is MongoDB \d+\.\d+: Citas needs"):
        configuration.ready(Environment.read({**os.environ, "DATABASE_URL": url()}))


def test_a_machine_without_the_program_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_such(name: str) -> Path:
        raise ConfigurationError(f"the package {name} is not installed")

    monkeypatch.setattr(embedded, "package_folder", none_such)
    with pytest.raises(ConfigurationError, match="set DATABASE_URL") as caught:
        mongod.binary_of_package()
    assert "\n" not in str(caught.value)


def test_only_the_web_server_has_deadlines() -> None:
    web = configuration.databases(Environment.read({**os.environ, "CITAS_PROCESS": "web"}))["default"]["OPTIONS"]
    command = configuration.databases(Environment.read(os.environ))["default"]["OPTIONS"]
    assert web["timeoutMS"] <= 2000
    assert "timeoutMS" not in command


def test_a_name_with_srv_is_not_looked_up_to_know_the_database() -> None:
    env = Environment.read({**os.environ, "DATABASE_URL": "mongodb+srv://u:p@nowhere.invalid/citas"})
    assert configuration.databases(env)["default"]["NAME"] == "citas"
