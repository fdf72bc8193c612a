"""A database that breaks after the n-th write, whatever writes it, on both engines; and what it then holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.db import connection
from pymongo.collection import Collection

from tests.engines import ON_MONGO, writes

# The session is written after every request, and says nothing but who is there.
NOT_LOOKED_AT = {"django_session"}
OF_THE_DRIVER = ("insert_one", "insert_many", "update_one", "update_many", "delete_one", "delete_many")


class Broken(Exception):
    """What is injected."""


class Writes:
    """Lets so many writes of rows through, the last of them too, and then raises Broken."""

    def __init__(self, allowed: int) -> None:
        self.allowed, self.done = allowed, 0

    def __call__(self, execute: Callable[..., Any], *words: Any, **named: Any) -> Any:
        result = execute(*words, **named)
        self.done += 1
        if self.done == self.allowed:
            raise Broken
        return result

    def of_a_cursor(self, execute: Callable[..., Any], sql: Any, *words: Any) -> Any:
        written = writes([{"sql": str(sql)}]) and not any(table in str(sql) for table in NOT_LOOKED_AT)
        return self(execute, sql, *words) if written else execute(sql, *words)

    def of_a_collection(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def execute(collection: Any, *words: Any, **named: Any) -> Any:
            if collection.name in NOT_LOOKED_AT:
                return real(collection, *words, **named)
            return self(real, collection, *words, **named)

        return execute


@contextmanager
def breaking_after(number: int) -> Iterator[Writes]:
    """Inside, the database takes `number` writes and then raises Broken."""
    count = Writes(number)
    with ExitStack() as stack:
        if ON_MONGO:
            for name in OF_THE_DRIVER:
                stack.enter_context(patch.object(Collection, name, count.of_a_collection(getattr(Collection, name))))
        else:
            stack.enter_context(connection.execute_wrapper(count.of_a_cursor))
        yield count


def everything() -> dict[str, list[str]]:
    """All rows of all tables, as text."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return {
        model._meta.db_table: sorted(map(str, model._base_manager.values_list()))
        for model in models
        if model._meta.db_table not in NOT_LOOKED_AT
    }


def half_done(change: Callable[[], object]) -> list[int]:
    """After which of a change's writes a failure leaves something behind. At the end the change has been made."""
    before, left, number = everything(), [], 0
    while True:
        number += 1
        try:
            with breaking_after(number):
                change()
        except Broken:
            if everything() != before:
                left.append(number)
        else:
            assert everything() != before, "the change changes nothing"
            assert number > 1, "it writes nothing that is seen here"
            return left
