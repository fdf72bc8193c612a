"""Four processes of the web server count as one: limits to the request, and metrics that each of them tells for all."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import programs, web_server
from tests.web_server import WebServer

# On one worker, since they share a server.
pytestmark = pytest.mark.xdist_group("several-workers")
SENT, ALLOWED, WORKERS = 300, 100, 4
BOOK, LOG_IN = "/citas/nueva/", "/cuenta/entrar/"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    data = tmp_path_factory.mktemp("several") / "data"
    temporary(data).mkdir()
    # Ten bookings a minute, times ten.
    words = {"WEB_WORKERS": str(WORKERS), "RATE_LIMIT_FACTOR": str(ALLOWED // 10), "TMPDIR": str(temporary(data))}
    with web_server.running(data, **words) as server:
        assert programs.eventually(lambda: len(server.workers()) == WORKERS)
        yield server
    assert list(temporary(data).glob("citas-metrics-*")) == []


def temporary(data: Path) -> Path:
    return data.with_name("tmp")


def counted(server: WebServer, route: str) -> dict[str, int]:
    """How many requests of a route /metrics has counted, by status."""
    found = {}
    for line in server.ask("/metrics").text.splitlines():
        if line.startswith("citas_request_seconds_count{") and f'route="{route}"' in line:
            labels, value = line.rsplit(" ", 1)
            found[labels.split('status="')[1].split('"')[0]] = int(float(value))
    return found


def test_a_hundred_of_three_hundred_are_let_through_and_every_process_tells_all(server):
    before = Counter(counted(server, "appointments:draft_new"))
    statuses = Counter(server.send_many(SENT, BOOK, web_server.address_with_time(40), slot="none"))
    assert statuses == {302: ALLOWED, 429: SENT - ALLOWED}
    # Whoever of the four answers: each has served a part, and tells the whole, a second later at most.
    time.sleep(1.5)
    for _time in range(4 * WORKERS):
        assert Counter(counted(server, "appointments:draft_new")) - before == {"302": 100, "429": 200}


def test_others_are_not_counted_with_it(server):
    first, second = "203.0.113.1", "203.0.113.2"
    server.send_many(SENT, BOOK, first, slot="none")
    assert server.send(BOOK, second, slot="none").status == 302


def test_what_a_dead_worker_has_counted_stays_counted(server):
    for _time in range(20):
        server.ask("/live")
    time.sleep(1.5)
    before = counted(server, "live")["200"]
    for _time in range(10):
        server.ask("/live")
    old = server.workers()
    for worker in old:
        worker.send_signal(signal.SIGTERM)
    assert programs.eventually(lambda: len(server.workers()) == WORKERS and not set(old) & set(server.workers()))
    assert counted(server, "live")["200"] == before + 10
    assert sorted(server.ask("/metrics").text.splitlines())[0].startswith("# HELP")


def test_cache_that_hangs_lets_pages_through_and_nobody_log_in(server):
    valkey = server.server("valkey-server")
    valkey.suspend()
    try:
        began = time.monotonic()
        assert server.ask("/").status == 200
        assert server.send(BOOK, "203.0.113.9", slot="none").status == 302
        refused = server.send(LOG_IN, "203.0.113.9", login="ana@example.com", password="wrong")
        assert refused.status == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert time.monotonic() - began < 10
        for _time in range(30):
            assert server.send(LOG_IN, "203.0.113.9", login="ana@example.com", password="wrong").status == 503
        assert 1 <= len(server.lines("limits_not_counted")) <= WORKERS
    finally:
        valkey.resume()
    assert programs.eventually(lambda: server.send(LOG_IN, "203.0.113.10", login="x@example.com").status == 200)
    assert server.lines("limits_counted_again") != []


def test_folder_of_metrics_is_private(server):
    """That it goes with the server the fixture sees."""
    (folder,) = temporary(server.data).glob("citas-metrics-*")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(folder.glob("histogram_*.db")) != []
