"""Rows that others may refer to are never deleted: they are put out of use instead.

PostgreSQL would refuse by its foreign keys. MongoDB has none, and somebody might refer to a row between the look and
its deletion: so there is no look, and the refusal is the same on both.
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from django.db import models
from django.db.models import ProtectedError

M = TypeVar("M", bound=models.Model)


class KeptQuerySet(models.QuerySet[M]):
    """Raises ProtectedError instead of deleting."""

    def delete(self) -> NoReturn:
        raise ProtectedError(refusal(self.model), set())


class Kept(models.Model):
    """A row that is never deleted, whoever asks. Its model has a QuerySet derived from KeptQuerySet."""

    class Meta:
        abstract = True

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ProtectedError(refusal(type(self)), {self})


class KeptPlainly(Kept):
    """The same for a model that needs no QuerySet of its own."""

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True


def refusal(model: type[models.Model]) -> str:
    return f"rows of {model._meta.db_table} are never deleted: put them out of use"
