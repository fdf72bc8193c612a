"""What tests have to know of the engine that runs: how to empty it, and what a query looks like."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.test.testcases import TransactionTestCase
from django.test.utils import CaptureQueriesContext
from pymongo import monitoring

from citas.environment import Environment

ENGINE = Environment.read(os.environ).engine
ON_MONGO = ENGINE == "mongo"
# Tests of what only one engine has in citas/db/ say so by their file's name: test_…_postgres.py, test_…_mongo.py.
OF_THE_OTHER = f"*/test_*_{'postgres' if ON_MONGO else 'mongo'}.py"
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
def expect_queries(number: int, *, more_on_mongo: int = 0, at_most: bool = False) -> Iterator[CaptureQueriesContext]:
    """That many queries; `more_on_mongo` are subqueries that MongoDB is asked by themselves."""
    with CaptureQueriesContext(connection) as captured:
        yield captured
    found, expected = asked(captured), number + (more_on_mongo if ON_MONGO else 0)
    assert len(found) == expected or (at_most and len(found) < expected), "\n".join(found)


def reads_of(table: str, captured: Iterable[dict[str, Any]]) -> list[str]:
    """The queries that read this table first of all."""
    return [text for text in asked(captured) if f'FROM "{table}"' in text or text.startswith(f"db.{table}.aggregate")]


class Written(monitoring.CommandListener):
    """Which collections the tests of this process write to, whoever writes and whichever way."""

    COMMANDS = frozenset({"insert", "update", "delete", "findAndModify"})

    def __init__(self) -> None:
        self.names: set[str] = set()  # since the last test
        self.since_copy: set[str] = set()
        self.copy: dict[str, list[Any]] | None = None  # all documents, as `undone` leaves them

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in self.COMMANDS:
            self.names.add(event.command[event.command_name])
            self.since_copy.add(event.command[event.command_name])

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Its start said all."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """It may have written nevertheless."""


WRITTEN = Written()


def empty_mongo_after_each_test() -> None:
    """MongoDB rolls nothing back: what a test has written is deleted, and the indexes stay."""
    monitoring.register(WRITTEN)
    monitoring.register(ASKED)

    def teardown(self: Any) -> None:
        for name in WRITTEN.names - KEPT:
            connection.get_collection(name).delete_many({})
        WRITTEN.names.clear()
        WRITTEN.copy = None

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside is taken back at the end, errors inside notwithstanding."""
    if ON_MONGO:
        with _copied_back():
            yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _copied_back() -> Iterator[None]:
    real: Any = connection
    if WRITTEN.copy is None or WRITTEN.since_copy:
        names = real.database.list_collection_names()
        WRITTEN.copy = {name: list(real.database[name].find()) for name in names}
    WRITTEN.since_copy.clear()
    try:
        yield
    finally:
        for name in set(WRITTEN.since_copy):
            real.database[name].delete_many({})
            if WRITTEN.copy.get(name):
                real.database[name].insert_many(WRITTEN.copy[name])
        WRITTEN.since_copy.clear()


class Asked(monitoring.CommandListener):
    """The pipelines that MongoDB is asked."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name == "aggregate":
            self.commands.append({name: event.command[name] for name in ("aggregate", "pipeline")} | {"cursor": {}})

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Its start said all."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Its start said all."""


ASKED = Asked()


def plan(ask: Callable[[], Any]) -> tuple[str, bool]:
    """How the engine answers the first question, as text, and whether it sorts."""
    return _plan_of_mongo(ask) if ON_MONGO else _plan_of_postgres(ask)


def _plan_of_mongo(ask: Callable[[], Any]) -> tuple[str, bool]:
    real: Any = connection
    ASKED.commands.clear()
    ask()
    said = real.database.command("explain", ASKED.commands[0], verbosity="queryPlanner")
    stages = said.get("stages", [said])
    winner = stages[0].get("$cursor", stages[0])["queryPlanner"]["winningPlan"]
    return str(winner), "'SORT'" in str(winner) or any("$sort" in stage for stage in stages)


def _plan_of_postgres(ask: Callable[[], Any]) -> tuple[str, bool]:
    """If reading whole tables and sorting cost too much."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute("EXPLAIN " + captured[0]["sql"])
        text = "\n".join(line for (line,) in cursor.fetchall())
    return text, "Sort" in text
