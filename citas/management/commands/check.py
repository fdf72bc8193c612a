"""Django's check, which also says what the engine leaves to others."""

from __future__ import annotations

from typing import Any

from django.core.checks import Tags, register
from django.core.management.commands import check

from citas.db.limits import limits


class Command(check.Command):
    def handle(self, *labels: Any, **options: Any) -> None:
        # Here and not for all commands: each of them would print it first.
        register(limits, Tags.models)
        super().handle(*labels, **options)
