"""The processes of `make run`: started together, watched, stopped together."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TextIO

from citas.db.ownership import dying_with_parent
from citas.environment import ConfigurationError, Environment

STOP_SECONDS = 20  # more than gunicorn's graceful_timeout
LONGEST_PAUSE = 30
QUICK_DEATH_SECONDS = 10


@dataclass
class Child:
    """One process. `essential`: when it ends everything ends; others are started again, after ever longer pauses."""

    name: str
    command: list[str]
    essential: bool
    lock: int  # a descriptor that it inherits, so that its life can be seen after the parent's
    process: subprocess.Popen[bytes] | None = None
    born: float = 0
    pause: float = field(default=0, repr=False)

    def start(self) -> None:
        command = [*dying_with_parent("TERM"), *self.command]
        # A session of its own: Ctrl-C in the terminal reaches only the parent, which stops its children in order.
        self.process = subprocess.Popen(command, start_new_session=True, pass_fds=[self.lock], stdin=subprocess.DEVNULL)
        self.born = time.monotonic()

    def look_after(self) -> None:
        """Start again what died; raises ConfigurationError for an essential one."""
        if self.process is None or self.process.poll() is None:
            return
        if self.essential:
            raise ConfigurationError(f"{self.name} has stopped (exit code {self.process.returncode})")
        lived = time.monotonic() - self.born
        self.pause = min(self.pause * 2 + 1, LONGEST_PAUSE) if lived < QUICK_DEATH_SECONDS + self.pause else 0
        if lived >= self.pause:
            print(f"citas: {self.name} had stopped and is started again", file=sys.stderr)  # noqa: T201
            self.start()

    def signal_group(self, number: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def stop(children: list[Child]) -> None:
    """Ask all to end, wait, and kill what is left of them."""
    for child in children:
        if child.process is not None:
            child.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        if child.process is not None:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, deadline - time.monotonic()))
            child.signal_group(signal.SIGKILL)
            child.process.wait()


@contextmanager
def only_one(env: Environment) -> Iterator[int]:
    """Hold the data folder for one `make run`; yields the descriptor that its children inherit.

    Both locks end with their processes, so `kill -9` leaves none; children that still stop after it are waited for.
    """
    with (env.data / "run.lock").open("a+") as mine, (env.data / "children.lock").open("a+") as children:
        if not _lock(mine, seconds=0):
            mine.seek(0)
            raise ConfigurationError(f"it already runs on {env.data}: {mine.read().strip()}")
        mine.truncate(0)
        mine.write(f"{env.site_url} (process {os.getpid()})")
        mine.flush()
        if not _lock(children, seconds=STOP_SECONDS):
            raise ConfigurationError(f"processes of an earlier run on {env.data} do not stop: see `ps`")
        yield children.fileno()


def _lock(file: TextIO, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)


def loopback(port: int) -> list[str]:
    """This machine's own addresses, as gunicorn writes them; raises ConfigurationError when the port is taken."""
    addresses = [f"127.0.0.1:{port}"]
    _try_port(socket.AF_INET, "127.0.0.1", port)
    try:
        _try_port(socket.AF_INET6, "::1", port)
        addresses.append(f"[::1]:{port}")
    except OSError:
        pass  # a machine without IPv6
    return addresses


def _try_port(family: socket.AddressFamily, host: str, port: int) -> None:
    with socket.socket(family) as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((host, port))
        except PermissionError as error:
            raise ConfigurationError(f"port {port} is not allowed to this user: choose one above 1023") from error
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise ConfigurationError(f"port {port} is taken: choose another, PORT={port + 1} make run") from error
