"""A web request's connection to PostgreSQL: it ends at its deadline, and when its server no longer takes writes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from citas.db.deadlines import STATEMENT_SECONDS, watch
from citas.db.postgres_deadlines import Connection

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def closed_circuit() -> Iterator[None]:
    yield
    watch.heard()


def connect(**more: Any) -> Connection:
    known = connection.settings_dict
    return Connection.connect(host=known["HOST"], user=known["USER"], dbname=known["NAME"], autocommit=True, **more)


def test_statement_ends_at_its_deadline_and_takes_the_connection_along() -> None:
    with connect() as ours:
        began = time.monotonic()
        with pytest.raises(psycopg.OperationalError, match="no answer"):
            ours.execute("SELECT pg_sleep(30)")
        assert STATEMENT_SECONDS <= time.monotonic() - began < STATEMENT_SECONDS + 1
        assert ours.closed
        assert watch.is_open()


def test_what_was_given_up_does_not_go_on_in_the_server_for_long() -> None:
    with connect() as ours, connect() as other:
        with pytest.raises(psycopg.OperationalError):
            ours.execute("SELECT pg_sleep(30), 'given up'")
        began = time.monotonic()
        running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%given up%' AND pid <> pg_backend_pid()"
        while other.execute(f"{running} AND state = 'active'").fetchone() != (0,):
            assert time.monotonic() < began + 5
            time.sleep(0.1)


def test_errors_of_the_server_are_answers() -> None:
    with connect() as ours:
        with pytest.raises(psycopg.errors.DivisionByZero):
            ours.execute("SELECT 1 / 0")
        assert not watch.is_open()
        assert ours.execute("SELECT 1").fetchone() == (1,)


def test_connection_to_a_server_that_takes_no_writes_is_given_up() -> None:
    with connect(options="-c default_transaction_read_only=on") as ours:
        with pytest.raises(psycopg.OperationalError, match="takes no writes"):
            ours.execute("CREATE TABLE never (id int)")
        assert ours.closed


def test_nobody_there_opens_the_circuit() -> None:
    with pytest.raises(psycopg.OperationalError):
        connect(port=1)
    assert watch.is_open()
