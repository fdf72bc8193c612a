"""containers/make_secrets.sh makes what docker-compose.yml asks for, once, and keeps it."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from citas.environment import SHORTEST_SECRET, Environment
from tests.containers import ROOT, SERVICES

ENGINES = ("postgres", "mongo")


def make(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "containers/make_secrets.sh", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.parametrize("engine", ENGINES)
def test_every_secret_of_the_profile_is_made(tmp_path: Path, engine: str) -> None:
    assert make(engine, str(tmp_path)).returncode == 0
    asked = {
        each if isinstance(each, str) else each["source"]
        for service in SERVICES.values()
        if engine in service["profiles"]
        for each in service.get("secrets", [])
    }
    assert set(content(tmp_path)) == asked | {"engine"}


@pytest.mark.parametrize("engine", ENGINES)
def test_citas_takes_what_was_made(tmp_path: Path, engine: str) -> None:
    make(engine, str(tmp_path))
    names = ("SECRET_KEY", "DATABASE_URL", "EMAIL_URL")
    env = Environment.read(
        {"CITAS_ENV": "production", "SITE_URL": "https://citas.example.com", "ALLOWED_HOSTS": "citas.example.com"}
        | {"CACHE_URL": "redis://valkey:6379/0"}
        | {f"{name}_FILE": str(tmp_path / name.lower()) for name in names}
    )
    assert env.engine == engine
    assert len(env.secret_key) >= SHORTEST_SECRET
    assert urlsplit(env.database).hostname == engine


def test_owner_and_server_of_postgres_are_two(tmp_path: Path) -> None:
    make("postgres", str(tmp_path))
    made = content(tmp_path)
    for user, name in (("citas_owner", "database_owner_url"), ("citas_web", "database_url")):
        assert (urlsplit(made[name]).username, urlsplit(made[name]).password) == (user, made[f"{user}_password"])


def test_secrets_are_random_and_distinct(tmp_path: Path) -> None:
    make("postgres", str(tmp_path / "one"))
    make("postgres", str(tmp_path / "two"))
    one, two = content(tmp_path / "one"), content(tmp_path / "two")
    for name in ("secret_key", "postgres_password", "citas_owner_password", "citas_web_password"):
        assert len(one[name]) == 64
        assert len({one[name], two[name], *one.values()}) == len(set(one.values())) + 1


def test_second_time_changes_nothing_and_keeps_what_was_written(tmp_path: Path) -> None:
    make("mongo", str(tmp_path))
    (tmp_path / "email_url").write_text("smtp+tls://user:password@mail.example.com:587")
    before = content(tmp_path)
    assert make("mongo", str(tmp_path)).returncode == 0
    assert content(tmp_path) == before


def test_secrets_of_another_engine_are_left_alone(tmp_path: Path) -> None:
    make("postgres", str(tmp_path))
    before = content(tmp_path)
    done = make("mongo", str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert content(tmp_path) == before


def test_folder_is_closed_and_the_containers_can_read_the_files(tmp_path: Path) -> None:
    make("postgres", str(tmp_path / "secrets"))
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()} == {0o644}


@pytest.mark.parametrize("words", [(), ("oracle",)])
def test_other_words_are_refused(words: tuple[str, ...]) -> None:
    done = make(*words)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_git_ignores_them() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"secrets/", ".env"} <= set(ignored)
