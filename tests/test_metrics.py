"""/metrics: who may read it, and what it tells even when something is away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from redis.exceptions import ConnectionError as CacheGone

from citas import ages
from notifications.models import Message

pytestmark = pytest.mark.django_db
TOKEN = "a-token-for-prometheus-0123456789"
ELSEWHERE = "198.51.100.7"
WORKER, UNSENT = "citas_worker_heartbeat_age_seconds", "citas_oldest_unsent_message_age_seconds"


@pytest.fixture
def token(settings) -> str:
    settings.METRICS_TOKEN = TOKEN
    return TOKEN


def status(**request: Any) -> int:
    return Client().get("/metrics", **request).status_code


def told() -> dict[str, float]:
    """Samples without labels."""
    families = text_string_to_metric_families(Client().get("/metrics").content.decode())
    return {sample.name: sample.value for family in families for sample in family.samples if not sample.labels}


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
def test_this_machine_may_read(address):
    assert status(REMOTE_ADDR=address) == 200


@pytest.mark.parametrize("address", [ELSEWHERE, "10.0.0.1", "::ffff:198.51.100.7", "2001:db8::1", ""])
def test_another_may_not(address):
    response = Client().get("/metrics", REMOTE_ADDR=address)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert b"citas_" not in response.content


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Proto"])
@pytest.mark.parametrize("claimed", ["127.0.0.1", ELSEWHERE])
@pytest.mark.parametrize("trusted", [[], ["127.0.0.1"]])
def test_who_comes_through_a_proxy_on_this_machine_may_not(settings, header, claimed, trusted):
    settings.TRUSTED_PROXIES = trusted
    assert status(headers={header: claimed}) == 401


@pytest.mark.parametrize("claimed", ["127.0.0.1", "::1"])
def test_claiming_to_be_this_machine_does_not_help(settings, claimed):
    settings.TRUSTED_PROXIES = [ELSEWHERE]
    assert status(REMOTE_ADDR=ELSEWHERE, headers={"X-Forwarded-For": claimed}) == 401


def test_who_shows_the_token_may(token):
    shown = {"Authorization": f"Bearer {token}"}
    assert status(REMOTE_ADDR=ELSEWHERE, headers=shown) == 200
    assert status(headers={**shown, "X-Forwarded-For": ELSEWHERE}) == 200


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer ñandú"])
def test_who_shows_another_may_not(token, shown):
    assert status(REMOTE_ADDR=ELSEWHERE, headers={"Authorization": shown}) == 401


def test_without_a_token_none_is_right(settings):
    settings.METRICS_TOKEN = ""
    assert status(REMOTE_ADDR=ELSEWHERE, headers={"Authorization": "Bearer "}) == 401


def test_any_name_of_the_host_will_do_and_plain_http(settings):
    settings.SECURE_SSL_REDIRECT = True
    assert status(headers={"Host": "web:8000"}) == 200
    assert Client().get("/live").status_code == 301


def test_is_only_read(token):
    assert Client().post("/metrics").status_code == 405


def test_carries_the_shield_of_every_answer():
    response = Client().get("/metrics")
    assert response["Content-Type"].startswith("text/plain; version=")
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_tells_requests_by_route_status_and_engine(client, settings):
    client.get("/live")
    page = client.get("/metrics").content.decode()
    assert f'citas_request_seconds_count{{engine="{settings.DATABASE_ENGINE}",route="live",status="200"}}' in page


def test_worker_that_never_spoke_is_infinitely_late():
    assert told()[WORKER] == float("inf")


def test_tells_the_age_of_the_workers_heartbeat():
    cache.set(ages.HEARTBEAT, (timezone.now() - timedelta(seconds=40)).isoformat())
    assert 40 <= told()[WORKER] < 60


def test_tells_how_long_the_oldest_message_has_waited():
    assert told()[UNSENT] == 0
    for minutes, state in ((90, "sent"), (30, "queued"), (10, "queued"), (60, "failed")):
        written, later = timezone.now() - timedelta(minutes=minutes), timezone.now() + timedelta(hours=1)
        known = {"recipient": "a@example.com", "subject": "S", "dedupe_key": str(minutes), "state": state}
        Message.objects.create(**known, created_at=written, next_attempt_at=later)
    assert 1800 <= told()[UNSENT] < 1860


@pytest.mark.parametrize(("away", "error", "kept"), [
    ("notifications.repository.Message.objects", OperationalError, WORKER),
    ("django.core.cache.cache.get", CacheGone, UNSENT),
])  # fmt: skip
def test_server_that_is_away_costs_its_own_line_only(monkeypatch, away, error, kept):
    class Away:
        def __call__(self, *anything: Any, **more: Any) -> None:
            raise error

        filter = __call__

    monkeypatch.setattr(away, Away())
    lines = told()
    assert {WORKER, UNSENT} & set(lines) == {kept}
