"""The engine that DATABASES names: django-mongodb-backend with our compiler, schema editor and errors."""

from __future__ import annotations

from django_mongodb_backend import base, operations

from citas.db.mongo.schema import SchemaEditor


class DatabaseOperations(operations.DatabaseOperations):
    compiler_module = "citas.db.mongo.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = SchemaEditor
    ops_class = DatabaseOperations
