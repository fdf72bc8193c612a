"""The embedded servers: joined when they run, else started, stopped after the last user (docs/decisions/0004)."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from citas.environment import ConfigurationError, Environment, make_data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

KEEPER = Path(__file__).with_name("keeper.py")
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432.lock")  # bytes: macOS allows 103 for a socket's path, Linux 107
START_SECONDS = 120  # a crash recovery after `kill -9` may take its time
STOP_SECONDS = 30
STARTS = 3  # a keeper that was just told to stop may take a newcomer with it


@dataclass(frozen=True, kw_only=True)
class Server:
    """One embedded server. `prepare` and then `command` are called before each start, while nobody keeps the folder."""

    name: str
    folder: Path
    stop_signal: str
    prepare: Callable[[], None]
    command: Callable[[], list[str]]
    answers: Callable[[], bool]


_joined: dict[Path, int] = {}  # descriptors of users.lock, open until the process ends


def ensure(env: Environment) -> None:
    """Have the embedded servers that `env` asks for answer, for as long as this process and its forks live.

    Raises ConfigurationError when one does not start. Calling again costs nothing.
    """
    for server in servers(env):
        if server.folder not in _joined:
            _joined[server.folder] = _join(server)


def release(env: Environment) -> None:
    """Leave the servers, and wait until those that nobody else uses have stopped."""
    for server in servers(env):
        users = _joined.pop(server.folder, None)
        if users is not None:
            last = _try_lock(users)
            os.close(users)
            if last:
                _wait(partial(_unkept, server.folder), STOP_SECONDS)


def servers(env: Environment) -> Iterator[Server]:
    # Imported here: each server's module needs names of this one.
    from citas.db import mongod, postgres, valkey

    if env.database == "embedded://postgres":
        yield postgres.server(env)
    if env.database == "embedded://mongo":
        yield mongod.server(env)
    if env.cache == "embedded://valkey":
        yield valkey.server(env)


def package_folder(name: str) -> Path:
    """Where an installed package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ConfigurationError(f"the package {name} is not installed: pip install -r requirements.txt")
    return Path(spec.origin).parent


def socket_folder(data: Path) -> Path:
    """Where the sockets lie: in the data folder, or under /tmp when that path is too long for a socket."""
    folder = data / "run"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    # make_private refuses one that somebody else has put there.
    return Path("/tmp") / f"citas-{os.geteuid()}-{digest}"  # noqa: S108


def make_private(folder: Path, owner: int) -> None:
    """Make a folder that only `owner` (a user's number) enters; refuse one that somebody else has put there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), owner):
        raise ConfigurationError(f"{folder} belongs to somebody else: remove it, or set CITAS_DATA to another folder")
    folder.chmod(0o700)
    if found.st_uid != owner:
        os.chown(folder, owner, -1)


def _join(server: Server) -> int:
    """Count this process among the server's users; start the server when nobody keeps it. Returns the open lock."""
    try:
        make_data_folder(server.folder.parent)
        make_data_folder(server.folder)
        start = _open(server.folder / "start.lock")
        users = _open(server.folder / "users.lock")
        try:
            fcntl.flock(start, fcntl.LOCK_EX)
            # Waits here while a keeper without users is still stopping its server.
            fcntl.flock(users, fcntl.LOCK_SH)
            _bring_up(server)
            return users
        except BaseException:
            os.close(users)
            raise
        finally:
            os.close(start)
    except OSError as error:
        raise ConfigurationError(f"the embedded {server.name} cannot be started: {error}") from error


def _start(server: Server) -> None:
    server.prepare()
    command = [sys.executable, "-I", str(KEEPER), str(server.folder), server.stop_signal]
    command += server.command()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def _bring_up(server: Server) -> None:
    """Start the server unless somebody keeps it, and wait for its answer; again when its keeper has gone meanwhile."""
    for _attempt in range(STARTS):
        if not _kept(server.folder):
            _start(server)
        if _wait(lambda: server.answers() or not _kept(server.folder), START_SECONDS) and server.answers():
            return
    log = server.folder / "server.log"
    raise ConfigurationError(f"the embedded {server.name} does not start: {_complaint(log)} ({log})")


def _complaint(log: Path) -> str:
    """The line of a server's log that most likely says why it did not start."""
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    grave = [line for line in lines if "FATAL" in line or "PANIC" in line or "Fatal" in line]
    return (grave or lines or ["it says nothing"])[-1]


def _kept(folder: Path) -> bool:
    """Whether a keeper lives for this folder."""
    keeper = _open(folder / "keeper.lock")
    try:
        return not _try_lock(keeper)
    finally:
        os.close(keeper)


def _unkept(folder: Path) -> bool:
    return not _kept(folder)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    """Look again and again, ever more slowly, until the condition holds; False when the time is over."""
    deadline = time.monotonic() + seconds
    pause = 0.01
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)
    return True
