"""Every command of Dockerfile and docker-compose.yml, in production's mode, in the order in which Compose runs them."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from citas.environment import Environment
from tests import containers, programs
from tests.container_stack import Stack, start_mongo, start_postgres, start_valkey

# On one worker, since they share servers.
pytestmark = pytest.mark.xdist_group("containers")

BY_PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
ENGINE = Environment.read(os.environ).engine


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """/app of the image: the context, after the Dockerfile's lines of the build."""
    folder = tmp_path_factory.mktemp("image")
    app = containers.copy_of_context(folder / "app")
    (line,) = (words for kind, words in containers.instructions() if kind == "RUN" and "collectstatic" in words)
    env = {"PATH": containers.path_of_programs(), "HOME": str(folder)}
    done = containers.run(["sh", "-ceu", line.replace("/tmp/", f"{folder}/")], cwd=app, env=env)
    assert done.returncode == 0, done.stderr
    return app


def files(folder: Path) -> dict[Path, float]:
    return {path: path.stat().st_mtime for path in folder.rglob("*") if not path.name.startswith(".coverage")}


@pytest.fixture(scope="module")
def built(app: Path) -> dict[Path, float]:
    return files(app)


@pytest.fixture(scope="module")
def stack(app: Path, built: dict[Path, float], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Secrets, cache and database, the latter as its first start leaves it; nothing of Citas runs."""
    stack = Stack(tmp_path_factory.mktemp("stack"), app, ENGINE)
    try:
        start_valkey(stack)
        if ENGINE == "mongo":
            start_mongo(stack)
        else:
            start_postgres(stack)
        yield stack
    finally:
        stack.stop_all()


@pytest.fixture(scope="module")
def migrated(stack: Stack) -> Stack:
    """After the one-shots."""
    for service in (["mongo-initiate"] if ENGINE == "mongo" else []) + ["migrate"]:
        done = stack.run(service)
        assert done.returncode == 0, done.stderr
    return stack


@pytest.fixture(scope="module")
def web(migrated: Stack) -> Iterator[Stack]:
    process = start_web(migrated)
    yield migrated
    migrated.stop(process)


def start_web(stack: Stack) -> subprocess.Popen[str]:
    """The web server as the published port's gateway reaches it, which here is the loopback address."""
    process = stack.start("web", TRUSTED_PROXIES="127.0.0.1")
    assert programs.eventually(lambda: stack.health("web") == 0), stack.said(process)
    return process


def ask(stack: Stack, path: str, **headers: str) -> tuple[int, str]:
    """The status and the text of an answer."""
    client = http.client.HTTPConnection("127.0.0.1", stack.ports[8000], timeout=10)
    try:
        client.request("GET", path, headers={"Host": "citas.example.com", **headers})
        response = client.getresponse()
        return response.status, response.read().decode()
    finally:
        client.close()


def start_worker(stack: Stack) -> subprocess.Popen[str]:
    """A worker whose own heart beats: what an earlier one left in the cache is forgotten."""
    with redis.Redis(port=stack.ports[6379]) as cache:
        cache.flushall()
    assert stack.health("worker") == 1
    worker = stack.start("worker")
    assert programs.eventually(lambda: stack.health("worker") == 0), stack.said(worker)
    return worker


def test_one_shots_run_again_at_every_up(migrated: Stack) -> None:
    for service in (["mongo-initiate"] if ENGINE == "mongo" else []) + ["migrate"]:
        done = migrated.run(service)
        assert done.returncode == 0, done.stderr


def test_migrate_says_in_one_line_that_the_database_is_not_there(migrated: Stack) -> None:
    env = migrated.environment("migrate")
    gone = "mongodb://127.0.0.1:1/citas" if ENGINE == "mongo" else "postgres://127.0.0.1:1/citas"
    del env["DATABASE_URL_FILE"]
    done = containers.run(migrated.words("migrate"), cwd=migrated.app, env=env | {"DATABASE_URL": gone})
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "does not answer" in done.stderr


def test_who_serves_can_change_no_table(migrated: Stack) -> None:
    """MongoDB has no such roles (docs/operations.md): there it is one user, who is no administrator of the server."""
    url = (migrated.secrets / "database_url").read_text()
    if ENGINE == "mongo":
        import pymongo

        with pymongo.MongoClient(url) as client, pytest.raises(pymongo.errors.OperationFailure, match="not authorized"):
            client["other"]["things"].find_one()
        return
    with psycopg.connect(url, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM appointments_appointment").fetchone() == (0,)
        for statement in ("DROP TABLE appointments_appointment", "CREATE TABLE intruder (id int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_web_server_answers_the_proxy_with_a_page_and_its_styles(web: Stack) -> None:
    status, text = ask(web, "/", **BY_PROXY)
    assert status == 200
    (styles,) = re.findall(r'href="(/static/css/[^"]+)"', text)
    assert ask(web, styles, **BY_PROXY)[0] == 200


def test_web_server_sends_plain_http_to_https(web: Stack) -> None:
    assert ask(web, "/")[0] == 301


def test_web_server_stops_cleanly_and_is_unwell_then(migrated: Stack) -> None:
    other = migrated.beside(8000)
    assert other.health("web") == 1
    process = start_web(other)
    assert other.stop(process) == 0
    assert other.health("web") == 1
    assert "Traceback" not in other.said(process)


def test_web_server_that_hangs_is_unwell(web: Stack) -> None:
    (master,) = (process for process in web.processes if "gunicorn" in process.args and process.poll() is None)
    hanging = psutil.Process(master.pid).children()
    for child in hanging:
        child.suspend()
    try:
        assert web.health("web") == 1
    finally:
        for child in hanging:
            child.resume()
    assert programs.eventually(lambda: web.health("web") == 0)


def test_worker_beats_and_stops_cleanly(migrated: Stack) -> None:
    process = start_worker(migrated)
    assert migrated.stop(process) == 0
    assert "Traceback" not in migrated.said(process)


def test_image_without_embedded_servers_says_so_when_one_is_asked_for(migrated: Stack) -> None:
    env = migrated.environment("migrate")
    del env["DATABASE_URL_FILE"]
    env |= {"DATABASE_URL": f"embedded://{ENGINE}", "CITAS_DATA": str(migrated.tmp / "data")}
    done = containers.run(migrated.words("migrate"), cwd=migrated.app, env=env)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr


def test_cache_and_database_that_are_gone_are_unwell(stack: Stack) -> None:
    assert stack.beside(6379).health("valkey") != 0
    if ENGINE == "mongo":
        assert stack.health("mongo", HOSTNAME="127.0.0.1") == 0
        assert stack.beside(27017).health("mongo", HOSTNAME="127.0.0.1") != 0


def test_programs_have_written_nothing_outside_their_tmp(web: Stack, built: dict[Path, float]) -> None:
    """The root of their containers is read-only. Comes last: it looks back at all that ran before."""
    assert ask(web, "/", **BY_PROXY)[0] == 200
    assert files(web.app) == built
