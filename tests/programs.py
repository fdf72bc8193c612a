"""Running the project's programs as an operator does: in processes of their own, on a data folder of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.engines import ENGINE

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = ("CITAS_", "DJANGO_", "PYTEST_", "DATABASE_URL", "CACHE_URL", "SECRET_KEY", "SITE_URL", "PORT", "EMAIL_")


def environment(data: Path, **variables: str) -> dict[str, str]:
    """This process's environment without what the tests have set, the same engine, and a data folder of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
    same = {} if "DATABASE_URL_FILE" in variables else {"DATABASE_URL": f"embedded://{ENGINE}"}
    return {**kept, **same, "CITAS_DATA": str(data), **variables}


def manage(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)


def start(*words: str, env: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def free_port() -> int:
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        return int(candidate.getsockname()[1])


def of(data: Path) -> list[psutil.Process]:
    """Every process that belongs to a data folder: its servers name it, the others have it in their environment."""
    return [process for process in psutil.process_iter() if process.pid != os.getpid() and _names(process, data)]


def _names(process: psutil.Process, data: Path) -> bool:
    try:
        words = [*process.cmdline(), process.environ().get("CITAS_DATA", "")]
    except psutil.Error:
        return False
    return any(str(data) in word for word in words)


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    os.kill(pid, number)


def eventually(condition: Callable[[], object], seconds: float = 30) -> bool:
    """Whether the condition comes true within this time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
