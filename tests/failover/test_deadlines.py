"""The web while its database hangs or is down: it says so soon, stays alive, and goes on by itself."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import programs
from tests.failover.embedded_database import EmbeddedDatabase
from tests.failover.web import Answer, Web

# On one worker of xdist: they measure time, and share a web server.
pytestmark = pytest.mark.xdist_group("failover")

CLIENTS = 40
HUNG_SECONDS = 4.0
PAGE = "/medicos/"


class Site:
    """A web server with two workers on an embedded database."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self.web = Web(env, log)
        self.database = EmbeddedDatabase(env)

    def recovers_within(self, seconds: float) -> bool:
        return programs.eventually(lambda: self.web.get(PAGE).status == 200, seconds)


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A data folder of this file's own, with its tables."""
    data = tmp_path_factory.mktemp("deadlines") / "data"
    url = os.environ.get("DATABASE_URL", "embedded://postgres")
    env = programs.environment(data, CITAS_ENV="demo", DATABASE_URL=url, CITAS_THROWAWAY="1")
    assert programs.manage("migrate", "--verbosity", "0", env=env).returncode == 0
    yield env
    assert programs.eventually(lambda: not programs.of(data)), programs.of(data)


@pytest.fixture(scope="module")
def lasting(env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(env, tmp_path_factory.mktemp("lasting") / "web.log")
    yield site
    assert site.web.stop() == 0


@pytest.fixture
def site(lasting: Site) -> Site:
    """The web server of this file, well."""
    assert programs.eventually(lambda: lasting.web.get(PAGE).status == 200)
    return lasting


@pytest.fixture
def ending(env: dict[str, str], tmp_path: Path) -> Iterator[Site]:
    """A web server that the test stops."""
    site = Site(env, tmp_path / "web.log")
    yield site
    if site.web.process.poll() is None:
        site.web.stop()


def at_once(threads: ThreadPoolExecutor, site: Site, number: int) -> list[Future[Answer]]:
    return [threads.submit(site.web.get, PAGE) for _client in range(number)]


def answered(waiting: list[Future[Answer]]) -> list[Answer]:
    return [future.result() for future in waiting]


def test_while_the_database_hangs_live_answers_and_everybody_is_told_within_five_seconds(site: Site) -> None:
    with ThreadPoolExecutor(CLIENTS) as threads:
        with site.database.hung():
            until = time.monotonic() + HUNG_SECONDS
            waiting = at_once(threads, site, CLIENTS)
            alive = []
            while time.monotonic() < until:
                alive.append(site.web.get("/live"))
                waiting += at_once(threads, site, CLIENTS - sum(not future.done() for future in waiting))
                time.sleep(0.1)
            ready = site.web.get("/ready")
            told = answered(waiting)
        assert site.recovers_within(2)

    assert {answer.status for answer in alive} == {200}
    assert max(answer.seconds for answer in alive) < 1
    assert ready.status == 503
    assert all(answer.is_clean_refusal for answer in told), {(answer.status, answer.fault) for answer in told}
    assert max(answer.seconds for answer in told) < 5


def test_while_the_database_is_down_everybody_is_told_within_three_seconds(site: Site) -> None:
    with ThreadPoolExecutor(CLIENTS) as threads:
        with site.database.down():
            told = answered(at_once(threads, site, CLIENTS))
            ready, alive = site.web.get("/ready"), site.web.get("/live")
            told += answered(at_once(threads, site, CLIENTS))
        assert site.recovers_within(2)

    assert (ready.status, alive.status) == (503, 200)
    assert all(answer.is_clean_refusal for answer in told), {(answer.status, answer.fault) for answer in told}
    assert max(answer.seconds for answer in told) < 3


def test_a_database_that_dies_and_comes_back_is_used_again_without_a_restart(site: Site) -> None:
    for _time in range(3):
        with site.database.down():
            pass
        assert site.recovers_within(2)


def ask_until_refused(site: Site) -> list[Answer]:
    """Ask again and again, until nobody listens any more."""
    answers: list[Answer] = []
    while not (answers and answers[-1].fault.startswith("ConnectionRefusedError")):
        answers.append(site.web.get(PAGE))
    return answers[:-1]


def end_under_load(site: Site) -> tuple[list[Answer], float]:
    """What clients were told, and the seconds from the signal to the end."""
    with ThreadPoolExecutor(CLIENTS) as threads:
        asking = [threads.submit(ask_until_refused, site) for _client in range(CLIENTS)]
        time.sleep(1)
        began = time.monotonic()
        assert site.web.stop() == 0
        seconds = time.monotonic() - began
        return [answer for future in asking for answer in future.result()], seconds


def test_sigterm_under_load_answers_everybody_who_was_let_in_and_ends_within_twenty_seconds(ending: Site) -> None:
    answers, seconds = end_under_load(ending)

    assert [answer.fault for answer in answers if answer.status == 0] == []
    assert 200 in {answer.status for answer in answers}
    assert all(answer.status == 200 or answer.is_clean_refusal for answer in answers)
    assert seconds < 20


def test_sigterm_ends_it_while_the_database_hangs_too(ending: Site) -> None:
    with ending.database.hung():
        answers, seconds = end_under_load(ending)

    assert answers
    assert all(answer.is_clean_refusal for answer in answers)
    assert seconds < 20
