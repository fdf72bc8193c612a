"""One id a request, so that a page, a log line and a question on the phone can be brought together."""

import re
from contextvars import ContextVar

from citas.db import uuid7

current: ContextVar[str] = ContextVar("request_id", default="")
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")


def begin(given: str) -> str:
    """Take the id that a proxy gave when it is harmless, else make one."""
    request_id = given if _ACCEPTED.fullmatch(given) else uuid7().hex
    current.set(request_id)
    return request_id
