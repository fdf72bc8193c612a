"""Two PostgreSQL servers on loopback: one takes writes, the other confirms each before its client is told."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import psycopg

from citas.db import embedded, ownership, postgres
from tests import programs

USER = "citas"
QUICK = {"fsync": "off", "full_page_writes": "off"}  # no machine dies here, only processes do


class Server:
    """One of the two."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = programs.free_port()
        self.before = ownership.as_owner(folder, postgres.binaries())
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, program: str, *words: str) -> None:
        command = [*self.before, str(postgres.binaries() / program), *words]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        settings = {
            **QUICK,
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "cluster_name": self.folder.name,  # how a standby names itself
            "max_connections": "100",
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [*self.before, str(postgres.binaries() / "postgres"), "-D", str(self.folder), *words]
        with self.folder.with_suffix(".log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd="/", stdout=log, stderr=log)
        assert programs.eventually(self.answers), self.folder.with_suffix(".log").read_text()

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        words = f"host=127.0.0.1 port={self.port} user={USER} dbname={database} connect_timeout=3"
        with psycopg.connect(words, autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def answers(self) -> bool:
        try:
            return bool(self.execute("SELECT 1"))
        except psycopg.OperationalError:
            return False

    def processes(self) -> list[psutil.Process]:
        if self.process is None or self.process.poll() is not None:
            return []
        postmaster = psutil.Process(self.process.pid)
        return [postmaster, *postmaster.children(recursive=True)]

    def signal(self, number: signal.Signals) -> None:
        """To the server and all its processes at once."""
        for process in self.processes():
            os.kill(process.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


class PostgresPair:
    """`primary` and `standby`. Only while both are up is anything booked."""

    def __init__(self, folder: Path) -> None:
        self.primary, self.standby = Server(folder / "primary"), Server(folder / "standby")
        self.url = f"postgres://{USER}@127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}/{USER}"

    def start(self) -> None:
        """The primary alone: what is prepared before `join` takes no detour."""
        embedded.make_private(self.primary.folder, ownership.owner())
        words = ["--username", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        self.primary.run("initdb", "-D", str(self.primary.folder), *words)
        self.primary.start()
        self.primary.execute(f"CREATE DATABASE {USER}")

    def join(self) -> None:
        """Have the standby stream, and every commit wait for it."""
        embedded.make_private(self.standby.folder, ownership.owner())
        source = ["-h", "127.0.0.1", "-p", str(self.primary.port), "-U", USER]
        options = ["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"]
        self.standby.run("pg_basebackup", "-D", str(self.standby.folder), *source, *options)
        self.standby.start()
        self.primary.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        self.primary.execute("SELECT pg_reload_conf()")
        assert programs.eventually(self.is_synchronous)

    def is_synchronous(self) -> bool:
        return self.primary.execute("SELECT sync_state FROM pg_stat_replication") == [("sync",)]

    def lose_the_primary(self) -> float:
        """Kill it by force, make sure that it never comes back, promote the other. The instant of the kill."""
        killed = time.monotonic()
        self.primary.kill()
        self.primary.folder.rename(self.primary.folder.with_name("fenced"))
        self.standby.execute("SELECT pg_promote()")
        return killed

    def stop(self) -> None:
        for server in (self.primary, self.standby):
            server.kill()
