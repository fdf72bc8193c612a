"""PostgreSQL's plans, from EXPLAIN ANALYZE."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from citas.db.plans import Step

Question = tuple[str, Any]
REMOVED = ("Rows Removed by Filter", "Rows Removed by Index Recheck")


def recorded(ask: Callable[[], Any]) -> list[Question]:
    """The reads that `ask` sends."""
    sent: list[Question] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith("SELECT"):
            sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        ask()
    return sent


def steps(question: Question) -> Iterator[Step]:
    sql, params = question
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
        (answer,) = cursor.fetchone()
        plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
        for node, index in _scans(plan):
            table = node["Relation Name"]
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name that the engine gives
            yield Step(table, index, _rows(node), cursor.fetchone()[0])


def _scans(node: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Each node that reads a table, with its index; that of a bitmap scan is said by the nodes below it."""
    below = [each for child in node.get("Plans", []) for each in _names(child)]
    if "Relation Name" in node:
        yield node, node.get("Index Name", "") or ", ".join(below)
    for child in node.get("Plans", []):
        yield from _scans(child)


def _names(node: dict[str, Any]) -> Iterator[str]:
    if "Index Name" in node:
        yield node["Index Name"]
    for child in node.get("Plans", []):
        yield from _names(child)


def _rows(node: dict[str, Any]) -> int:
    removed = sum(node.get(name, 0) for name in REMOVED)
    return round((node["Actual Rows"] + removed) * node["Actual Loops"])
