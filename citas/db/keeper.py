"""Keep one embedded server alive while somebody uses it, and stop it after the last user, however that user ended.

A program of its own, `python keeper.py FOLDER SIGNAL COMMAND…`, on the standard library alone: it starts in 20 ms.
Users are counted by a lock of the kernel (flock), which ends with its process, on `kill -9` too: none is ever stale.

FOLDER/users.lock    shared: each process that uses the server; exclusive: the keeper, from the moment that nobody does
FOLDER/keeper.lock   exclusive: the keeper, all its life
FOLDER/server.log    what the server says; the file of the last start is kept as server.log.1
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

QUICK_DEATH_SECONDS = 2
QUICK_DEATHS_ALLOWED = 6
LOOKS_OUTLASTED = 100


class Keeper:
    """Runs the command again when it dies (a killed server comes back), until somebody says stop."""

    def __init__(self, folder: Path, stop_signal: signal.Signals, command: list[str]) -> None:
        self.folder = folder
        self.stop_signal = stop_signal
        self.command = command
        self.stopping = threading.Event()
        self.server: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Return 0 after a wanted end, 1 when the server does not stay up."""
        signal.signal(signal.SIGTERM, lambda *_: self.stop())
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=self.await_last_user, daemon=True).start()
        quick_deaths = 0
        while not self.stopping.is_set() and quick_deaths < QUICK_DEATHS_ALLOWED:
            quick_deaths = quick_deaths + 1 if self.serve_once() < QUICK_DEATH_SECONDS else 0
            # A killed PostgreSQL leaves shared memory to its last child for a moment.
            self.stopping.wait(0.1 * quick_deaths)
        return 0 if self.stopping.is_set() else 1

    def serve_once(self) -> float:
        """Seconds that the server lived."""
        born = time.monotonic()
        with (self.folder / "server.log").open("ab") as log:
            self.server = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if self.stopping.is_set():
            self.stop()
        self.server.wait()
        return time.monotonic() - born

    def await_last_user(self) -> None:
        users = os.open(self.folder / "users.lock", os.O_RDWR)
        fcntl.flock(users, fcntl.LOCK_EX)
        # Whoever comes now waits at the lock until this program has ended, and then starts a new one.
        self.stop()
        threading.Event().wait()

    def stop(self) -> None:
        self.stopping.set()
        if self.server is not None:
            self.server.send_signal(self.stop_signal)


def take(lock: int) -> bool:
    """Take the lock; somebody who only looks whether it is taken holds it for a moment."""
    for _attempt in range(LOOKS_OUTLASTED):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
        else:
            return True
    return False


def main(folder: str, stop_signal: str, *command: str) -> int:
    os.chdir(folder)
    keeper_lock = os.open("keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    # Taken before the fork, so that the lock is held as soon as the caller goes on.
    if not take(keeper_lock):
        return 1
    if os.fork():
        return 0
    os.setsid()
    log = Path("server.log")
    if log.exists():
        log.replace("server.log.1")
    return Keeper(Path(), signal.Signals[stop_signal], list(command)).run()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
