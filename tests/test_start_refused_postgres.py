"""Which PostgreSQL is taken, and how it is reached."""

from __future__ import annotations

import os

import pytest

from citas.db import configuration
from citas.environment import ConfigurationError, Environment


def test_old_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # There is no old server to install here: the one of the tests must be older than what is asked for.
    monkeypatch.setattr(configuration, "OLDEST_POSTGRES", 99)
    env = Environment.read(os.environ)
    known = configuration.databases(env)["default"]
    url = f"postgres://{known['USER']}@/{known['NAME']}?host={known['HOST']}"
    with pytest.raises(ConfigurationError, match="99 or newer"):
        configuration.ready(Environment.read({**os.environ, "DATABASE_URL": url}))


def test_database_and_cache_of_a_url_that_answer_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    env = Environment.read(os.environ)
    known = configuration.databases(env)["default"]
    url = f"postgres://{known['USER']}@/{known['NAME']}?host={known['HOST']}"
    cache = configuration.caches(env)["default"]["LOCATION"]
    configuration.ready(Environment.read({**os.environ, "DATABASE_URL": url, "CACHE_URL": cache}))


def test_several_hosts_mean_the_one_that_takes_writes() -> None:
    url = "postgres://u:p%40ss@one:5432,two:5433/citas?sslmode=verify-full"
    known = configuration.databases(Environment.read({**os.environ, "DATABASE_URL": url}))["default"]
    assert (known["HOST"], known["PORT"], known["PASSWORD"]) == ("one,two", "5432,5433", "p@ss")
    assert known["OPTIONS"]["target_session_attrs"] == "read-write"
    assert known["OPTIONS"]["sslmode"] == "verify-full"


def test_only_the_web_server_keeps_a_pool() -> None:
    web = configuration.databases(Environment.read({**os.environ, "CITAS_PROCESS": "web"}))["default"]
    command = configuration.databases(Environment.read(os.environ))["default"]
    assert web["OPTIONS"]["pool"]["timeout"] == 1
    assert web["CONN_HEALTH_CHECKS"]
    assert "pool" not in command["OPTIONS"]
