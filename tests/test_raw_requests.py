"""What comes over the wire as no browser sends it: the real server answers at once, and never with a 500."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from tests.test_serve import Serving

pytestmark = pytest.mark.xdist_group("serve")

HOST = b"Host: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
POST = b"POST /citas/nueva/ HTTP/1.1\r\n" + HOST
REQUESTS = {
    "ten megabytes that never come": (POST + FORM + b"Content-Length: 10485760\r\n\r\n", {413}),
    "pieces that never end": (POST + FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\nslot=\r\n", {403}),
    "two lengths": (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\na", {400}),
    "a length and pieces": (POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    "no length": (POST + b"Content-Length: x\r\n\r\n", {400}),
    "NUL in the path": (b"GET /citas/KEPTOUT/\0 HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "NUL, encoded": (b"GET /%00 HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "no UTF-8 in the path": (b"GET /citas/KEPTOUT/\xff HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "no UTF-8, encoded": (b"GET /%ff HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "NUL in a cookie": (b"GET /live HTTP/1.1\r\n" + HOST + b"Cookie: session=aaaaaaaa\0\r\n\r\n", {400}),
    "a folded header": (b"GET /live HTTP/1.1\r\n" + HOST + b"X-Request-ID: aaaaaaaa\r\n b\r\n\r\n", {400}),
    "an encoding without text": (
        b"GET / HTTP/1.1\r\n" + HOST + b"Content-Type: text/plain; charset=rot13\r\n\r\n",
        {400},
    ),
    "a long line": (b"GET /?" + b"a" * 60_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {414}),
    "many headers": (b"GET /live HTTP/1.1\r\n" + HOST + b"X-%d: 1\r\n" * 300 + b"\r\n", {431}),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: evil\r\n" + HOST + b"\r\n", {400}),
    "another host": (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", {400}),
    "the start of TLS": (b"\x16\x03\x01\x02\x00\x01\xfc\r\n\r\n", {400}),
    "a method of its own": (b"FOO / HTTP/1.1\r\n" + HOST + b"\r\n", {403, 405}),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    serving = Serving(tmp_path_factory.mktemp("raw") / "data").ready()
    yield serving
    serving.stop()


def ask(port: int, request: bytes) -> tuple[int, float]:
    """The status of a request sent as it is, and after how many seconds it came."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        began = time.monotonic()
        connection.sendall(request)
        status = int(connection.recv(100).split()[1])
        return status, time.monotonic() - began


def test_the_server_answers_at_once_and_writes_no_path_down(server):
    wrong = {}
    for name, (request, expected) in REQUESTS.items():
        status, seconds = ask(server.port, request)
        if status not in expected or seconds > 5:
            wrong[name] = (status, seconds)
    assert wrong == {}
    assert server.status() == 200
    assert "Invalid request" in server.complained()
    assert "KEPTOUT" not in server.complained()
