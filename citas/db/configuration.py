"""Django's DATABASES and CACHES from the environment, and whether those servers are there and new enough."""

from __future__ import annotations

from typing import Any

import psycopg
import redis
from psycopg.conninfo import conninfo_to_dict

from citas.db import embedded, mongo_settings, postgres, postgres_deadlines, valkey
from citas.db.naming import application, line_of
from citas.environment import ConfigurationError, Environment

OLDEST_POSTGRES = 15
DATABASE_EXAMPLE = "postgres://user:password@host:5432/name"
THREADS = 8  # of one web worker: gunicorn.conf.py takes it from here
KNOWN_BY_DJANGO = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
# The pool gives a thread its connection within a second or says no; it tries again after a second, not after minutes.
POOL = {
    "connection_class": postgres_deadlines.Connection,
    "min_size": 1,
    "max_size": THREADS,
    "timeout": 1,
    "reconnect_timeout": 1,
    "max_idle": 300,
}


def databases(env: Environment) -> dict[str, dict[str, Any]]:
    """settings.DATABASES. Opens nothing, starts nothing; raises ConfigurationError for a wrong URL."""
    return {"default": mongo_settings.database(env) if env.engine == "mongo" else _postgres(env)}


def beside(env: Environment) -> dict[str, Any]:
    """Settings beside DATABASES that depend on the engine: kinds of keys, and whose migrations are whose."""
    return mongo_settings.beside() if env.engine == "mongo" else {}


def installed(env: Environment, apps: list[str]) -> list[str]:
    """settings.INSTALLED_APPS as the engine wants them."""
    return mongo_settings.installed(apps) if env.engine == "mongo" else apps


def _postgres(env: Environment) -> dict[str, Any]:
    options = {"application_name": application(env)}
    known = {"NAME": postgres.NAME, "USER": postgres.USER, "HOST": str(embedded.socket_folder(env.data))}
    if not env.database.startswith("embedded:"):
        words = _words(env.database)
        known = {KNOWN_BY_DJANGO[word]: words.pop(word) for word in KNOWN_BY_DJANGO if word in words}
        options = options | words
    return {
        "ENGINE": "django.db.backends.postgresql",
        **known,
        "CONN_HEALTH_CHECKS": env.web,
        "OPTIONS": options | ({"pool": dict(POOL)} if env.web else {}),
    }


def caches(env: Environment) -> dict[str, dict[str, Any]]:
    """settings.CACHES. One Redis-like server for all workers, or memory of this process when the URL is empty."""
    if not env.cache:
        return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": _cache_url(env),
            "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        }
    }


def ready(env: Environment) -> None:
    """Ask the servers of URLs, start the embedded ones; raises ConfigurationError when one is dead or too old."""
    if not env.database.startswith("embedded:"):
        mongo_settings.ask(env) if env.engine == "mongo" else _ask_postgres(env)
    if env.cache and not env.cache.startswith("embedded:"):
        _ask_cache(env)
    embedded.ensure(env)


def _ask_postgres(env: Environment) -> None:
    try:
        with psycopg.connect(**_words(env.database)) as connection:  # type: ignore[arg-type]
            version = connection.info.server_version // 10000
    except psycopg.Error as error:
        raise ConfigurationError(f"the database of DATABASE_URL does not answer: {line_of(error)}") from error
    if version < OLDEST_POSTGRES:
        raise ConfigurationError(
            f"the database of DATABASE_URL is PostgreSQL {version}: Citas needs {OLDEST_POSTGRES} or newer"
        )


def _ask_cache(env: Environment) -> None:
    try:
        with redis.Redis.from_url(env.cache, socket_timeout=3, socket_connect_timeout=3) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise ConfigurationError(f"the cache of CACHE_URL does not answer: {line_of(error)}") from error


def _words(url: str) -> dict[str, str]:
    """What libpq reads from a URL. With several hosts the one that takes writes is meant, unless the URL says else."""
    try:
        words = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.Error as error:
        # libpq's text may repeat the password.
        raise ConfigurationError(f"DATABASE_URL is no PostgreSQL URL: {DATABASE_EXAMPLE}") from error
    if not words.get("dbname"):
        raise ConfigurationError(f"DATABASE_URL names no database: {DATABASE_EXAMPLE}")
    if "," in words.get("host", ""):
        words.setdefault("target_session_attrs", "read-write")
    return {"connect_timeout": "3"} | words


def _cache_url(env: Environment) -> str:
    return f"unix://{valkey.path(env.data)}" if env.cache.startswith("embedded:") else env.cache
