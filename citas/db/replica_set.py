"""`python -m citas.db.replica_set FILE`: make the MongoDB of DATABASE_URL a replica set of one, and that URL's user.

For a server of our own in a container (docker-compose.yml), started with --replSet and --keyFile; FILE holds the
password of its user `root`. It may run again at any time: what is there stays, and the user gets the URL's password.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.uri_parser import parse_uri

from citas.db.naming import line_of
from citas.environment import ConfigurationError, Environment

ALREADY_INITIALISED = 23
USER_EXISTS = 51003
PATIENCE = 60  # seconds until the server answers, and again until it is primary
# Rows, tables and indexes of one database: migrations need no more, and none of MongoDB's roles writes with less.
ROLE = "readWrite"


def prepare(url: str, root_password: str) -> None:
    """Raises PyMongoError, and ConfigurationError when there is no primary in time."""
    parts = parse_uri(url)
    host, port = parts["nodelist"][0]
    name = parts["options"].get("replicaSet")
    if not (name and parts["username"] and parts["database"]):
        raise ConfigurationError("DATABASE_URL must look like mongodb://user:password@host:27017/name?replicaSet=name")
    root: dict[str, Any] = {
        "username": "root",
        "password": root_password,
        "authSource": "admin",
        "directConnection": True,
    }
    client: pymongo.MongoClient[Any]
    with pymongo.MongoClient(host, port, serverSelectionTimeoutMS=PATIENCE * 1000, **root) as client:
        _initiate(client, name=name, member=f"{host}:{port}")
        _await_primary(client)
        _grant(client[parts["database"]], parts["username"], parts["password"])


def _initiate(client: pymongo.MongoClient[Any], *, name: str, member: str) -> None:
    try:
        client.admin.command("replSetInitiate", {"_id": name, "members": [{"_id": 0, "host": member}]})
    except OperationFailure as error:
        if error.code != ALREADY_INITIALISED:
            raise


def _await_primary(client: pymongo.MongoClient[Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not client.admin.command("hello").get("isWritablePrimary"):
        if time.monotonic() > deadline:
            raise ConfigurationError("the replica set has no primary")
        time.sleep(0.1)


def _grant(database: Any, user: str, password: str) -> None:
    words = {"pwd": password, "roles": [ROLE]}
    try:
        database.command("createUser", user, **words)
    except OperationFailure as error:
        if error.code != USER_EXISTS:
            raise
        database.command("updateUser", user, **words)


def main(words: list[str]) -> str:
    try:
        prepare(Environment.read(os.environ).database, Path(words[0]).read_text().strip())
    except (ConfigurationError, PyMongoError, OSError) as error:
        return f"citas: the replica set cannot be made: {line_of(error)[:200]}"
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) or 0)
