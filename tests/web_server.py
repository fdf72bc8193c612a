"""gunicorn as production runs it, several processes on a data folder of their own, asked by many at once."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psutil
from django_ratelimit.core import _get_window

from tests import engines, programs

MINUTE = 60


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@dataclass
class WebServer:
    """Trusts who asks from this machine as it would a proxy, so that a test chooses the client's address."""

    port: int
    process: subprocess.Popen[bytes]
    err: Path
    data: Path

    def ask(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            client.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = client.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read().decode())
        finally:
            client.close()

    def send(self, path: str, address: str, **fields: str) -> Answer:
        """Send a form as a browser at that address does; any secret will do that is in the cookie and in the form."""
        secret = "s" * 32
        form = urlencode({**fields, "csrfmiddlewaretoken": secret})
        headers = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": f"csrf={secret}"}
        return self.ask(path, "POST", form, X_Forwarded_For=address, **headers)

    def send_many(self, number: int, path: str, address: str, **fields: str) -> list[int]:
        """The statuses of so many forms, sent by eight at once."""
        with ThreadPoolExecutor(8) as senders:
            return list(senders.map(lambda _: self.send(path, address, **fields).status, range(number)))

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def server(self, name: str) -> psutil.Process:
        """The embedded server of this data folder, such as valkey-server."""
        return next(process for process in programs.of(self.data) if process.name() == name)

    def lines(self, event: str) -> list[str]:
        return [line for line in self.err.read_text().splitlines() if f'"event": "{event}"' in line]


@contextmanager
def running(data: Path, **variables: str) -> Iterator[WebServer]:
    port = programs.free_port()
    known = {"CITAS_ENV": "demo", "CITAS_THROWAWAY": "1", "TRUSTED_PROXIES": "127.0.0.1", "PORT": str(port)}
    env = programs.environment(data, **known, **variables)
    env["DATABASE_URL"] = f"embedded://{engines.ENGINE}"
    made = programs.manage("migrate", env=env)
    assert made.returncode == 0, made.stderr
    err = data.with_name(f"{data.name}.err")
    with err.open("wb") as kept:
        command = [sys.executable, "-m", "gunicorn"]
        process = subprocess.Popen(command, cwd=programs.ROOT, env=env, stdout=subprocess.DEVNULL, stderr=kept)
        server = WebServer(port, process, err, data)
        try:
            assert programs.eventually(lambda: _answers(server), 60), err.read_text()
            yield server
        finally:
            process.terminate()
            process.wait(30)
    assert programs.eventually(lambda: not programs.of(data)), programs.of(data)


def _answers(server: WebServer) -> bool:
    try:
        return server.ask("/live").status == 200
    except OSError:
        return False


def address_with_time(seconds: int) -> str:
    """A client whose minute, as django-ratelimit counts it, has at least so many seconds left."""
    addresses = [f"198.51.100.{number}" for number in range(1, 255)]
    return next(each for each in addresses if _get_window(each, MINUTE) - time.time() > seconds)
