"""The same POST sent twice makes one thing: the header Idempotency-Key, kept with what it made.

A thing's key follows from whose request it was and its Idempotency-Key, so that the database refuses the second,
however many come at once; the fingerprint of the body tells a repetition from a mistake.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Annotated, Any, TypeVar
from uuid import UUID, uuid5

from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Header
from pydantic import StringConstraints

from citas.apikit import bodies
from citas.db import settled, uuid7
from citas.errors import DomainError

T = TypeVar("T")

KEYS = UUID("4a7d5c1e-1f0b-5d43-9a63-52a4a6f0c3de")  # keys of what is made are named under this one
RACES = 3  # a name in addresses may be taken by another request meanwhile

Key = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[!-~]([ -~]{0,253}[!-~])?$")],
    Header(
        None,
        alias="Idempotency-Key",
        description="1 to 255 printable characters of ASCII. The same key with the same body makes one thing only.",
        example="9b2f6c1e-visit-17",
    ),
]


class KeyReused(DomainError):
    """This Idempotency-Key came with another body before."""

    status = 422
    code = "key-reused"
    message = _("This Idempotency-Key has been used for something else. Take a new one.")


def fingerprint(request: HttpRequest) -> str:
    """What tells one body from another: spaces and the order of names do not count."""
    canonical = json.dumps(bodies.parse(request.body), sort_keys=True, separators=(",", ":"))
    return sha256(f"{request.path}\n{canonical}".encode()).hexdigest()


def key_of(*, actor: Any, kind: str, given: str | None) -> UUID:
    """The key of what this request makes; a new one when it has no Idempotency-Key."""
    return uuid5(KEYS, f"{actor.pk}/{kind}/{given}") if given else uuid7()


def once(*, find: Callable[[], T | None], make: Callable[[], T], body: str) -> T:
    """What `make` makes, or what the same request has made before, as it is now. Raises KeyReused.

    `body` is the fingerprint that `make` stores as `request_fingerprint`.
    """
    known = find()
    for attempt in range(RACES):
        if known is not None:
            return same(known, body)
        try:
            return make()
        except IntegrityError:
            with settled():
                known = find()
            if known is None and attempt == RACES - 1:
                raise
    raise AssertionError("the last attempt returns or raises")


def same(known: T, body: str) -> T:
    """What a key has made before, when its body was this one. Raises KeyReused."""
    if getattr(known, "request_fingerprint", body) != body:
        raise KeyReused
    return known
