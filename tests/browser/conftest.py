"""A real server on the test database, one Chromium for all journeys, and a fresh visitor for each.

Whatever the browser complains about fails the journey: an error on the console, a piece that the CSP refused, a file
that is missing, a request that leaves the site.
"""

from __future__ import annotations

import os

# Playwright's loop runs in this thread, and Django would refuse the database to a thread with a running loop.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from accounts.models import User
from tests.browser.chromium import launch
from tests.browser.complaints import Complaints

PHONE = {"width": 390, "height": 844}
PATIENCE = 20_000  # milliseconds: machines that test are busy ones
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All journeys are marked, and one worker of xdist takes them: a second Chromium would only be in the way."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> datetime:
    """The server's clock stands at the cast's Tuesday, 10:00 in Madrid, whenever the tests are run."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return now


@pytest.fixture(autouse=True)
def _mail_goes_to_the_outbox(settings: Any, live_server: Any) -> None:
    settings.SITE_URL = live_server.url
    settings.EMAIL_BACKEND = "notifications.backend.OutboxBackend"
    settings.DELIVERY = {"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}


@pytest.fixture
def visitor(chromium: Browser, live_server: Any) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser of its own for one more person: `visitor()`, `visitor(java_script_enabled=False)`."""
    opened: list[tuple[BrowserContext, Complaints]] = []

    def open_one(**options: Any) -> BrowserContext:
        given = {"viewport": PHONE, "locale": "es-ES", "timezone_id": "Europe/Madrid", **options}
        context = chromium.new_context(base_url=live_server.url, **given)
        context.set_default_timeout(PATIENCE)
        opened.append((context, Complaints(context, home=live_server.url)))
        return context

    yield open_one
    for context, _complaints in opened:
        context.close()
    assert [complaint for _context, complaints in opened for complaint in complaints.heard] == []


@pytest.fixture
def signed_in(visitor: Callable[..., BrowserContext], live_server: Any) -> Callable[..., Page]:
    """Opens a browser in which this person has logged in before: `signed_in(user)`."""

    def open_one(user: User, **options: Any) -> Page:
        client = Client()
        client.force_login(user)
        context = visitor(**options)
        context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
        return context.new_page()

    return open_one


@pytest.fixture
def page(visitor: Callable[..., BrowserContext]) -> Page:
    """A phone's page of a visitor whom nobody knows."""
    return visitor().new_page()
