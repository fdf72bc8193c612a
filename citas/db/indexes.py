"""Indexes that say the same on every engine; `Meta.indexes` holds them, so migrations are generated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.ddl_references import Statement, Table


class UniqueIndex(models.Index):
    """No two rows share these fields; NULL is like nothing else. Unlike UniqueConstraint it makes forms ask nothing.

    `condition` names the rows that it is about. Raises ValueError for what not every engine can index: anything but
    fields that equal values.
    """

    def __init__(self, *, fields: Sequence[str], name: str, condition: models.Q | None = None) -> None:
        if condition is not None and not _equalities(condition):
            raise ValueError("a condition of a UniqueIndex says which values fields have, and nothing else")
        super().__init__(fields=fields, name=name, condition=condition)

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Statement:
        template = schema_editor.sql_create_index.replace("CREATE INDEX", "CREATE UNIQUE INDEX")
        return super().create_sql(model, schema_editor, using, sql=template, **kwargs)


def _equalities(condition: models.Q) -> bool:
    plain = all(isinstance(part, tuple) and "__" not in part[0] for part in condition.children)
    return plain and condition.connector == models.Q.AND and not condition.negated


class CoveringIndex(models.Index):
    """An index that also holds the fields `beside`, where the engine has such indexes, so that queries read no rows.

    Django's own `include` says the same but warns (models.W040) on an engine without them.
    """

    def __init__(self, *, fields: Sequence[str], beside: Sequence[str], name: str) -> None:
        super().__init__(fields=fields, name=name)
        self.beside = tuple(beside)

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        arguments = {"fields": self.fields, "beside": self.beside, "name": self.name}
        return f"{type(self).__module__}.{type(self).__qualname__}", (), arguments

    def clone(self) -> CoveringIndex:
        return CoveringIndex(fields=self.fields, beside=self.beside, name=self.name)

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Statement:
        full = models.Index(fields=self.fields, include=self.beside, name=self.name)
        return full.create_sql(model, schema_editor, using, **kwargs)


class TokensIndex(models.Index):
    """Serves `has_all` on one TokensField."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Statement:
        # With the list of pending entries the planner leaves the index aside until the next vacuum (20 ms, not 3, at
        # 20,000 rows); without it inserts were not slower.
        template = schema_editor.sql_create_index.replace("%(extra)s", " WITH (fastupdate = off)%(extra)s")
        return super().create_sql(model, schema_editor, " USING gin", sql=template, **kwargs)


class BusyIndex(models.Index):
    """No two rows of one owner, in one of these statuses, overlap in this interval: the guard of busy time.

    On PostgreSQL an exclusion constraint, which refuses the second of two rivals whatever they had read before.
    """

    def __init__(self, *, owner: str, interval: str, statuses: Sequence[str], name: str) -> None:
        super().__init__(fields=[owner, interval], name=name)
        self.owner, self.interval, self.statuses = owner, interval, tuple(statuses)

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        arguments = {"owner": self.owner, "interval": self.interval, "statuses": self.statuses, "name": self.name}
        return f"{type(self).__module__}.{type(self).__qualname__}", (), arguments

    def clone(self) -> BusyIndex:
        return BusyIndex(owner=self.owner, interval=self.interval, statuses=self.statuses, name=self.name)

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Statement:
        quote = schema_editor.quote_name
        return Statement(
            "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s"
            " EXCLUDE USING gist (%(owner)s WITH =, %(interval)s WITH &&) WHERE (status IN (%(statuses)s))",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
            owner=quote(model._meta.get_field(self.owner).column),
            interval=quote(model._meta.get_field(self.interval).column),
            statuses=", ".join(schema_editor.quote_value(status) for status in self.statuses),
        )

    def remove_sql(self, model: Any, schema_editor: Any, **kwargs: Any) -> Any:
        table = Table(model._meta.db_table, schema_editor.quote_name)
        name = schema_editor.quote_name(self.name)
        return Statement("ALTER TABLE %(table)s DROP CONSTRAINT %(name)s", table=table, name=name)
