"""How the engine answers what it is asked: which indexes it takes, and how many rows it reads to find the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from citas.db import on_mongo


@dataclass(frozen=True, slots=True)
class Step:
    """One reading of a table or collection, `rows` times a row or an entry of `index` ("" is none)."""

    table: str
    index: str
    rows: int
    size: int

    def whole(self, *, over: int) -> bool:
        """Whether all of a table of more than so many rows was read, in itself or through an index."""
        return self.size > over and self.rows >= self.size

    def __str__(self) -> str:
        return f"{self.table} {'by ' + self.index if self.index else 'from its beginning'}: {self.rows} of {self.size}"


def explained(ask: Callable[[], Any]) -> list[Step]:
    """Ask, and let the engine answer every question that was sent once more and tell how. Only reads are repeated."""
    engine: Any = import_module("citas.db.mongo.plans" if on_mongo() else "citas.db.postgres_plans")
    found = [step for question in engine.recorded(ask) for step in engine.steps(question)]
    return [step for step in found if step.index or step.rows]  # without those that were never begun
