"""Indexes that say the same on every engine; `Meta.indexes` holds them, so migrations are generated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.ddl_references import Statement, Table


class UniqueIndex(models.Index):
    """No two rows share these fields. Unlike UniqueConstraint it makes forms ask nothing."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Statement:
        template = schema_editor.sql_create_index.replace("CREATE INDEX", "CREATE UNIQUE INDEX")
        return super().create_sql(model, schema_editor, using, sql=template, **kwargs)


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
