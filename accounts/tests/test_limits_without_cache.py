"""While the cache does not answer: reading and booking go on, what could be guessed waits, and the log says so once."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.urls import reverse

from accounts import limits
from citas import metrics
from citas.errors import Unavailable

pytestmark = pytest.mark.django_db


@pytest.fixture
def away(settings, monkeypatch):
    """A cache that nobody listens at; nothing is remembered of one before."""
    known = settings.CACHES
    settings.CACHES = {"default": {**known["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    monkeypatch.setattr(limits, "_cache", limits._Cache())
    yield lambda: setattr(settings, "CACHES", known)
    settings.CACHES = known


def post(client, name, **fields):
    return client.post(reverse(name), fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("account_login", {"login": "ana@example.com", "password": "wrong"}),
        ("account_request_login_code", {"email": "ana@example.com"}),
        ("account_reset_password", {"email": "ana@example.com"}),
    ],
)
def test_log_in_and_what_is_sent_to_strangers_are_refused(client, place, away, mailoutbox, name, fields):
    refused = post(client, name, **fields)
    assert refused.status_code == 503
    assert int(refused["Retry-After"]) > 0
    assert mailoutbox == []


@pytest.mark.parametrize("page", ["/", "/medicos/", "/cuenta/entrar/"])
def test_pages_are_shown(client, place, away, page):
    assert client.get(page).status_code == 200


def test_booking_goes_on(client, place, away):
    assert {post(client, "appointments:draft_new", slot="none").status_code for _time in range(20)} == {302}


def test_api_goes_on(rf, away, manager):
    for account in (AnonymousUser(), manager):
        limits.api_read(rf.get("/"), account)
        limits.api_write(rf.post("/"), account)


def test_log_says_so_once_and_again_when_it_is_over(client, place, away, caplog, monkeypatch):
    monkeypatch.setattr(limits, "PAUSE_SECONDS", 0.0)
    for _time in range(3):
        post(client, "account_login", login="ana@example.com", password="wrong")
        post(client, "appointments:draft_new", slot="none")
    away()
    for _time in range(3):
        assert post(client, "account_login", login="ana@example.com", password="wrong").status_code == 200
    said = [record for record in caplog.records if record.name == "accounts.limits"]
    assert [(record.msg["event"], record.levelname) for record in said] == [
        ("limits_not_counted", "ERROR"), ("limits_counted_again", "WARNING"),
    ]  # fmt: skip


def test_is_not_asked_again_at_once(rf, away, monkeypatch):
    """Each try would cost the half second of a cache that hangs."""
    asked = []
    real = limits.get_usage
    monkeypatch.setattr(limits, "get_usage", lambda *given, **more: asked.append(1) or real(*given, **more))
    for _time in range(5):
        limits.api_read(rf.get("/"))
    assert asked == [1]


def test_what_could_not_be_counted_is(rf, away):
    labels = {"limit": "api/read"}
    before = metrics.own.get_sample_value("citas_limits_uncounted_total", labels) or 0
    limits.api_read(rf.get("/"))
    assert metrics.own.get_sample_value("citas_limits_uncounted_total", labels) == before + 1


def test_fault_that_is_not_the_caches_is_no_excuse(rf, monkeypatch):
    def broken(*anything, **more):
        raise ZeroDivisionError

    monkeypatch.setattr(limits, "get_usage", broken)
    with pytest.raises(ZeroDivisionError):
        limits.api_read(rf.get("/"))


def test_control_with_a_cache_the_same_are_counted(rf, client, place, monkeypatch):
    monkeypatch.setattr("django_ratelimit.core._get_window", lambda value, period: 4_000_000_000)
    assert [post(client, "appointments:draft_new", slot="none").status_code for _time in range(11)][-1] == 429
    monkeypatch.setitem(limits.LIMITS, "api/read", limits.Limit(count=1, seconds=60, by="address"))
    limits.api_read(rf.get("/"))
    with pytest.raises(limits.TooOften):
        limits.api_read(rf.get("/"))
    assert not issubclass(limits.TooOften, Unavailable)
    cache.clear()
