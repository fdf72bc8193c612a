"""The mail worker as an operator meets it: it works in a loop, outlives its servers, and ends when it is told to."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from citas.db.embedded import servers
from citas.environment import Environment
from notifications.tests.smtp import MailServer
from tests import programs

SEND = "from django.core.mail import send_mail; send_mail('Asunto', 'Texto', None, ['{}@example.com'])"


class Working:
    """`manage.py worker` on a data folder of its own, with a mail server to send to."""

    def __init__(self, data: Path, port: int) -> None:
        self.env = programs.environment(data, CITAS_ENV="development", EMAIL_URL=f"smtp://127.0.0.1:{port}")
        assert programs.manage("migrate", "--verbosity", "0", env=self.env).returncode == 0
        self.process = programs.start("manage.py", "worker", env=self.env)

    def send(self, name: str) -> None:
        done = programs.manage("shell", "--command", SEND.format(name), env=self.env)
        assert done.returncode == 0, done.stderr

    def end(self) -> tuple[int, float, str]:
        """Ask it to end: its exit code, the seconds that it took, and what it said."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, time.monotonic() - began, out + err


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def worker(tmp_path: Path, mail_server: MailServer) -> Iterator[Working]:
    mail_server.taken.clear()
    working = Working(tmp_path / "data", mail_server.port)
    yield working
    working.process.kill()
    working.process.communicate(timeout=60)


def recipients(server: MailServer) -> list[Any]:
    return [mail["To"] for mail in server.taken]


def kill_the_servers(env: dict[str, str]) -> None:
    for server in servers(Environment.read(env)):
        for process in programs.of(server.folder):
            programs.kill(process.pid)


def test_it_sends_what_comes_and_ends_when_told(worker, mail_server):
    worker.send("ana")
    assert programs.eventually(lambda: recipients(mail_server) == ["ana@example.com"])
    code, seconds, said = worker.end()
    assert (code, said) == (0, "")
    assert seconds < 3
