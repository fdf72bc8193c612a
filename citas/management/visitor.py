"""A browser of one of the clinic's own, for commands that measure what people see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import update_last_login
from django.contrib.auth.signals import user_logged_in
from django.test import Client

from accounts.models import User


@contextmanager
def signed_in(user: User) -> Iterator[Client]:
    """A browser of this person, whose session ends with it; the account does not remember it."""
    host = urlsplit(settings.SITE_URL).netloc
    client = Client(raise_request_exception=False, HTTP_HOST=host, HTTP_ACCEPT_LANGUAGE="en")
    client.defaults["wsgi.url_scheme"] = urlsplit(settings.SITE_URL).scheme
    user_logged_in.disconnect(update_last_login, dispatch_uid="update_last_login")
    try:
        client.force_login(user)
        yield client
    finally:
        user_logged_in.connect(update_last_login, dispatch_uid="update_last_login")
        client.logout()
