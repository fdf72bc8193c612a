"""How often one may book, and a program read and write: by account where there is one, else by address."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.urls import reverse

from accounts import limits
from accounts.limits import LIMITS, TooOften

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


@pytest.fixture(autouse=True)
def one_window(monkeypatch):
    """The minute that django-ratelimit counts in does not end while a test runs: 30 seconds are left of it."""
    monkeypatch.setattr("django_ratelimit.core.time.time", lambda: 1_800_000_000)
    monkeypatch.setattr("django_ratelimit.core._get_window", lambda value, period: 1_800_000_030)


def begin(client, **more):
    return client.post(reverse("appointments:draft_new"), {"slot": "none"}, **more)


def allowed(call, request, account=None):
    """How many calls one after the other are let through."""
    for number in range(1000):
        try:
            call(request, account)
        except TooOften:
            return number
    return 1000


def test_eleventh_booking_of_an_address_waits_for_its_minute(client, place):
    assert [begin(client).status_code for _time in range(10)] == [302] * 10
    refused = begin(client)
    assert refused.status_code == 429
    assert refused["Retry-After"] == "30"
    assert begin(client, REMOTE_ADDR="198.51.100.1").status_code == 302


def test_account_is_counted_wherever_it_is(client, place, patient_user):
    client.force_login(patient_user)
    assert {begin(client, REMOTE_ADDR=f"198.51.100.{n}").status_code for n in range(10)} == {302}
    assert begin(client, REMOTE_ADDR="198.51.100.99").status_code == 429


def test_two_accounts_behind_one_address_do_not_count_for_each_other(client, place, patient_user, other_user):
    client.force_login(patient_user)
    assert [begin(client).status_code for _time in range(11)][-1] == 429
    client.force_login(other_user)
    assert begin(client).status_code == 302


def test_beginning_making_moving_and_cancelling_are_one_limit(client, booked, patient_user, monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    client.force_login(patient_user)
    reference = booked().reference
    for name in ("move", "cancel"):
        for _time in range(5):
            assert client.post(reverse(f"appointments:{name}", args=[reference])).status_code != 429
    assert begin(client).status_code == 429
    assert client.post(reverse("appointments:cancel", args=[reference])).status_code == 429
    assert client.get(reverse("appointments:cancel", args=[reference])).status_code == 200


def test_neighbours_in_one_ipv6_network_are_one_client(client, place):
    assert {begin(client, REMOTE_ADDR=f"2001:db8:1:2::{n}").status_code for n in range(10)} == {302}
    assert begin(client, REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert begin(client, REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


@pytest.mark.parametrize(
    ("call", "who", "count"),
    [
        (limits.api_read, None, 600),
        (limits.api_read, "patient_user", 600),
        (limits.api_read, "receptionist", 600),
        (limits.api_write, None, 60),
        (limits.api_write, "patient_user", 60),
        (limits.api_write, "receptionist", 240),
    ],
)
def test_programs_may_read_and_write_so_often(rf, request, settings, call, who, count):
    settings.RATE_LIMIT_FACTOR = 0.1  # a tenth of the calls shows as much
    account = request.getfixturevalue(who) if who else NOBODY
    assert allowed(call, rf.get("/"), account) == count / 10


def test_program_without_an_account_is_counted_by_its_address(rf):
    here, there = rf.get("/", REMOTE_ADDR="198.51.100.1"), rf.get("/", REMOTE_ADDR="198.51.100.2")
    assert allowed(limits.api_write, here) == 60
    assert allowed(limits.api_write, here, NOBODY) == 0
    assert allowed(limits.api_write, there) == 60


def test_programs_of_two_accounts_at_one_address_are_counted_apart(rf, patient_user, other_user):
    assert allowed(limits.api_write, rf.get("/"), patient_user) == 60
    assert allowed(limits.api_write, rf.get("/"), other_user) == 60


def test_refusal_knows_when_its_window_ends(rf):
    allowed(limits.api_write, rf.get("/"))
    with pytest.raises(TooOften) as refusal:
        limits.api_write(rf.get("/"))
    assert refusal.value.retry_after == 30


def test_api_answers_a_problem_that_says_when_to_come_again(client, place, monkeypatch):
    monkeypatch.setitem(LIMITS, "api/read", limits.Limit(count=2, seconds=60, by="address"))
    assert [client.get("/api/health").status_code for _time in range(2)] == [200, 200]
    refused = client.get("/api/health")
    assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
    assert refused["Retry-After"] == "30"
    assert refused.json()["status"] == 429


def test_command_shows_the_limits_in_force(capsys, settings):
    settings.RATE_LIMIT_FACTOR = 2
    call_command("limits", json=True)
    told = json.loads(capsys.readouterr().out)
    rows = {row["limit"]: row for row in told["limits"]}
    assert told["factor"] == 2
    assert set(rows) == set(LIMITS)
    assert rows["log-in/account"] == {
        "limit": "log-in/account", "count": 10, "seconds": 60, "by": "account", "without_cache": "refused",
    }  # fmt: skip
    assert rows["api/read"]["without_cache"] == "let through"


def test_command_prints_a_table(capsys):
    call_command("limits")
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["limit", "count", "seconds", "by", "without", "cache"]
    assert [line.split()[:3] for line in lines] == [
        [name, str(limit.count), str(limit.seconds)] for name, limit in LIMITS.items()
    ]
