"""The mail worker as an operator meets it: it works in a loop, outlives its database, and ends when it is told to."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notifications.tests.smtp import MailServer
from tests import engines, programs
from tests.crash_load import RECORDS

# On one worker of xdist, since they share a data folder.
pytestmark = pytest.mark.xdist_group("worker")

SEND = "from django.core.mail import send_mail; send_mail('Asunto', 'Texto', None, ['{}@example.com'])"


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worker") / "data"
    env = programs.environment(folder, CITAS_ENV="development")
    assert programs.manage("migrate", "--verbosity", "0", env=env).returncode == 0
    return folder


class Ground:
    """A clinic's data folder, a mail server, and `manage.py worker` between them."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process: subprocess.Popen[str] | None = None

    def env(self, port: int) -> dict[str, str]:
        # Not a throwaway database: killed by force, that one would forget which messages were claimed.
        return programs.environment(self.data, CITAS_ENV="development", EMAIL_URL=f"smtp://127.0.0.1:{port}")

    def write(self, name: str) -> None:
        """Put a message into the outbox."""
        done = programs.manage("shell", "--command", SEND.format(name), env=self.env(1))
        assert done.returncode == 0, done.stderr

    def start(self, port: int) -> None:
        self.process = programs.start("manage.py", "worker", env=self.env(port))

    def end(self) -> tuple[int, float, str]:
        """Ask the worker to end: its exit code, the seconds that it took, and what it said."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, time.monotonic() - began, out + err

    def kill_the_database(self) -> None:
        """Its keeper starts it again, which takes a moment."""
        programs.kill(int((self.data / RECORDS[engines.ENGINE]).read_text().split()[0]))


@pytest.fixture
def ground(data: Path) -> Iterator[Ground]:
    made = Ground(data)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.communicate(timeout=60)


def recipients(server: MailServer) -> list[Any]:
    return [mail["To"].partition("@")[0] for mail in server.taken]


def test_once_does_what_is_due_and_ends(ground, mail_server):
    ground.write("ana")
    done = programs.manage("worker", "--once", env=ground.env(mail_server.port))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert recipients(mail_server) == ["ana"]


def test_it_outlives_its_database_says_so_in_one_line_and_ends_when_told(ground, mail_server):
    ground.start(mail_server.port)
    ground.write("ana")
    assert programs.eventually(lambda: recipients(mail_server) == ["ana"])
    ground.kill_the_database()
    ground.write("bruno")
    assert programs.eventually(lambda: recipients(mail_server) == ["ana", "bruno"])

    code, seconds, said = ground.end()
    assert code == 0
    assert seconds < 4
    assert said.count("worker_waits") <= 1
    assert "Traceback" not in said


def test_mail_server_that_hangs_does_not_hold_it_back(ground):
    ground.write("ana")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        ground.start(silent.getsockname()[1])
        caller, _address = silent.accept()
        code, seconds, said = ground.end()
        caller.close()
    assert (code, said) == (0, "")
    assert seconds < 4
