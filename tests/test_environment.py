"""The environment is read in one place, and whatever is wrong with it is said in one line."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from citas.environment import ConfigurationError, Environment

SECRET = "s" * 50
PRODUCTION = {
    "CITAS_ENV": "production",
    "SECRET_KEY": SECRET,
    "SITE_URL": "https://citas.example.com",
    "ALLOWED_HOSTS": "citas.example.com, www.example.com",
    "CACHE_URL": "redis://127.0.0.1:6379/0",
}


@pytest.fixture
def read(tmp_path: Path) -> Any:
    return lambda **variables: Environment.read({"CITAS_ENV": "demo", "CITAS_DATA": str(tmp_path), **variables})


def test_defaults_are_those_of_the_design(read: Any, tmp_path: Path) -> None:
    env = read()
    assert (env.database, env.cache) == ("embedded://postgres", "embedded://valkey")
    assert (env.port, env.workers, env.rate_limit_factor) == (8000, 2, 1)
    assert env.site_url == "http://localhost:8000"
    assert env.data == tmp_path
    assert env.from_email == "citas@localhost"
    assert not env.web
    assert not env.throwaway


def test_site_url_follows_the_port(read: Any) -> None:
    assert read(PORT="9001").site_url == "http://localhost:9001"


def test_data_folder_is_absolute_whatever_was_said(read: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(CITAS_DATA="here").data == tmp_path / "here"


def test_demo_and_development_share_one_generated_key(read: Any, tmp_path: Path) -> None:
    key = read(CITAS_ENV="demo").secret_key
    assert len(key) >= 50
    assert read(CITAS_ENV="development").secret_key == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_key_that_was_given_is_taken_and_nothing_is_written(read: Any, tmp_path: Path) -> None:
    assert read(SECRET_KEY=SECRET).secret_key == SECRET
    assert list(tmp_path.iterdir()) == []


def test_data_folder_is_closed_to_others(tmp_path: Path) -> None:
    data = tmp_path / "data"
    Environment.read({"CITAS_ENV": "demo", "CITAS_DATA": str(data)})
    # As root the servers run as another user, who must pass; nobody else can list it.
    assert stat.S_IMODE(data.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)


def test_secrets_do_not_show_in_a_traceback(read: Any) -> None:
    env = read(SECRET_KEY=SECRET, EMAIL_URL="smtp+tls://user:hidden-word@mail.example.com:587")
    assert SECRET not in repr(env)
    assert "hidden-word" not in repr(env)


def test_production_with_everything_is_read(read: Any) -> None:
    env = read(**PRODUCTION, TRUSTED_PROXIES="10.0.0.0/8, ::1", EMAIL_URL="smtp+tls://u:p%40ss@mail.example.com:587")
    assert env.allowed_hosts == ["citas.example.com", "www.example.com"]
    assert env.trusted_proxies == ["10.0.0.0/8", "::1"]
    assert (env.delivery["EMAIL_HOST_PASSWORD"], env.delivery["EMAIL_USE_TLS"]) == ("p@ss", True)
    assert env.from_email == "citas@citas.example.com"


@pytest.mark.parametrize("missing", ["SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "CACHE_URL"])
def test_production_refuses_to_start_without(read: Any, missing: str) -> None:
    with pytest.raises(ConfigurationError, match=missing):
        read(**{**PRODUCTION, missing: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CITAS_ENV", ""),
        ("CITAS_ENV", "prod"),
        ("PORT", "abc"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "٣٣"),
        ("PORT", "8" * 5000),
        ("WEB_WORKERS", "0"),
        ("WEB_WORKERS", "2.5"),
        ("RATE_LIMIT_FACTOR", "much"),
        ("RATE_LIMIT_FACTOR", "0"),
        ("RATE_LIMIT_FACTOR", "nan"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://user:hidden-word@host/name"),
        ("DATABASE_URL", "embedded://oracle"),
        ("DATABASE_URL", "citas"),
        ("CACHE_URL", "memcached://host"),
        ("CACHE_URL", "embedded://postgres"),
        ("SITE_URL", "citas.example.com"),
        ("SITE_URL", "https://citas.example.com/app"),
        ("SITE_URL", "https://[bad"),
        ("SITE_URL", "https://host:port"),
        ("SECRET_KEY", "short"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, somewhere"),
        ("EMAIL_URL", "pigeon://user:hidden-word@loft"),
        ("EMAIL_URL", "smtp://host:port"),
        ("CITAS_DATA", "/dev/null/data"),
    ],
)
def test_wrong_value_is_named_in_one_line_without_passwords(read: Any, name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name) as caught:
        read(**{name: value})
    assert "\n" not in str(caught.value)
    assert "hidden-word" not in str(caught.value)


def test_production_refuses_plain_http(read: Any) -> None:
    with pytest.raises(ConfigurationError, match="https"):
        read(**{**PRODUCTION, "SITE_URL": "http://citas.example.com"})


def test_cache_in_process_is_refused_for_several_workers(read: Any) -> None:
    env = read(CACHE_URL="")
    env.refuse_private_caches(1)
    with pytest.raises(ConfigurationError, match="WEB_WORKERS"):
        env.refuse_private_caches(2)
    read().refuse_private_caches(2)
