"""`python -m citas.health`: well when the web server answers, or the worker's heart beats; else a reason."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from citas import health
from citas.management.commands import worker
from tests import programs


class Answering(http.server.BaseHTTPRequestHandler):
    """The status that a test asked for; the Host headers that came."""

    status = 200
    hosts: list[str] = []

    def do_GET(self) -> None:
        self.hosts.append(self.headers["Host"])
        self.send_response(self.status if self.path == "/live" else 404)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield str(server.server_port)
        server.shutdown()
        thread.join()
    Answering.status = 200
    Answering.hosts.clear()


@pytest.mark.parametrize(("status", "well"), [(200, True), (301, True), (400, False), (404, False), (503, False)])
def test_web_server_is_as_well_as_its_answer(port: str, status: int, well: bool) -> None:
    Answering.status = status
    assert health.main(["web", port]) == ("" if well else f"answered {status}")


def test_web_server_is_asked_by_the_name_it_answers_to(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "https://citas.example.com")
    health.main(["web", port])
    assert Answering.hosts == ["citas.example.com"]


def test_web_server_that_is_not_there_is_unwell() -> None:
    assert health.main(["web", str(programs.free_port())]) == "no answer: ConnectionRefusedError"


def test_worker_is_well_while_its_heart_beats() -> None:
    assert health.main(["worker"]) == "no heartbeat"
    worker.heartbeat()
    assert health.main(["worker"]) == ""


def test_worker_that_fell_silent_is_unwell() -> None:
    beats = {seconds: timezone.now() - timedelta(seconds=seconds) for seconds in (50, 70)}
    cache.set(worker.HEARTBEAT, beats[50].isoformat())
    assert health.main(["worker"]) == ""
    cache.set(worker.HEARTBEAT, beats[70].isoformat())
    assert health.main(["worker"]) == "silent for 70 s"


@pytest.mark.parametrize("words", [[], ["web"], ["web", "http"], ["mail"]])
def test_other_words_are_refused_with_exit_code_1(words: list[str]) -> None:
    command = [sys.executable, "-m", "citas.health", *words]
    done = subprocess.run(command, cwd=programs.ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
