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

    def get_pymongo_index_model(self, model: Any, schema_editor: Any, **kwargs: Any) -> Any:
        fields = [model._meta.get_field(name) for name, _order in self.fields_orders]
        equalities: Any = self.condition.children if self.condition else ()
        only = dict(equalities)
        # Rows that have no value are no rivals of one another.
        only |= {field.column: {"$type": field.db_type(schema_editor.connection)} for field in fields if field.null}
        return _mongo_index([field.column for field in fields], self.name, only, unique=True)


def _mongo_index(columns: Sequence[str], name: str, only: dict[str, Any], *, unique: bool = False) -> Any:
    from pymongo import IndexModel

    options = {"unique": True} if unique else {}
    return IndexModel([(column, 1) for column in columns], name=name, **options, **_partial(only))


def _partial(only: dict[str, Any]) -> dict[str, Any]:
    return {"partialFilterExpression": only} if only else {}


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

    def get_pymongo_index_model(self, model: Any, schema_editor: Any, **kwargs: Any) -> Any:
        # An array among the fields, such as an interval's ticks, would make an entry of each of its elements.
        return _mongo_index([model._meta.get_field(name).column for name in self.fields], self.name, {})


class TokensIndex(models.Index):
    """Serves `has_all` on one TokensField."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Statement:
        # With the list of pending entries the planner leaves the index aside until the next vacuum (20 ms, not 3, at
        # 20,000 rows); without it inserts were not slower.
        template = schema_editor.sql_create_index.replace("%(extra)s", " WITH (fastupdate = off)%(extra)s")
        return super().create_sql(model, schema_editor, " USING gin", sql=template, **kwargs)


class BusyIndex(models.Index):
    """No two rows of one owner, in one of these statuses, overlap in this interval: the guard of busy time.

    It refuses the second of two rivals whatever they had read before. On PostgreSQL an exclusion constraint; on MongoDB
    a unique index over the owner and each 5-minute tick of the interval, for the rows in these statuses.
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

    def get_pymongo_index_model(self, model: Any, schema_editor: Any, **kwargs: Any) -> Any:
        columns = [model._meta.get_field(name).column for name in (self.owner, self.interval)]
        return _mongo_index(columns, self.name, {"status": {"$in": [*map(str, self.statuses)]}}, unique=True)
