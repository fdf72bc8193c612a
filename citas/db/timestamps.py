"""Instants as every engine can keep them: MongoDB's have milliseconds, so none of ours has more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute


def cut(value: Any) -> Any:
    """An instant without what is below its millisecond; anything else as it is."""
    if isinstance(value, datetime) and value.microsecond % 1000:
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    return value


class _Cut(DeferredAttribute):
    """Cuts whatever the attribute is given, so that the row in memory says the same as the one that is stored."""

    field: Any

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = cut(value)


class MillisecondField(models.DateTimeField):
    """An instant, cut to the millisecond wherever it is written: by save, update, bulk_create or COPY."""

    descriptor_class = _Cut

    def get_prep_value(self, value: Any) -> Any:
        return cut(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """With auto_now and auto_now_add Django hands out the instant that it has just set."""
        return cut(super().pre_save(model_instance, add))
