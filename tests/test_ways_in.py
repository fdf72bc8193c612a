"""Where a log-in leads, whose the session is afterwards, and how often somebody may try."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user
from django.urls import reverse

from appointments import links
from citas import demo
from conftest import PASSWORD

pytestmark = pytest.mark.django_db

EVIL = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "http:evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "\thttps://evil.example",
    "/\r\nSet-Cookie: a=1",
    "/%0d%0aSet-Cookie:%20a=1",
    "http://[",
    "ftp://testserver/",
]


def leads_here(response) -> bool:
    """Whether the browser stays on this site, with one header that is a line."""
    location = response.get("Location", "/")
    parts = urlsplit(location)
    local = parts.scheme in ("", "http") and parts.netloc in ("", "testserver")
    return (
        local and not location.startswith(("//", "/\\", "\\")) and "\n" not in location and "a" not in response.cookies
    )


def enter_by_code(client, email="nueva@example.com", **more):
    client.post(reverse("account_request_login_code"), {"email": email, **more})
    data = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]
    return client.post(reverse("account_confirm_login_code"), {"code": data["code"], **more})


@pytest.mark.parametrize("target", EVIL)
def test_log_in_leads_nowhere_else(client, patient_user, place, target):
    for address in ("account_login", "account_request_login_code", "account_reset_password", "set_language"):
        assert leads_here(client.get(reverse(address), {"next": target}))
    assert leads_here(enter_by_code(client.__class__(), next=target))
    password = {"login": "ana@example.com", "password": PASSWORD, "next": target}
    response = client.post(reverse("account_login"), password)
    assert response.status_code == 302
    assert leads_here(response)
    for address in ("account_login", "account_request_login_code", "account_confirm_login_code", "admin:login"):
        assert leads_here(client.get(reverse(address), {"next": target}))
    assert leads_here(client.post(reverse("account_logout"), {"next": target}))


@pytest.mark.parametrize("target", EVIL)
def test_choosing_a_language_leads_nowhere_else(client, place, target):
    chosen = {"language": "en", "next": target}
    assert leads_here(client.post(reverse("set_language"), chosen))
    referer = target.replace("\r\n", "")
    assert leads_here(client.post(reverse("set_language"), {"language": "en"}, headers={"Referer": referer}))


@pytest.mark.parametrize("language", ["xx", "../../etc", "es; Path=/x", "en\r\na: b", "a" * 3000])
def test_language_that_is_none_is_not_kept(client, patient_user, place, language):
    client.force_login(patient_user)
    response = client.post(reverse("set_language"), {"language": language, "next": "/"})
    assert response.status_code == 302
    assert "language" not in response.cookies
    patient_user.refresh_from_db()
    assert patient_user.language == "es"


def test_session_that_was_planted_is_another_one_after_the_log_in(client, place):
    client.get(reverse("account_login"))
    client.post(reverse("account_request_login_code"), {"email": "nueva@example.com"})
    planted = client.session.session_key
    enter_by_code(client)
    assert get_user(client).is_authenticated
    assert client.session.session_key != planted
    victim = client.__class__()
    victim.cookies["session"] = planted
    assert get_user(victim).is_anonymous


def test_key_that_a_browser_made_up_is_not_taken(client, patient_user, place):
    client.cookies["session"] = "chosen-by-somebody-else-012345678"
    client.post(reverse("account_login"), {"login": "ana@example.com", "password": PASSWORD})
    assert client.session.session_key != "chosen-by-somebody-else-012345678"


def test_leaving_takes_the_opened_links_along(client, patient_user, booked):
    appointment = booked()
    client.get(reverse("appointments:by_link", args=[links.token(appointment)]))
    proof = reverse("appointments:proof", args=[appointment.reference])
    client.post(reverse("account_login"), {"login": "ana@example.com", "password": PASSWORD})
    assert client.get(proof).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(proof).status_code == 302


def test_account_that_is_closed_is_out_at_once(client, patient_user, place):
    client.force_login(patient_user)
    assert client.get("/citas/").status_code == 200
    patient_user.is_active = False
    patient_user.save()
    assert client.get("/citas/").status_code == 302


@pytest.fixture
def one_window(monkeypatch):
    """The five minutes that are counted do not end while a test runs."""
    monkeypatch.setattr("django_ratelimit.core._get_window", lambda value, period: 4_000_000_000)


def test_codes_tried_all_at_once_are_counted_too(client, place, one_window):
    """Requests in flight together read the session as it was before any of them: so does each of these."""
    client.post(reverse("account_request_login_code"), {"email": "nueva@example.com"})
    session = client.session
    before = dict(session.items())
    answers = []
    for number in range(12):
        answers.append(client.post(reverse("account_confirm_login_code"), {"code": f"{number:06}"}).status_code)
        session.update(before)
        session.save()
    assert answers[-2:] == [429, 429]
    assert get_user(client).is_anonymous


def test_address_gets_twenty_codes_an_hour(client, place, monkeypatch):
    """Each in a minute of its own."""
    answers = []
    for number in range(21):
        monkeypatch.setattr("django_ratelimit.core._get_window", _minute(number))
        ask = reverse("account_request_login_code")
        answers.append(client.post(ask, {"email": "ana@example.com"}, REMOTE_ADDR=f"198.51.100.{number}").status_code)
    assert answers == [302] * 20 + [429]


def _minute(number):
    """A window of django-ratelimit: the hour stays, the minute is another one each time."""
    return lambda value, period: 4_000_000_000 + (number * 60 if period == 60 else 0)


def test_password_of_the_demo_opens_nothing_in_production(client, patient_user, place, settings):
    patient_user.set_password(demo.PASSWORD)
    patient_user.save()
    typed = {"login": "ana@example.com", "password": demo.PASSWORD}
    settings.REFUSED_PASSWORDS = {demo.PASSWORD}
    assert client.post(reverse("account_login"), typed).status_code == 200
    assert get_user(client).is_anonymous
    settings.REFUSED_PASSWORDS = set()
    assert client.post(reverse("account_login"), typed).status_code == 302
