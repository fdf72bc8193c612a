"""The one catalogue of what can go wrong: rules raise DomainErrors, requests translate them once."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule said no. Subclasses live beside the rule; `status` is the HTTP status that pages and API answer.

    `message` is what people read: it says what to do, never what went wrong inside.
    """

    status = 422
    code = "invalid"
    message = _("That cannot be done.")
    another_time = False  # whether another time would do: then the page offers the nearest

    def __init__(self, message: object = None) -> None:
        super().__init__(self.code)
        if message is not None:
            self.message = message  # type: ignore[assignment]


class Unavailable(DomainError):
    """The database or the cache does not answer: trying again is safe."""

    status = 503
    code = "unavailable"
    message = _("The appointment book is not available at the moment. Please try again in a minute.")
