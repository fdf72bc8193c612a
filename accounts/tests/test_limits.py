"""How often somebody may try: one client, and anybody for one account."""

import pytest
from django.core import mail
from django.urls import reverse

LOG_IN, ASK = "account_login", "account_request_login_code"


def wrong(client, email="nobody@example.com", **more):
    return client.post(reverse(LOG_IN), {"login": email, "password": "wrong"}, **more).status_code


def ask(client, email="ana@example.com", **more):
    return client.post(reverse(ASK), {"email": email}, **more).status_code


@pytest.fixture(autouse=True)
def one_window(monkeypatch):
    """The minute that django-ratelimit counts in does not end while a test runs."""
    monkeypatch.setattr("django_ratelimit.core._get_window", lambda value, period: 4_000_000_000)


def test_sixth_try_for_an_account_is_refused_from_anywhere(client, place):
    spellings = ["ana@example.com", "ANA@example.com", " ana@example.com", "ana\u200b@example.com", "Ana@Example.com"]
    tries = [wrong(client, email, REMOTE_ADDR=f"198.51.100.{n}") for n, email in enumerate(spellings)]
    assert tries == [200] * 5
    assert wrong(client, "ana@example.com", REMOTE_ADDR="198.51.100.99") == 429


def test_eleventh_try_of_a_client_is_refused_whatever_the_account(client, place):
    assert [wrong(client, f"somebody{n}@example.com") for n in range(10)] == [200] * 10
    assert wrong(client, "another@example.com") == 429
    assert wrong(client, "another@example.com", REMOTE_ADDR="198.51.100.1") == 200


def test_fourth_code_for_an_account_is_refused_and_not_sent(client, place):
    assert [ask(client, REMOTE_ADDR=f"198.51.100.{n}") for n in range(3)] == [302] * 3
    assert ask(client, REMOTE_ADDR="198.51.100.99") == 429
    assert len(mail.outbox) == 3


def test_eleventh_code_of_a_client_is_refused(client, place):
    assert [ask(client, f"somebody{n}@example.com") for n in range(10)] == [302] * 10
    assert ask(client, "another@example.com") == 429


def test_fourth_link_for_a_new_password_is_refused(client, place):
    links = [client.post(reverse("account_reset_password"), {"email": "ana@example.com"}) for _time in range(4)]
    assert [link.status_code for link in links] == [302, 302, 302, 429]


def test_refusal_says_when_to_try_again(client, place):
    for _time in range(6):
        response = client.post(reverse(LOG_IN), {"login": "ana@example.com", "password": "wrong"})
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0


def test_looking_at_the_page_is_not_counted(client, place):
    assert {client.get(reverse(LOG_IN)).status_code for _time in range(30)} == {200}


def test_factor_multiplies_the_limits(client, place, settings):
    settings.RATE_LIMIT_FACTOR = 2
    assert [ask(client) for _time in range(7)] == [302] * 6 + [429]


def test_claimed_addresses_do_not_help_a_client(client, place):
    tries = [wrong(client, f"s{n}@example.com", headers={"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(11)]
    assert tries == [200] * 10 + [429]


def test_clients_behind_a_trusted_proxy_are_counted_apart(client, place, settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    tries = [wrong(client, f"s{n}@example.com", headers={"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(11)]
    assert tries == [200] * 11
