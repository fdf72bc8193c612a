"""Django's settings on MongoDB, and whether that server is there, new enough and a replica set."""

from __future__ import annotations

from typing import Any

import pymongo
from pymongo.errors import ConfigurationError as WrongURL
from pymongo.errors import InvalidURI, PyMongoError
from pymongo.uri_parser import parse_uri

from citas.db import mongod
from citas.db.deadlines import STATEMENT_SECONDS
from citas.db.naming import application, line_of
from citas.environment import ConfigurationError, Environment

OLDEST = (6, 0)
EXAMPLE = "mongodb://user:password@host:27017/name?replicaSet=rs0"
KEYS = "django_mongodb_backend.fields.ObjectIdAutoField"
# Apps that are not ours have whole numbers as keys: on MongoDB they get ObjectIds, and migrations that say so, which
# `make mongo-migrations` makes (docs/decisions/0009).
COPIED = ("admin", "auth", "contenttypes", "sessions", "account")
CONFIGURED = {
    "django.contrib.admin": "citas.db.mongo.apps.AdminConfig",
    "django.contrib.auth": "citas.db.mongo.apps.AuthConfig",
    "django.contrib.contenttypes": "citas.db.mongo.apps.ContentTypesConfig",
}
# An acknowledged write is in the journals of most members, so that neither a crash nor a new primary loses it; and only
# such writes are read, so that nobody is told of a booking which a new primary would not know.
DURABLE = {"w": "majority", "journal": True, "readConcernLevel": "majority"}
# Of web requests. The driver keeps the first for each operation, its retries and the search for a primary included;
# socketTimeoutMS would let a request wait for several time-outs, one after the other.
DEADLINES: dict[str, Any] = {
    "timeoutMS": round(STATEMENT_SECONDS * 1000),
    "serverSelectionTimeoutMS": round(STATEMENT_SECONDS * 1000),
    "connectTimeoutMS": 1000,
}
BRIEFLY: dict[str, Any] = {"serverSelectionTimeoutMS": 3000, "connectTimeoutMS": 3000}
THROWAWAY = {"w": 1, "journal": False}


def database(env: Environment) -> dict[str, Any]:
    """settings.DATABASES["default"]; raises ConfigurationError for a wrong URL."""
    url = mongod.url(env.data) if env.database.startswith("embedded:") else env.database
    safety = THROWAWAY if env.throwaway else DURABLE
    options = {"appname": application(env), "serverSelectionTimeoutMS": 5000, "connectTimeoutMS": 3000}
    deadlines = DEADLINES if env.web else {}
    return {"ENGINE": "citas.db.mongo", "NAME": _name(url), "HOST": url, "OPTIONS": options | safety | deadlines}


def beside() -> dict[str, Any]:
    """The other settings that differ."""
    return {
        "DEFAULT_AUTO_FIELD": KEYS,
        "ALLAUTH_DEFAULT_AUTO_FIELD": KEYS,
        "MIGRATION_MODULES": {app: f"citas.db.mongo_migrations.{app}" for app in COPIED},
    }


def installed(apps: list[str]) -> list[str]:
    """INSTALLED_APPS with the configurations that give contrib apps their kind of key."""
    return [CONFIGURED.get(app, app) for app in apps]


def ask(env: Environment) -> None:
    """Raise ConfigurationError when the server of DATABASE_URL is dead, too old, or alone, or the URL is none."""
    _name(env.database)
    try:
        client: pymongo.MongoClient[Any] = pymongo.MongoClient(env.database, **BRIEFLY)
        with client:
            version = client.server_info()["versionArray"][:2]
            hello = client.admin.command("hello")
    except (PyMongoError, ValueError) as error:
        raise ConfigurationError(f"the database of DATABASE_URL does not answer: {_said(error)}") from error
    if tuple(version) < OLDEST:
        known = ".".join(map(str, version))
        raise ConfigurationError(f"the database of DATABASE_URL is MongoDB {known}: Citas needs 6.0 or newer")
    if not hello.get("setName") and hello.get("msg") != "isdbgrid":
        raise ConfigurationError(
            "the database of DATABASE_URL is a MongoDB without a replica set, which has no transactions: "
            "start it with --replSet and run rs.initiate() once"
        )


def _name(url: str) -> str:
    """The database that a URL names. A mongodb+srv:// URL is not looked up in the DNS for it."""
    try:
        name = parse_uri(url.replace("mongodb+srv://", "mongodb://", 1), validate=False, warn=False)["database"]
    except (InvalidURI, WrongURL, ValueError) as error:
        # The driver's text may repeat the password.
        raise ConfigurationError(f"DATABASE_URL is no MongoDB URL: {EXAMPLE}") from error
    if not name:
        raise ConfigurationError(f"DATABASE_URL names no database: {EXAMPLE}")
    return str(name)


def _said(error: BaseException) -> str:
    """The first part of the driver's text; the rest describes its inner state."""
    return line_of(error).split(", Timeout:", 1)[0][:200]
