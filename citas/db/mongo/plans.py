"""MongoDB's plans, from explain with its execution."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from pymongo import monitoring

from citas.db.mongo.errors import translated
from citas.db.plans import Step

Question = dict[str, Any]
KEPT = ("aggregate", "pipeline", "cursor", "let", "hint", "collation")


class _Here(threading.local):
    sent: list[Question] | None = None


_here = _Here()


class Recorder(monitoring.CommandListener):
    """Given to the client (DatabaseWrapper.get_connection_params): keeps what this thread asks while it is recorded."""

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if _here.sent is not None and event.command_name == "aggregate":
            _here.sent.append({name: event.command[name] for name in KEPT if name in event.command})

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Its beginning says all."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """As above."""


def recorded(ask: Callable[[], Any]) -> list[Question]:
    """The reads that `ask` sends."""
    sent: list[Question] = []
    _here.sent = sent
    try:
        ask()
    finally:
        _here.sent = None
    return sent


def steps(question: Question) -> Iterator[Step]:
    real: Any = connection
    with translated():
        answer = real.database.command("explain", {**question, "cursor": {}}, verbosity="executionStats")
    for table, index, rows in _reads(answer):
        yield Step(table, index, rows, real.database[table].estimated_document_count())


def _reads(found: Any) -> Iterator[tuple[str, str, int]]:
    """Each part of an answer that says what was read: of the collection itself, of a union's and of a look-up's."""
    if isinstance(found, list):
        for each in found:
            yield from _reads(each)
    elif isinstance(found, dict) and "queryPlanner" in found:
        planner = found["queryPlanner"]
        yield planner["namespace"].partition(".")[2], _indexes(planner["winningPlan"]), _rows(found["executionStats"])
        yield from _reads(found.get("stages"))
    elif isinstance(found, dict):
        if "$lookup" in found:
            yield found["$lookup"]["from"], ", ".join(found.get("indexesUsed", [])), _rows(found)
        for part in found.values():
            yield from _reads(part)


def _rows(counted: dict[str, Any]) -> int:
    return int(max(counted.get("totalDocsExamined", 0), counted.get("totalKeysExamined", 0)))


def _indexes(plan: dict[str, Any]) -> str:
    return ", ".join(dict.fromkeys(_names(plan)))


def _names(plan: Any) -> Iterator[str]:
    if isinstance(plan, dict):
        if "indexName" in plan:
            yield plan["indexName"]
        for part in plan.values():
            yield from _names(part)
    elif isinstance(plan, list):
        for part in plan:
            yield from _names(part)
