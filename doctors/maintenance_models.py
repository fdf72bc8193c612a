from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from citas.db.timestamps import MillisecondField


def the_only_one() -> UUID:
    """The key of the one row, so that a second one is refused."""
    return UUID(int=1)


class Maintenance(models.Model):
    """One row while the appointment book takes no changes, because its data is being moved; else none."""

    id = models.UUIDField(primary_key=True, default=the_only_one, editable=False)
    since = MillisecondField(editable=False)

    class Meta:
        verbose_name = _("maintenance")
        verbose_name_plural = _("maintenance")

    def __str__(self) -> str:
        return self.since.isoformat()
