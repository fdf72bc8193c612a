"""A web request's questions to MongoDB: they end at their deadline, errors are answers, a new primary is noticed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pymongo
import pytest
from django.db import IntegrityError, OperationalError, connection

from citas.db.deadlines import STATEMENT_SECONDS, watch
from citas.db.mongo.deadlines import PrimaryListener, asked
from citas.db.mongo_settings import DEADLINES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def closed_circuit() -> Iterator[None]:
    yield
    watch.heard()


@pytest.fixture
def collection() -> Iterator[Any]:
    """As a web request has it."""
    known = connection.settings_dict
    with pymongo.MongoClient(**{"host": known["HOST"], **known["OPTIONS"], **DEADLINES}) as client:
        yield client[known["NAME"]]["deadlines"]
    connection.database.drop_collection("deadlines")


def test_question_ends_at_its_deadline(collection: Any) -> None:
    collection.insert_one({})
    began = time.monotonic()
    with pytest.raises(OperationalError), asked():
        collection.find_one({"$where": "sleep(30000) || true"})
    assert time.monotonic() - began < STATEMENT_SECONDS + 1
    assert watch.is_open()


def test_nobody_there_is_found_out_at_the_deadline() -> None:
    began = time.monotonic()
    with (
        pymongo.MongoClient("127.0.0.1", 1, **DEADLINES) as client,
        pytest.raises(OperationalError),
        asked(),
    ):
        client.admin.command("ping")
    assert time.monotonic() - began < STATEMENT_SECONDS + 1
    assert watch.is_open()


def test_errors_of_the_server_are_answers(collection: Any) -> None:
    collection.insert_one({"_id": 1})
    with pytest.raises(IntegrityError), asked():
        collection.insert_one({"_id": 1})
    assert not watch.is_open()


@pytest.mark.parametrize(("found", "is_open"), [(True, False), (False, True)])
def test_new_primary_closes_the_circuit(found: bool, is_open: bool) -> None:
    watch.missed()
    described: Any = SimpleNamespace(new_description=SimpleNamespace(has_writable_server=lambda: found))
    PrimaryListener().description_changed(described)
    assert watch.is_open() == is_open
