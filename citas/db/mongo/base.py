"""The engine that DATABASES names: django-mongodb-backend with our compiler, schema editor and errors."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django_mongodb_backend import base, operations

from citas.db.mongo.deadlines import PrimaryListener, asked
from citas.db.mongo.plans import Recorder
from citas.db.mongo.schema import SchemaEditor
from citas.db.mongo.timing import Listener


class DatabaseOperations(operations.DatabaseOperations):
    compiler_module = "citas.db.mongo.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = SchemaEditor
    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        ours = [Listener(), PrimaryListener(), Recorder()]
        return {**params, "event_listeners": [*params.get("event_listeners", ()), *ours]}

    def commit_mongo(self) -> None:
        with asked():
            super().commit_mongo()

    def validate_no_atomic_block(self) -> None:
        """Django's own atomic does nothing here: a transaction of ours may be committed inside one."""

    def is_usable(self) -> bool:
        """Whether the server that takes writes answers."""
        try:
            with asked():
                return bool(self.database.command("ping"))
        except DatabaseError:
            return False
