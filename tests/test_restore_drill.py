"""The restore drill of docs/operations.md, as it is written there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from citas.environment import EMBEDDED_DATABASES
from tests import engines, programs

URL = next(url for url in EMBEDDED_DATABASES if url.endswith(engines.ENGINE))
CLINIC = ("--doctors", "2", "--patients", "10", "--appointments", "60", "--seed", "3", "--yes")
pytestmark = pytest.mark.xdist_group("transfer")


def drill() -> list[list[str]]:
    """The commands of the drill, without `manage.py` and without the last, which somebody looks at."""
    text = Path(programs.ROOT / "docs" / "operations.md").read_text()
    block = text.partition("### The restore drill")[2].partition("```sh\n")[2].partition("```")[0]
    words = [re.sub(r"\s*#.*", "", line).split() for line in block.splitlines() if line.startswith("manage.py ")]
    assert words[-1] == ["manage.py", "serve"]
    return [command[1:] for command in words[:-1]]


def variables(data: Path) -> dict[str, str]:
    return programs.environment(data, DATABASE_URL=URL, CITAS_ENV="development", CITAS_THROWAWAY="1")


def test_the_drill_brings_everything_back(tmp_path):
    lived, spare, archive = variables(tmp_path / "lived"), variables(tmp_path / "spare"), tmp_path / "last-night.zip"
    for words in (["migrate"], ["seed", *CLINIC], ["export_data", str(archive)]):
        assert programs.manage(*words, env=lived).returncode == 0
    assert archive.stat().st_mode & 0o777 == 0o600

    for words in drill():
        named = [str(archive) if word == archive.name else word for word in words]
        ended = programs.manage(*named, env=spare)
        assert ended.returncode == 0, ended.stderr

    again = tmp_path / "again.zip"
    assert programs.manage("export_data", str(again), env=spare).returncode == 0
    assert again.read_bytes() == archive.read_bytes()
