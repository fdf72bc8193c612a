"""Which Chromium the journeys run in. One is always wanted: without it they fail, they are never skipped."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# In containers Chromium has neither the sandbox's rights nor much shared memory; it asks its maker nothing.
SWITCHES = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]


def executable() -> str | None:
    """$CITAS_CHROMIUM, else the first one on PATH; None is Playwright's own."""
    named = os.environ.get("CITAS_CHROMIUM")
    found = filter(None, map(shutil.which, NAMES))
    return named or next(found, None)


def launch(playwright: Playwright) -> Browser:
    path = executable()
    if path and not Path(path).exists():
        pytest.fail(f"CITAS_CHROMIUM is {path!r}, where there is no browser", pytrace=False)
    try:
        return playwright.chromium.launch(executable_path=path, args=SWITCHES)
    except Error as error:
        pytest.fail(f"no Chromium starts here: run `make test`, or set CITAS_CHROMIUM ({error.message})", pytrace=False)
