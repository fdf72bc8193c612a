"""Logging in with e-mail and password."""

import pytest
from django.contrib.auth import get_user
from django.urls import reverse

from accounts.repository import create_user
from conftest import PASSWORD

LOG_IN = "account_login"


def log_in(client, email, password=PASSWORD, **more):
    return client.post(reverse(LOG_IN), {"login": email, "password": password, **more})


def test_page_has_both_ways(client, place):
    page = client.get(reverse(LOG_IN), {"next": "/citas/?a=1"}).content.decode()
    assert page.count('name="next" value="/citas/?a=1"') == 2
    assert 'name="login"' in page
    assert 'name="password"' in page
    assert f'action="{reverse("account_request_login_code")}"' in page
    assert 'name="email"' in page


@pytest.mark.parametrize("typed", ["ana@example.com", " ANA@Example.com ", "ana\u200b@example.com"])
def test_right_password_enters_and_goes_to_next(client, patient_user, typed):
    response = log_in(client, typed, next="/perfil/")
    assert response.status_code == 302
    assert response["Location"] == "/perfil/"
    assert get_user(client) == patient_user


def test_without_next_it_goes_to_my_appointments(client, patient_user):
    assert log_in(client, "ana@example.com")["Location"] == reverse("appointments:mine")


def test_other_sites_are_no_next(client, patient_user):
    assert log_in(client, "ana@example.com", next="https://evil.example/")["Location"] == reverse("appointments:mine")


@pytest.mark.parametrize("role", ["doctor_user", "receptionist", "manager"])
def test_staff_reach_the_administration(client, request, place, role):
    user = request.getfixturevalue(role)
    door, _status = client.get("/admin/", follow=True).redirect_chain[-1]
    assert door == reverse(LOG_IN) + "?next=%2Fadmin%2F"
    response = log_in(client, user.email, next="/admin/")
    assert response["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_administration_has_no_log_in_page_of_its_own(client):
    response = client.get(reverse("admin:login"), {"next": "/admin/"})
    assert response["Location"] == reverse(LOG_IN) + "?next=%2Fadmin%2F"


def test_patient_is_not_let_into_the_administration(client, patient_user, place):
    client.force_login(patient_user)
    assert client.get("/admin/", follow=True).status_code == 403


def test_who_is_in_already_goes_on(client, patient_user):
    client.force_login(patient_user)
    assert client.get(reverse(LOG_IN), {"next": "/perfil/"})["Location"] == "/perfil/"


@pytest.fixture
def without_password(db):
    return create_user(email="eva@example.com")


@pytest.fixture
def closed(db):
    user = create_user(email="carla@example.com", password=PASSWORD)
    user.is_active = False
    user.save()
    return user


def refusal(client, email, password, count):
    """What a refused log-in says and costs: page, questions to the database."""
    with count() as asked:
        response = log_in(client, email, password)
    page = response.content.decode().replace(email, "…")
    return response.status_code, page.split("<main")[1].split("csrfmiddlewaretoken")[0], len(asked)


def test_unknown_and_known_addresses_are_refused_alike(
    client, patient_user, without_password, closed, place, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    asked = [
        refusal(client, email, password, lambda: CaptureQueriesContext(connection))
        for email, password in [
            ("ana@example.com", "wrong"),
            ("nobody@example.com", "wrong"),
            ("eva@example.com", "wrong"),
            ("carla@example.com", "wrong"),
            ("carla@example.com", PASSWORD),
        ]
    ]
    assert len(set(asked)) == 1, asked
    assert asked[0][0] == 200


def test_every_refusal_costs_one_password_hash(client, patient_user, without_password, closed, place, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *args: hashed.append(1) or encode(self, *args))
    costs = []
    for email in ("ana@example.com", "nobody@example.com", "eva@example.com", "carla@example.com"):
        hashed.clear()
        log_in(client, email, "wrong")
        costs.append(len(hashed))
    assert costs == [1, 1, 1, 1]


def test_logging_out_is_a_post(client, patient_user, place):
    client.force_login(patient_user)
    assert client.get(reverse("account_logout")).status_code == 200
    assert get_user(client) == patient_user
    assert client.post(reverse("account_logout"))["Location"] == reverse("appointments:search")
    assert get_user(client).is_anonymous


def test_session_of_a_stranger_gets_a_new_key_and_is_emptied_on_the_way_out(client, patient_user):
    client.get(reverse(LOG_IN))
    client.post(reverse("account_request_login_code"), {"email": "eva@example.com"})
    before = client.session.session_key
    log_in(client, "ana@example.com")
    inside = client.session.session_key
    assert before != inside
    assert "account_login" not in client.session
    client.post(reverse("account_logout"))
    assert not client.session.keys()
