"""Django's queries as MongoDB's pipelines, in an order that lets indexes and limits do their work.

The backend joins before it filters and limits. Here a join that is only shown (select_related) comes after the limit,
and a subquery that does not depend on the row is asked first and put into the filter as a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models.expressions import Col, Ref
from django.db.models.fields.tuple_lookups import TupleIn
from django.db.models.lookups import Exact, In
from django.db.models.sql.query import Query
from django.db.models.sql.where import AND, WhereNode
from django_mongodb_backend import compiler
from django_mongodb_backend.query import MongoQuery

from citas.db.indexes import UniqueIndex
from citas.db.mongo.deadlines import asked
from citas.db.mongo.ends import from_ends
from citas.db.mongo.errors import translated

# COUNT(*): the backend asks for each row whether True is null.
IS_NULL = {"$in": [{"$type": {"$literal": True}}, ["missing", "null"]]}
EVERY_ROW = {"$sum": {"$cond": {"if": IS_NULL, "then": None, "else": 1}}}
ONE_EACH = {"$sum": 1}


class Pipeline(MongoQuery):
    """One query's stages."""

    def __init__(self, of: Any) -> None:
        super().__init__(of)
        self.by_columns = False  # whether it is sorted by what the documents already hold
        self.late: list[dict[str, Any]] = []
        self.project_fields: Any
        self.extra_fields: Any

    def get_cursor(self) -> Any:
        with asked():
            hint = getattr(self.query, "by_index", "")
            if not hint:
                return super().get_cursor()
            session = self.compiler.connection.session
            return self.compiler.collection.aggregate(self.get_pipeline(), session=session, hint=hint)

    def delete(self) -> int:
        with asked():
            return super().delete()

    def get_pipeline(self) -> list[dict[str, Any]]:
        if not self.by_columns or self.subquery_lookup:
            stages = super().get_pipeline()
            return from_ends(stages, model=self.query.model) if self.aggregation_pipeline else stages
        # No index serves a sort that comes after the fields were copied or chosen.
        projection, self.project_fields = self.project_fields, None
        self.extra_fields = _without_copies(self.extra_fields or {})
        try:
            found = super().get_pipeline()
        finally:
            self.project_fields = projection
        return [*found, *self.late, *([{"$project": projection}] if projection else [])]


def _without_copies(fields: dict[str, Any], path: str = "$") -> dict[str, Any]:
    """What is added to the documents, without each field as it is there already."""
    kept = {}
    for name, value in fields.items():
        inner = _without_copies(value, f"{path}{name}.") if _is_nested(value) else value
        if inner not in ({}, f"{path}{name}"):
            kept[name] = inner
    return kept


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) and not any(key.startswith("$") for key in value)


class Queries:
    """What all compilers of the project share."""

    query: Any
    connection: Any
    using: str
    query_class = Pipeline
    late_lookups: list[dict[str, Any]]
    _answered: tuple[WhereNode, WhereNode] | None = None

    @property
    def collection(self) -> Any:
        # The backend takes the alias, which in a subquery that is asked by itself is not the collection's name.
        base = self.base_table  # type: ignore[attr-defined]
        return self.connection.get_collection(base.table_name if base else self.collection_name)  # type: ignore[attr-defined]

    def get_where(self) -> WhereNode:
        where = super().get_where()  # type: ignore[misc]
        if self._answered is None or self._answered[0] is not where:
            self._answered = (where, self._answer(where))
        return self._answered[1]

    def _answer(self, where: Any) -> Any:
        """The same condition with the values of its independent subqueries in their place."""
        if isinstance(where, WhereNode):
            children = [self._answer(child) for child in where.children]
            if all(new is old for new, old in zip(children, where.children, strict=True)):
                return where
            return WhereNode(children, where.connector, where.negated)
        if isinstance(where, TupleIn) and len(where.lhs) == 1 and not isinstance(where.rhs, Query):
            # prefetch_related asks so; of tuples the backend makes an expression that no index serves.
            return In(where.lhs.get_cols()[0], [value for (value,) in where.rhs])
        if isinstance(where, In) and isinstance(where.rhs, Query) and not where.rhs.get_external_cols():
            rows = where.rhs.get_compiler(self.using).results_iter()
            return type(where)(where.lhs, [row[0] for row in rows])
        return where

    def build_query(self, columns: Any = None) -> Any:
        self.late_lookups = []
        built = super().build_query(columns)  # type: ignore[misc]
        built.late = self.late_lookups
        built.by_columns = not self._joins_first()
        if self._finds_one():
            # An index in that order would be read from its beginning until the one row comes.
            built.ordering = {}
        return built

    def get_lookup_pipeline(self) -> list[dict[str, Any]]:
        joined = [alias for alias in self.query.alias_map if self._is_joined(alias)]
        early = set(joined) if self._joins_first() else self._aliases_asked()
        pushed = self._get_pushable_conditions() if early else {}  # type: ignore[attr-defined]
        stages: list[dict[str, Any]] = []
        for alias in joined:
            join = self.query.alias_map[alias].as_mql(self, self.connection, pushed.get(alias))
            (stages if alias in early else self.late_lookups).extend(join)
        return stages

    def _finds_one(self) -> bool:
        """Whether the condition names the value of a field that no two rows share."""
        where: Any = self.get_where()
        if not where or where.connector != AND or where.negated:
            return False
        return any(isinstance(part, Exact) and self._is_unique(part.lhs) for part in where.children)

    def _is_unique(self, column: Any) -> bool:
        if not isinstance(column, Col) or column.alias != self.collection_name:  # type: ignore[attr-defined]
            return False
        indexes = (index for index in self.query.model._meta.indexes if isinstance(index, UniqueIndex))
        plain = [index.fields for index in indexes if index.condition is None]
        return bool(column.target.unique) or [column.target.name] in plain

    def _is_joined(self, alias: str) -> bool:
        return bool(self.query.alias_refcount[alias]) and alias != self.collection_name  # type: ignore[attr-defined]

    def _joins_first(self) -> bool:
        """Whether rows must be complete before they are grouped, combined, or sorted by something calculated."""
        sorts = getattr(self, "order_by_objs", None) or []
        calculated = any(not self._is_column(order.expression) for order in sorts)
        grouped = self.query.distinct or self.query.combinator or self.aggregation_pipeline  # type: ignore[attr-defined]
        return bool(grouped) or calculated

    def _is_column(self, expression: Any) -> bool:
        """Whether this is a stored field, under its own name also where it is one of the selected values."""
        if not isinstance(expression, Ref):
            return isinstance(expression, Col)
        named: Any = expression
        of = named.source
        own = isinstance(of, Col) and of.alias == self.collection_name  # type: ignore[attr-defined]
        return own and of.target.column == named.refs

    def _aliases_asked(self) -> set[str]:
        """The joined collections that filter, order or are calculated with, and those on the way to them."""
        asked = [self.get_where(), *(getattr(self, "order_by_objs", None) or [])]
        asked += getattr(self, "annotations", {}).values()
        found = {column.alias for expression in asked for column in self._columns_in(expression)}
        waiting = list(found)
        while waiting:
            join = self.query.alias_map.get(waiting.pop())
            if join is not None and join.parent_alias:
                waiting.append(join.parent_alias)
                found.add(join.parent_alias)
        return found

    def _columns_in(self, expression: Any) -> Iterator[Col]:
        yield from self._get_all_expressions_of_type(expression, Col)  # type: ignore[attr-defined]

    def _build_aggregation_pipeline(self, ids: Any, group: dict[str, Any]) -> list[dict[str, Any]]:
        # The backend's $facet, which makes up a row when there is none, reads every document whole.
        if not ids:
            counted = {name: ONE_EACH if value == EVERY_ROW else value for name, value in group.items()}
            return [{"$group": {**counted, "_id": None}}]
        return super()._build_aggregation_pipeline(ids, group)  # type: ignore[misc]

    def cursor_iter(self, cursor: Any, chunk_size: int, columns: Any) -> Iterator[Any]:
        with translated():
            yield from super().cursor_iter(cursor, chunk_size, columns)  # type: ignore[misc]


class SQLCompiler(Queries, compiler.SQLCompiler):
    pass


class SQLInsertCompiler(Queries, compiler.SQLInsertCompiler):
    def insert(self, docs: Any, returning_fields: Any = None) -> Any:
        with asked():
            return super().insert(docs, returning_fields=returning_fields)


class SQLDeleteCompiler(Queries, compiler.SQLDeleteCompiler):
    pass


class SQLUpdateCompiler(Queries, compiler.SQLUpdateCompiler):
    def update(self, criteria: Any, pipeline: Any) -> int:
        with asked():
            return super().update(criteria, pipeline)


class SQLAggregateCompiler(Queries, compiler.SQLAggregateCompiler):
    def build_query(self, columns: Any = None) -> Any:
        built = super().build_query(columns)
        counts_only = self.aggregation_pipeline == [{"$group": {"__count": ONE_EACH, "_id": None}}]
        for inner in built.subqueries if counts_only else ():
            inner.project_fields = None  # an index that lacks these fields could not be counted
        return built
