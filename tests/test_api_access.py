"""Who may enter the API: a token, or a session with its CSRF token; nobody else, and nobody too far."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from accounts import token_repository
from accounts.models import ApiToken, Role
from accounts.repository import set_role
from tests.api_client import Api, token_for

pytestmark = pytest.mark.django_db
PATIENTS, DOCTORS = "/api/patients", "/api/doctors"


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    def at(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    at(now)
    return at


def status(secret: str, address: str = PATIENTS) -> int:
    return Client().get(address, headers={"Authorization": f"Bearer {secret}"}).status_code


def test_anonymous_gets_401_and_how_to_say_who(client):
    answer = client.get(PATIENTS)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="citas"')
    assert answer.json()["type"] == "/api/docs#log-in"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic YTpi", "bearer \xff", "Bearer a b"])
def test_header_that_is_no_token_gets_401(client, header, patient_user):
    client.force_login(patient_user)

    assert client.get(PATIENTS, headers={"Authorization": header}).status_code == 401


def test_token_lets_in_until_it_ends_or_is_revoked(patient_user, clock, now):
    secret = token_for(patient_user, "own")
    assert status(secret) == 200

    clock(now + timedelta(days=11))
    assert status(secret) == 401

    clock(now)
    assert status(secret) == 200
    token_repository.revoke(tokens=ApiToken.objects.all(), now=now)
    assert status(secret) == 401


def test_only_the_hash_is_kept(patient_user):
    secret = token_for(patient_user, "own")
    stored = ApiToken.objects.values().get()

    assert secret not in str(stored)
    assert re.fullmatch("[0-9a-f]{64}", stored["digest"])


def test_last_use_is_seen_and_written_once_a_minute(patient_user, clock, now):
    secret = token_for(patient_user, "own")
    for seconds, seen in ((0, 0), (30, 0), (61, 61)):
        clock(now + timedelta(seconds=seconds))
        assert status(secret) == 200
        assert ApiToken.objects.get().last_used_at == now + timedelta(seconds=seen)


def test_token_of_an_account_out_of_use_lets_nobody_in(patient_user):
    secret = token_for(patient_user, "own")
    patient_user.is_active = False
    patient_user.save()

    assert status(secret) == 401


def test_who_is_no_longer_a_manager_has_no_managers_token(manager):
    secret = token_for(manager, "manager")
    set_role(user=manager, role=Role.PATIENT)

    assert status(secret) == 401


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        ("patient", {"own"}),
        ("doctor", {"own", "agenda"}),
        ("receptionist", {"own", "reception"}),
        ("manager", {"own", "reception", "manager"}),
    ],
)
def test_scope_never_exceeds_the_role(patient_user, role, scopes):
    set_role(user=patient_user, role=role)
    for scope in ("own", "agenda", "reception", "manager"):
        if scope in scopes:
            assert token_for(patient_user, scope)
        else:
            with pytest.raises(token_repository.ScopeNotYours):
                token_for(patient_user, scope)


def test_using_a_token_changes_no_role(manager):
    assert status(token_for(manager, "own")) == 200

    manager.refresh_from_db()
    assert manager.role == Role.MANAGER


def test_session_reads_without_and_writes_only_with_its_csrf_token(patient_user):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(patient_user)
    assert browser.get(PATIENTS).status_code == 200
    refused = browser.post(PATIENTS, "{}", content_type="application/json")
    assert (refused.status_code, refused.json()["type"]) == (403, "/api/docs#forbidden")

    secret = _get_new_csrf_string()
    browser.cookies[settings.CSRF_COOKIE_NAME] = secret
    allowed = browser.post(PATIENTS, "{}", content_type="application/json", headers={"X-CSRFToken": secret})
    assert allowed.status_code == 422


def test_token_counts_more_than_the_session(manager, patient_user):
    browser = Client()
    browser.force_login(manager)
    secret = token_for(patient_user, "own")

    assert browser.get(PATIENTS, headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    answer = browser.post(DOCTORS, "{}", content_type="application/json", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code in (403, 422)


@pytest.mark.parametrize("scope", ["own", "reception"])
def test_what_is_a_managers_is_403_for_others(manager, scope):
    body = {"given_names": "A", "surnames": "B", "specialty": "dermatologia"}

    assert Api(manager, scope).post(DOCTORS, body).status_code == 403


def test_command_prints_the_token_as_its_last_word(patient_user):
    out = StringIO()
    call_command("api_token", email=patient_user.email, scope="own", expires="30d", stdout=out)

    assert status(out.getvalue().split()[-1]) == 200
    kept = ApiToken.objects.get()
    assert kept.expires_at - kept.created_at == timedelta(days=30)


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "nobody@example.com"},
        {"scope": "manager"},
        {"expires": "soon"},
        {"expires": "0d"},
        {"expires": "99999d"},
        {"expires": "-1d"},
    ],
)
def test_command_refuses_what_makes_no_sense(patient_user, wrong):
    asked = {"email": patient_user.email, "scope": "own", "expires": "1d", **wrong}
    with pytest.raises(CommandError):
        call_command("api_token", **asked)
    assert not ApiToken.objects.exists()


def test_manager_revokes_in_the_administration(client, manager, patient_user):
    secret = token_for(patient_user, "own")
    client.force_login(manager)
    page = client.get("/admin/accounts/apitoken/")
    assert page.status_code == 200
    assert secret not in page.content.decode()

    key = str(ApiToken.objects.get().pk)
    client.post("/admin/accounts/apitoken/", {"action": "revoke", "_selected_action": [key]})

    assert status(secret) == 401


def test_too_many_are_429_and_say_when_to_come_again(settings, patient_user, monkeypatch):
    settings.RATE_LIMIT_FACTOR = 0.005  # three reads a minute
    api = Api(patient_user)

    answers = [api.get(PATIENTS) for _try in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert answers[-1].json()["type"] == "/api/docs#too-often"
