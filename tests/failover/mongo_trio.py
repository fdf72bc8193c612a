"""Three MongoDB servers on loopback as one replica set, which chooses its primary by itself."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import PyMongoError

from citas.db import embedded, mongod, ownership
from tests import programs

NAME = "citas"
# Milliseconds. A set in one room may notice a death ten times as fast as the server's defaults, which allow for oceans.
FAST = {"electionTimeoutMillis": 1000, "heartbeatIntervalMillis": 250}
# Each follows the primary itself. With chaining, one trial of about fifteen ended with a member that followed nobody
# after the election (MongoDB 6.0.5), so that no write reached a majority. Why is not known; this avoids it.
FOLLOWING = {"chainingAllowed": False}


class MongoTrio:
    """`settings` are those of its elections: the server's own when there are none."""

    def __init__(self, folder: Path, settings: dict[str, int]) -> None:
        self.folder = folder
        self.settings = settings
        self.ports = [programs.free_port() for _member in range(3)]
        self.members: dict[int, subprocess.Popen[bytes]] = {}
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        self.url = f"mongodb://{hosts}/{NAME}?replicaSet={NAME}"

    def start(self) -> None:
        for port in self.ports:
            self.members[port] = self._start(port)
        assert programs.eventually(lambda: all(self._hello(port) for port in self.ports)), "no answer"
        members = [{"_id": number, "host": f"127.0.0.1:{port}"} for number, port in enumerate(self.ports)]
        config = {"_id": NAME, "members": members, "settings": FOLLOWING | self.settings}
        with pymongo.MongoClient("127.0.0.1", self.ports[0], directConnection=True) as client:
            client.admin.command("replSetInitiate", config)
        assert programs.eventually(self.primary), "no primary"

    def join(self) -> None:
        """All three are there from the start."""

    def _start(self, port: int) -> subprocess.Popen[bytes]:
        files = self.folder / str(port)
        embedded.make_private(files, ownership.owner())
        binary = mongod.binary_of_package()
        command = [*ownership.as_owner(binary, files), str(binary), "--quiet", "--replSet", NAME, "--port", str(port)]
        command += ["--bind_ip", "127.0.0.1", "--nounixsocket", "--dbpath", str(files)]
        command += ["--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "64"]
        command += ["--setParameter", "diagnosticDataCollectionEnabled=false"]
        with (self.folder / f"{port}.log").open("wb") as log:
            return subprocess.Popen(command, cwd="/", stdout=log, stderr=log)

    def primary(self) -> int | None:
        """The port of the member that takes writes."""
        for port in self.ports:
            if self._hello(port).get("isWritablePrimary"):
                return port
        return None

    def _hello(self, port: int) -> dict[str, Any]:
        brief = {"serverSelectionTimeoutMS": 500, "connectTimeoutMS": 500}
        try:
            with pymongo.MongoClient("127.0.0.1", port, directConnection=True, **brief) as client:
                return client.admin.command("hello")
        except PyMongoError:
            return {}

    def lose_the_primary(self) -> float:
        """Kill it by force. The instant of the kill; the others find a new one."""
        port = self.primary()
        assert port is not None
        killed = time.monotonic()
        self.members[port].kill()
        self.members[port].wait()
        return killed

    def stop(self) -> None:
        for member in self.members.values():
            member.kill()
            member.wait()
