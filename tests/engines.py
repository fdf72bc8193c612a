"""What tests have to know of the engine that runs: how to empty it, and what a query looks like."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.testcases import TransactionTestCase
from django.test.utils import CaptureQueriesContext

from citas.environment import Environment

ENGINE = Environment.read(os.environ).engine
ON_MONGO = ENGINE == "mongo"
# What migrations have filled stays: making permissions anew after each test would take longer than the tests.
KEPT = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions", "django_migrations"}
_OF_TRANSACTIONS = re.compile(r"(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|SET LOCAL)\b")
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b|db\.\w+\.(insert_many|update_many|delete_many)\(")


def asked(captured: Iterable[dict[str, Any]]) -> list[str]:
    """The queries among what was captured, without the statements that only open and close transactions."""
    return [query["sql"] for query in captured if not _OF_TRANSACTIONS.match(query["sql"])]


def writes(captured: Iterable[dict[str, Any]]) -> list[str]:
    """Those that change rows."""
    return [text for text in asked(captured) if _WRITES.match(text)]


@contextmanager
def expect_queries(number: int, *, more_on_mongo: int = 0) -> Iterator[CaptureQueriesContext]:
    """That many queries; `more_on_mongo` are subqueries that MongoDB is asked by themselves."""
    with CaptureQueriesContext(connection) as captured:
        yield captured
    found = asked(captured)
    assert len(found) == number + (more_on_mongo if ON_MONGO else 0), "\n".join(found)


def empty_mongo_after_each_test() -> None:
    """MongoDB rolls nothing back: a test's documents are deleted, and its indexes stay."""

    def teardown(self: Any) -> None:
        database = connection.get_database()
        for name in database.list_collection_names():
            if name not in KEPT:
                database[name].delete_many({})

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
