"""A MongoDB of our own, started with the words of docker-compose.yml, becomes a replica set with the user of Citas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pymongo
import pytest
from pymongo.errors import OperationFailure, PyMongoError

from citas.db import replica_set
from tests import programs
from tests.container_stack import Stack, start_mongo

# On one worker, since they share a server.
pytestmark = pytest.mark.xdist_group("replica set")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("mongo"), programs.ROOT, "mongo")
    try:
        start_mongo(stack)
        yield stack
    finally:
        stack.stop_all()


@pytest.fixture
def url(stack: Stack) -> str:
    return (stack.secrets / "database_url").read_text()


@pytest.fixture
def root(stack: Stack) -> str:
    return (stack.secrets / "mongo_root_password").read_text()


def written_in_a_transaction(url: str) -> int:
    with pymongo.MongoClient(url, serverSelectionTimeoutMS=5000) as client, client.start_session() as session:
        things = client.get_default_database()["things"]
        with session.start_transaction():
            things.insert_one({}, session=session)
        return things.count_documents({})


def test_before_it_nobody_of_citas_gets_in_and_after_it_transactions_work(stack: Stack, url: str, root: str) -> None:
    with pytest.raises(PyMongoError):
        written_in_a_transaction(url.replace("?replicaSet=citas", "?directConnection=true"))
    replica_set.prepare(url, root)
    assert written_in_a_transaction(url) == 1


def test_again_it_changes_nothing(url: str, root: str) -> None:
    replica_set.prepare(url, root)
    before = written_in_a_transaction(url)
    replica_set.prepare(url, root)
    assert written_in_a_transaction(url) == before + 1


def test_new_password_in_the_url_becomes_the_users(url: str, root: str) -> None:
    renewed = url.replace("//citas:", "//citas:another-")
    replica_set.prepare(renewed, root)
    assert written_in_a_transaction(renewed)
    with pytest.raises(OperationFailure, match="Authentication failed"):
        written_in_a_transaction(url)
    replica_set.prepare(url, root)


def test_stranger_gets_nothing(url: str, root: str) -> None:
    replica_set.prepare(url, root)
    address = url.partition("@")[2]
    with pymongo.MongoClient(f"mongodb://{address}") as client, pytest.raises(OperationFailure, match="authentication"):
        client.get_default_database()["things"].find_one()


def test_user_of_citas_has_one_database_only(url: str, root: str) -> None:
    replica_set.prepare(url, root)
    with pymongo.MongoClient(url) as client, pytest.raises(OperationFailure, match="not authorized"):
        client["other"]["things"].find_one()


@pytest.mark.parametrize("wrong", ["password", "file", "url"])
def test_whatever_is_wrong_is_said_in_one_line(
    stack: Stack, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wrong: str
) -> None:
    password = tmp_path / "password"
    password.write_text("hidden-word")
    monkeypatch.setenv("CITAS_ENV", "demo")
    monkeypatch.setenv("DATABASE_URL", url.partition("?")[0] if wrong == "url" else url)
    said = replica_set.main([str(tmp_path / "nowhere" if wrong == "file" else password)])
    assert said.startswith("citas: the replica set cannot be made: ")
    assert "\n" not in said
    assert "hidden-word" not in said
