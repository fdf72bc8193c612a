"""The rules of the house that a machine can see."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "appointments", "citas", "doctors", "notifications", "patients")
LONGEST_FILE = 300
ENGINES = ("mongo", "mongodb", "postgres", "postgresql")
DECISIONS = (ast.Compare, ast.Call, ast.Dict, ast.MatchValue, ast.Subscript)
READS_THE_URL = ROOT / "citas" / "environment.py"
STORES = ("models.py", "repository.py", "_repository.py", "/models/", "/repository/")


def sources() -> list[Path]:
    found = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
    return [*found, *sorted((ROOT / "tests").glob("*.py")), ROOT / "conftest.py", ROOT / "manage.py"]


def code() -> list[Path]:
    """Sources without tests."""
    return [path for path in sources() if "tests" not in path.parts and path.name != "conftest.py"]


def functions(paths: list[Path]) -> Iterator[tuple[str, int]]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield f"{path}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1


def touches_storage(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr == "objects":
            yield f"{path}:{node.lineno} .objects"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("save", "delete"):
            yield f"{path}:{node.lineno} .{node.func.attr}()"


def asks_for_the_engine(text: str) -> Iterator[str]:
    """Where a source takes one way on one engine and another way on the other."""
    for node in ast.walk(ast.parse(text)):
        named = {getattr(node, name, None) for name in ("attr", "id", "name")}
        words = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and part.value in ENGINES}
        if named & {"vendor", "on_mongo"} or (isinstance(node, DECISIONS) and words):
            yield f"line {getattr(node, 'lineno', '?')}"


def test_files_are_short():
    long = {str(path): lines for path in sources() if (lines := path.read_text().count("\n")) > LONGEST_FILE}

    assert long == {}


def test_functions_are_short():
    lengths = [length for _name, length in functions(code())]

    assert median(lengths) <= 10
    assert quantiles(lengths, n=10)[-1] <= 30


@pytest.mark.parametrize("path", code(), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_models_and_repositories_touch_storage(path):
    allowed = any(str(path).endswith(store) or store in str(path) for store in STORES)

    assert allowed or ROOT / "citas" / "db" in path.parents or list(touches_storage(path)) == []


@pytest.mark.parametrize("path", code(), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_citas_db_and_repositories_know_the_engine(path):
    allowed = ROOT / "citas" / "db" in path.parents or path.name.endswith("repository.py") or path == READS_THE_URL

    assert allowed or list(asks_for_the_engine(path.read_text())) == []


@pytest.mark.parametrize(
    "text",
    [
        "if connection.vendor == x: pass",
        "from citas.db import on_mongo",
        "if db.on_mongo(): pass",
        "if env.engine == 'mongo': pass",
        "kind = {} if url.startswith(('mongodb', 'other')) else []",
        "match engine:\n    case 'postgres': pass",
        "{'postgresql': 1}[name]",
    ],
)
def test_control_each_way_to_ask_for_the_engine_is_seen(text):
    assert list(asks_for_the_engine(text))
