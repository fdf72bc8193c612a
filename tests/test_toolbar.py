"""The debug toolbar: in development it shows the queries of a page, on either engine; elsewhere there is none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests import engines, programs

LOOK = """
import json, os, re, sys
if os.environ["MISSING"]:
    sys.modules["debug_toolbar"] = None
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["TABLES"]
django.setup()
from django.test import Client
client = Client(headers={"host": "localhost"})
asked = {"request_id": "none", "panel_id": os.environ["PANEL"]}
response = client.get("/medicos/")
page = response.content.decode()
found = re.search(r'data-request-id="([^"]+)"', page)
told = {"toolbar": "djDebug" in page, "installed": "debug_toolbar" in settings.INSTALLED_APPS, "panel": "",
        "policy": response["Content-Security-Policy"], "timing": response.headers.get("Server-Timing", ""),
        "own": client.get("/__debug__/render_panel/", asked).status_code}
if found:
    told["panel"] = client.get("/__debug__/render_panel/", {**asked, "request_id": found[1]}).json()["content"]
print(json.dumps(told))
"""
PANEL, WORD = ("MQLPanel", "aggregate") if engines.ON_MONGO else ("SQLPanel", "SELECT")


def look(mode: str, *, missing: str = "") -> dict[str, Any]:
    """What a process in that mode shows, on the tables of this test and the servers that run for it."""
    words = {"CITAS_ENV": mode, "CITAS_THROWAWAY": "1", "PANEL": PANEL, "MISSING": missing}
    tables = str(connection.settings_dict["NAME"])
    env = programs.environment(Path(os.environ["CITAS_DATA"]), TABLES=tables, **words)
    env |= {"DATABASE_URL": f"embedded://{engines.ENGINE}", "DJANGO_SETTINGS_MODULE": "citas.settings"}
    command = [sys.executable, "-c", LOOK]
    done = subprocess.run(command, cwd=programs.ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.django_db
def test_development_shows_the_queries_of_a_page():
    told = look("development")
    assert (told["toolbar"], told["own"]) == (True, 200)
    assert WORD in told["panel"]
    assert "doctors_doctor" in told["panel"]
    assert "total;dur=" in told["timing"]
    assert "script-src 'self';" in told["policy"] + ";"


@pytest.mark.django_db
def test_demo_has_none():
    told = look("demo")
    assert (told["toolbar"], told["installed"], told["own"]) == (False, False, 404)
    assert "unsafe" not in told["policy"]
    assert told["timing"] == ""


@pytest.mark.django_db
def test_development_without_its_packages_works_too():
    told = look("development", missing="1")
    assert (told["toolbar"], told["installed"], told["own"]) == (False, False, 404)


def test_production_does_not_need_it():
    pinned = (programs.ROOT / "requirements.txt").read_text()
    assert "debug-toolbar" not in pinned
    assert "mongodb-extensions" not in pinned
