"""Django's WSGI handler for a site that speaks UTF-8 and nothing else."""

from __future__ import annotations

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest


class Utf8Request(WSGIRequest):
    """Django reads the address in whatever encoding a request claims, and falls over those that give no text, such as
    rot13, before any middleware. CleanInputMiddleware refuses such claims; until then the address is read as UTF-8.
    """

    @property
    def encoding(self) -> None:
        return None  # the site's own

    @encoding.setter
    def encoding(self, claimed: str) -> None:
        """Not believed."""


class Handler(WSGIHandler):
    request_class = Utf8Request


def application() -> Handler:
    django.setup(set_prefix=False)
    return Handler()
