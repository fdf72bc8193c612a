"""Whether the tables of the models, and the rules that they state, are there in the database itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from citas.db.indexes import BusyIndex, UniqueIndex


def tables_missing(models: Iterable[Any]) -> list[str]:
    """Tables of these models that are not there. MongoDB would take them for empty ones."""
    there = set(connection.introspection.table_names())
    return [model._meta.db_table for model in models if model._meta.db_table not in there]


def lacking(models: Iterable[Any]) -> list[str]:
    """Each unique rule and guard of these models that the database has not: tables and names, a line each."""
    with connection.cursor() as cursor:
        return [line for model in models for line in _lacking(model, _found(model, cursor))]


def _found(model: Any, cursor: Any) -> dict[str, Any]:
    found: dict[str, Any] = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return found


def _lacking(model: Any, found: dict[str, Any]) -> Iterator[str]:
    unique = {tuple(rule["columns"]) for rule in found.values() if rule["unique"] and rule["columns"]}
    for names in _unique(model):
        columns = tuple(model._meta.get_field(name).column for name in names)
        if columns not in unique:
            yield f"unique index of {model._meta.db_table} over {', '.join(columns)}"
    for name in _names(model):
        if name not in found:
            yield f"{name} of {model._meta.db_table}"


def _unique(model: Any) -> Iterator[tuple[str, ...]]:
    for field in model._meta.concrete_fields:
        if field.unique and not (field.primary_key and field.column == "_id"):  # that one is always there
            yield (field.name,)
    yield from model._meta.unique_together


def _names(model: Any) -> Iterator[str]:
    yield from (rule.name for rule in model._meta.constraints)
    yield from (index.name for index in model._meta.indexes if isinstance(index, UniqueIndex | BusyIndex))
