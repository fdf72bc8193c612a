"""Where the web server's processes keep their numbers, so that each of them can tell those of all.

prometheus-client reads PROMETHEUS_MULTIPROC_DIR once, when it is imported: gunicorn's master makes the folder before.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
OF_THE_DEAD = "histogram_0.db", "counter_0.db"

_made: Path | None = None


def make() -> None:
    """A fresh folder, for this process and those that it forks."""
    global _made  # noqa: PLW0603 - one master, one folder
    _made = Path(tempfile.mkdtemp(prefix="citas-metrics-"))
    os.environ[VARIABLE] = str(_made)


def remove() -> None:
    """With the master's end."""
    if _made is not None:
        shutil.rmtree(_made, ignore_errors=True)


def shared() -> Path | None:
    """The folder, or None in a process that counts for itself."""
    return Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Inside, no number moves from one file to another."""
    with _locked(folder, fcntl.LOCK_SH):
        yield


def bury(pid: int) -> None:
    """Add a dead worker's numbers to those of the dead before it: else every worker ever started would keep a file."""
    folder = shared()
    if folder is None or not folder.is_dir():
        return
    with _locked(folder, fcntl.LOCK_EX):
        for name in OF_THE_DEAD:
            left = folder / name.replace("_0.", f"_{pid}.")
            if left.exists():
                _add(left, folder / name)
                left.unlink()


def _add(left: Path, kept: Path) -> None:
    from prometheus_client.mmap_dict import MmapedDict

    total = MmapedDict(str(kept))
    for key, value, timestamp, _place in list(MmapedDict.read_all_values_from_file(str(left))):
        total.write_value(key, total.read_value(key)[0] + value, timestamp)
    total.close()


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, how)
        yield
