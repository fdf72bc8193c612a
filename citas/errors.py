"""The one catalogue of what can go wrong: rules raise DomainErrors, requests translate them once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Kind:
    """What a status means to people: `code` names it in the API, `title` heads the page, `detail` is the usual reason.

    `retry_after` is the number of seconds after which trying again makes sense.
    """

    code: str
    title: Any
    detail: Any
    retry_after: int | None = None


CATALOGUE: dict[int, Kind] = {
    400: Kind(
        "unreadable",
        _("We could not read what was sent"),
        _("Something in the address or the form is not as it should be."),
    ),
    401: Kind("log-in", _("Log in first"), _("Log in, or send a token that is in force.")),
    403: Kind(
        "forbidden",
        _("This page is not for this account"),
        _("Log in with the account that may see it, or open the form again if the page was old."),
    ),
    404: Kind(
        "not-found",
        _("We cannot find this page"),
        _("The address may be mistyped, or the page is no longer there."),
    ),
    405: Kind(
        "method-not-allowed",
        _("That cannot be done at this address"),
        _("The header Allow says which methods this address takes."),
    ),
    406: Kind("not-acceptable", _("There is nothing here in that format"), _("Ask for JSON, or for any format.")),
    409: Kind("conflict", _("Something changed meanwhile"), _("What you saw has changed since you opened the page.")),
    410: Kind("gone", _("This is no longer kept"), _("Start again: what was here has had its day.")),
    412: Kind(
        "changed-meanwhile",
        _("Something changed meanwhile"),
        _("This is no longer as it was when you read it. Read it again before you change it."),
    ),
    413: Kind(
        "too-large", _("Too much was sent"), _("That is more than this page takes. Write less, or send no file.")
    ),
    415: Kind("media-type", _("We do not read this format"), _("Send JSON, as application/json.")),
    422: Kind("invalid", _("Something is missing or not right"), _("Correct what is named here and send it again.")),
    429: Kind(
        "too-often",
        _("Please wait a moment"),
        _("Too many attempts have come from here in a short time."),
        retry_after=60,
    ),
    500: Kind(
        "failed",
        _("Something failed on our side"),
        _("It is not your fault, and we have written it down."),
    ),
    503: Kind("unavailable", _("We cannot answer right now"), _("The site is busy or being put right."), retry_after=5),
}


class DomainError(Exception):
    """A rule said no. Subclasses live beside the rule; `status` is the HTTP status that pages and API answer.

    `message` is what people read: it says what to do, never what went wrong inside.
    """

    status = 422
    code = "invalid"
    message = _("That cannot be done.")
    another_time = False  # whether another time would do: then the page offers the nearest
    more: dict[str, Any] = {}  # what the API says besides, such as those times

    def __init__(self, message: object = None) -> None:
        super().__init__(self.code)
        if message is not None:
            self.message = message  # type: ignore[assignment]


class Unavailable(DomainError):
    """The database or the cache does not answer: trying again is safe."""

    status = 503
    code = "unavailable"
    message = _("The appointment book is not available at the moment. Please try again in a minute.")
