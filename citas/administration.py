"""What all pages of the administration share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from citas.db import together


class OneTransaction:
    """Mixed into a ModelAdmin: what a form changes, its inlines and the note of who did it are kept, or none.

    Django's own transaction around these forms does nothing on MongoDB.
    """

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return in_one(request, lambda: super(OneTransaction, self).changeform_view(request, *args, **kwargs))  # type: ignore[misc]


def in_one(request: HttpRequest, answer: Callable[[], Any]) -> Any:
    """Answer a form that is sent in one transaction, begun again when a rival was faster. Raises Unavailable (503)."""
    if request.method != "POST":
        return answer()
    said: Any = getattr(request, "_messages", None)
    before = len(said._queued_messages) if said is not None else 0

    def once() -> Any:
        if said is not None:  # begun again because a rival was faster: nothing is said twice
            del said._queued_messages[before:]
        return answer()

    return together(once)
