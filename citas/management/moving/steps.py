"""The commands that a move is made of, each a process of its own: an engine is chosen once for a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings


class StepFailed(Exception):
    """A command did not succeed; it has said why on stderr."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A database: its URL, and the data folder of its embedded server where that is not the usual one."""

    url: str
    data: Path | None = None

    @property
    def variables(self) -> dict[str, str]:
        return {"DATABASE_URL": self.url} | ({"CITAS_DATA": str(self.data)} if self.data else {})


def run(place: Place, *words: str) -> str:
    """What a `manage.py` command says on stdout there. Raises StepFailed."""
    done = subprocess.run(command(*words), env=environment(place), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise StepFailed(f"{words[0]} failed: {_last_line(done.stdout)}")
    return done.stdout


def result(place: Place, *words: str) -> dict[str, Any]:
    """The same of a command with --json: its last line, read."""
    return json.loads(run(place, *words, "--json").strip().splitlines()[-1])


def command(*words: str) -> list[str]:
    # The checks of the whole project take half a second, and this process has made them.
    return [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *words, "--skip-checks"]


def environment(place: Place) -> Mapping[str, str]:
    return {**os.environ, **place.variables}


def _last_line(text: str) -> str:
    """A result that says what differs, or nothing where the reason is on stderr."""
    lines = text.strip().splitlines()
    return lines[-1][:500] if lines else "see above"
