"""The real web server with two workers, and what it answers: by the clock, and over a connection for each request."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import programs

PATIENCE_SECONDS = 10  # of a client: twice what any answer may take


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a client got. `status` 0 stands for a connection that was reset, refused or never answered."""

    status: int
    began: float
    ended: float
    headers: dict[str, str]
    body: bytes
    fault: str = ""

    @property
    def seconds(self) -> float:
        return self.ended - self.began

    @property
    def is_clean_refusal(self) -> bool:
        """A page that says to come again."""
        html = self.headers.get("content-type", "").startswith("text/html") and b"<h1" in self.body
        return self.status == 503 and html and int(self.headers.get("retry-after", "0")) > 0


class Web:
    """gunicorn as operators start it, on a port of its own; `env` names the database."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self.port = programs.free_port()
        self.log = log
        with log.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn"],
                cwd=programs.ROOT,
                env={**env, "PORT": str(self.port), "WEB_WORKERS": "2"},
                stdout=out,
                stderr=out,
            )
        if not programs.eventually(lambda: self.get("/ready").status == 200, 60):
            self.stop(signal.SIGKILL)
            pytest.fail(log.read_text())

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def ask(self, method: str, path: str, **request: Any) -> Answer:
        began = time.monotonic()
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            client.request(method, path, **request)
            got = client.getresponse()
            body = got.read()
        except (OSError, http.client.HTTPException) as error:
            fault = f"{type(error).__name__}: {error}"
            return Answer(status=0, began=began, ended=time.monotonic(), headers={}, body=b"", fault=fault)
        finally:
            client.close()
        headers = {name.lower(): value for name, value in got.getheaders()}
        return Answer(status=got.status, began=began, ended=time.monotonic(), headers=headers, body=body)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)
