"""Collections and indexes, made by the same migrations as PostgreSQL's tables."""

from __future__ import annotations

from typing import Any

from django.db.models import Index
from django_mongodb_backend.schema import DatabaseSchemaEditor
from pymongo.operations import IndexModel


class SchemaEditor(DatabaseSchemaEditor):
    """The backend's, whose unique indexes carry a `$type` filter that keeps its planner from using them.

    That filter lets several rows have NULL: where a field cannot be NULL the index goes without.
    """

    def add_index(self, model: Any, index: Any, *, field: Any = None, unique: bool = False, **more: Any) -> None:
        fields = [field] if field else [model._meta.get_field(name) for name, _order in index.fields_orders]
        if unique and not index.condition and not any(each.null for each in fields):
            index = PlainUnique(columns=[each.column for each in fields], name=index.name)
            unique = False
        super().add_index(model, index, field=field, unique=unique, **more)


class IndexesOf(SchemaEditor):
    """Tells which indexes a model has, and makes none."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.indexes: list[IndexModel] = []

    def of(self, model: Any) -> list[IndexModel]:
        self.indexes = []
        self._create_model_indexes(model)
        return self.indexes

    def get_collection(self, name: str) -> Any:
        """What the indexes are given to."""
        return self

    def create_indexes(self, indexes: list[IndexModel]) -> None:
        self.indexes += indexes


class PlainUnique(Index):
    """A unique index over columns, without any filter."""

    def __init__(self, *, columns: list[str], name: str) -> None:
        super().__init__(fields=columns, name=name)
        self.columns = columns

    def get_pymongo_index_model(self, model: Any, schema_editor: Any, **more: Any) -> IndexModel:
        return IndexModel([(column, 1) for column in self.columns], name=self.name, unique=True)
