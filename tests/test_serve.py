"""`make run` as its user meets it: it serves, stops cleanly, refuses a second one, and recovers from `kill -9`."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from citas import demo
from tests import programs

# On one worker, since they share a folder or count processes.
pytestmark = pytest.mark.xdist_group("serve")


class Serving:
    """`manage.py serve` on a data folder and a port, in a session of its own as a terminal's is."""

    def __init__(self, data: Path, **variables: str) -> None:
        self.data = data
        self.port = int(variables.setdefault("PORT", str(programs.free_port())))
        self.variables = programs.environment(data, **{"CITAS_ENV": "development", "CITAS_THROWAWAY": "1", **variables})
        self.out = data.with_name(f"{data.name}-{self.port}.out").open("w+")
        self.err = data.with_name(f"{data.name}-{self.port}.err").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=programs.ROOT,
            env=self.variables,
            stdout=self.out,
            stderr=self.err,
            start_new_session=True,
        )

    def ready(self) -> Serving:
        assert programs.eventually(lambda: "Ctrl-C" in self.said() or self.process.poll() is not None, 120)
        assert self.process.poll() is None, self.complained()
        return self

    def said(self) -> str:
        return Path(self.out.name).read_text()

    def complained(self) -> str:
        """What it wrote besides the line of each request."""
        lines = Path(self.err.name).read_text().splitlines(keepends=True)
        return "".join(line for line in lines if '"logger": "citas.requests"' not in line)

    def status(self, host: str = "127.0.0.1", path: str = "/live") -> int:
        client = http.client.HTTPConnection(host, self.port, timeout=10)
        try:
            client.request("GET", path)
            return client.getresponse().status
        finally:
            client.close()

    def children(self, word: str) -> list[int]:
        """Numbers of the child processes whose command has this word."""
        everyone = psutil.process_iter(["ppid", "cmdline"])
        mine = [process for process in everyone if process.info["ppid"] == self.process.pid]
        return [process.pid for process in mine if word in (process.info["cmdline"] or [])]

    def wait(self) -> int:
        code = self.process.wait(60)
        self.out.close()
        self.err.close()
        return code

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.wait()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One data folder for all tests of this file: tables are made once."""
    data = tmp_path_factory.mktemp("serve") / "data"
    yield data
    assert programs.eventually(lambda: not programs.of(data)), programs.of(data)


@pytest.fixture
def serving(data: Path) -> Iterator[Serving]:
    serving = Serving(data).ready()
    yield serving
    if serving.process.poll() is None:
        serving.stop()


def test_demo_says_where_and_who_and_serves_it(tmp_path: Path) -> None:
    serving = Serving(tmp_path / "data", CITAS_ENV="demo").ready()
    assert f"http://localhost:{serving.port}" in serving.said()
    assert demo.PASSWORD in serving.said()
    for login in demo.LOGINS:
        assert login in serving.said()
    assert serving.status(path="/") == 200
    assert serving.stop() == 0
    assert "Traceback" not in serving.complained()
    assert programs.of(serving.data) == []


def test_second_start_is_quick_and_makes_nothing_again(serving: Serving, data: Path) -> None:
    serving.stop()
    again = Serving(data).ready()
    assert "Making" not in again.said()
    assert again.stop() == 0


def test_listens_on_loopback_addresses_only(serving: Serving, data: Path) -> None:
    sockets = [each for process in programs.of(data) for each in process.net_connections("tcp")]
    addresses = {each.laddr.ip for each in sockets if each.status == psutil.CONN_LISTEN}
    assert "127.0.0.1" in addresses
    assert addresses <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_stops_everything_and_says_nothing(serving: Serving, data: Path, number: signal.Signals) -> None:
    assert serving.stop(number) == 0
    assert serving.complained() == ""
    assert programs.of(data) == []


def test_ctrl_c_in_the_terminal_reaches_the_group_and_stops_cleanly(serving: Serving, data: Path) -> None:
    os.killpg(serving.process.pid, signal.SIGINT)
    os.killpg(serving.process.pid, signal.SIGINT)
    assert serving.wait() == 0
    assert serving.complained() == ""
    assert programs.of(data) == []


def test_second_run_on_the_same_data_is_refused_in_one_line(serving: Serving, data: Path) -> None:
    second = Serving(data)
    assert second.wait() == 1
    assert re.fullmatch(rf"citas: .*{re.escape(str(data))}.*:{serving.port} .*\n", second.complained())
    assert serving.status() == 200


def test_two_data_folders_run_side_by_side(serving: Serving, tmp_path: Path) -> None:
    other = Serving(tmp_path / "other").ready()
    assert (serving.status(), other.status()) == (200, 200)
    assert other.stop() == 0
    assert serving.status() == 200


def test_taken_port_is_said_in_one_line(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = Serving(data, PORT=str(port))
        assert refused.wait() == 1
    assert re.fullmatch(rf"citas: port {port} .*\n", refused.complained())


def test_run_killed_by_force_takes_all_along_and_the_next_one_starts(serving: Serving, data: Path) -> None:
    serving.stop(signal.SIGKILL)
    again = Serving(data, PORT=str(serving.port)).ready()
    assert again.status() == 200
    assert again.stop() == 0
    assert programs.of(data) == []


def test_worker_that_dies_is_started_again(serving: Serving) -> None:
    (first,) = serving.children("worker")
    programs.kill(first)
    assert programs.eventually(lambda: serving.children("worker") not in ([], [first]))
    assert "the mail worker" in serving.complained()
    assert serving.stop() == 0


def test_web_server_that_dies_ends_the_run_in_one_line(serving: Serving, data: Path) -> None:
    (master,) = serving.children("gunicorn")
    programs.kill(master)
    assert serving.wait() == 1
    assert re.fullmatch(r"citas: the web server .*\n", serving.complained())
    assert programs.eventually(lambda: not programs.of(data))


def test_nobody_who_has_connected_is_reset_while_it_stops(serving: Serving) -> None:
    faults: list[OSError] = []

    def ask_until_refused() -> None:
        try:
            while serving.status() == 200:
                pass
        except ConnectionRefusedError:
            pass
        except OSError as error:
            faults.append(error)

    askers = [threading.Thread(target=ask_until_refused) for _ in range(8)]
    for asker in askers:
        asker.start()
    assert serving.stop() == 0
    for asker in askers:
        asker.join()
    assert faults == []
