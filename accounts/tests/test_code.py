"""Logging in, and becoming known, with the code of a mail."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from accounts.repository import create_user

ASK, CONFIRM = "account_request_login_code", "account_confirm_login_code"


def ask(client, email, **more):
    return client.post(reverse(ASK), {"email": email, **more})


def newest_code():
    return re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]


def confirm(client, code, **more):
    return client.post(reverse(CONFIRM), {"code": code, **more})


@pytest.mark.parametrize("email", ["ana@example.com", "nueva@example.com"])
def test_code_enters_and_goes_to_next(client, patient_user, place, email):
    response = ask(client, email, next="/citas/nueva/?paso=2")
    assert response["Location"] == reverse(CONFIRM) + "?next=%2Fcitas%2Fnueva%2F%3Fpaso%3D2"
    assert 'value="/citas/nueva/?paso=2"' in client.get(response["Location"]).content.decode()
    response = confirm(client, newest_code(), next="/citas/nueva/?paso=2")
    assert response["Location"] == "/citas/nueva/?paso=2"
    assert get_user(client).email == email
    assert get_user(client).confirmed


@pytest.mark.parametrize("typed", ["{0}-{1}", "{0} {1}", " {0}{1} "])
def test_code_may_be_typed_in_groups(client, place, typed):
    ask(client, "nueva@example.com")
    code = newest_code()
    assert confirm(client, typed.format(code[:3], code[3:])).status_code == 302


def test_mail_is_marked_as_a_code_and_its_subject_does_not_tell_it(client, place):
    ask(client, "nueva@example.com")
    message = mail.outbox[0]
    assert message.to == ["nueva@example.com"]
    assert message.extra_headers["X-Citas-Kind"] == "code"
    assert newest_code() not in message.subject
    assert newest_code() in message.alternatives[0].content


def test_mail_and_account_are_in_the_language_of_the_page(client, place):
    subjects = []
    for language in ("es", "en"):
        client.cookies["language"] = language
        with translation.override(None):
            ask(client, f"{language}@example.com", HTTP_ACCEPT_LANGUAGE=language)
        subjects.append(mail.outbox[-1].subject)
    assert set(User.objects.values_list("email", "language")) == {("es@example.com", "es"), ("en@example.com", "en")}


def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_work(client, place):
    create_user(email="ana@example.com")
    closed = create_user(email="carla@example.com")
    closed.is_active = False
    closed.save()
    answers = []
    for email in ("ana@example.com", "nueva@example.com", "carla@example.com"):
        client.cookies.clear()
        with CaptureQueriesContext(connection) as asked:
            response = ask(client, email)
        page = client.get(response["Location"]).content.decode().replace(email, "…").split("<main")[1]
        page = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page)
        text = re.sub(r"\d{6}", "", mail.outbox[-1].body)
        writes = [query["sql"].split()[0] for query in asked if query["sql"].split()[0] in ("INSERT", "UPDATE")]
        questions = [query for query in asked if "SAVEPOINT" not in query["sql"]]
        answers.append((response.status_code, response["Location"], page, text, len(writes), len(questions)))
    assert len(set(answers)) == 1, answers


def test_closed_account_learns_so_only_after_the_code(client, place):
    closed = create_user(email="carla@example.com")
    closed.is_active = False
    closed.save()
    ask(client, "carla@example.com")
    assert confirm(client, newest_code())["Location"] == reverse("account_inactive")
    assert get_user(client).is_anonymous
    assert client.get(reverse("account_inactive")).status_code == 200


def test_wrong_code_can_be_tried_again(client, place):
    ask(client, "nueva@example.com")
    response = confirm(client, "000000" if newest_code() != "000000" else "111111")
    assert response.status_code == 200
    assert response.context["form"].errors["code"]
    assert confirm(client, newest_code()).status_code == 302
    assert get_user(client).email == "nueva@example.com"


def test_third_wrong_code_ends_it_and_next_survives(client, place):
    ask(client, "nueva@example.com")
    for _time in range(3):
        response = confirm(client, "wrong", next="/perfil/")
    assert response["Location"] == reverse(ASK) + "?next=%2Fperfil%2F"
    assert confirm(client, newest_code()).status_code == 302
    assert get_user(client).is_anonymous


def test_code_is_good_for_five_minutes(client, place):
    ask(client, "nueva@example.com")
    session = client.session
    session["account_login"]["state"]["stages"]["login_by_code"]["data"]["at"] -= 301
    session.save()
    response = confirm(client, newest_code(), next="/perfil/")
    assert response["Location"] == reverse(ASK) + "?next=%2Fperfil%2F"
    assert get_user(client).is_anonymous


def test_new_code_replaces_the_old_one(client, place):
    ask(client, "nueva@example.com")
    old = newest_code()
    ask(client, "nueva@example.com")
    if old != newest_code():
        assert confirm(client, old).status_code == 200
    assert confirm(client, newest_code()).status_code == 302
    assert len(mail.outbox) == 2


def test_code_works_once(client, place):
    ask(client, "nueva@example.com")
    confirm(client, newest_code())
    client.post(reverse("account_logout"))
    assert confirm(client, newest_code())["Location"] == reverse(ASK)
    assert get_user(client).is_anonymous


def test_code_of_another_browser_is_of_no_use(client, place):
    ask(client, "nueva@example.com")
    other = client.__class__()
    assert confirm(other, newest_code())["Location"] == reverse(ASK)
    assert get_user(other).is_anonymous


def test_address_can_be_corrected_while_a_code_is_awaited(client, place):
    ask(client, "nueva@exmaple.com")
    assert client.get(reverse(ASK)).status_code == 200
    assert client.get(reverse("account_login")).status_code == 200
    ask(client, "nueva@example.com")
    confirm(client, newest_code())
    assert get_user(client).email == "nueva@example.com"


def test_code_page_says_where_the_code_is_read_except_in_production(client, place, settings):
    ask(client, "nueva@example.com")
    link = f'href="{reverse("notifications:inbox")}"'
    assert link in client.get(reverse(CONFIRM)).content.decode().split("<main")[1]
    settings.CITAS_ENV = "production"
    assert link not in client.get(reverse(CONFIRM)).content.decode()


def test_code_field_is_made_for_codes(client, place):
    ask(client, "nueva@example.com")
    page = client.get(reverse(CONFIRM)).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page


@pytest.mark.parametrize("typed", ["", "nobody", "a@b", "a" * 300 + "@example.com", "<b>@example.com"])
def test_what_is_no_address_gets_an_error_and_no_account(client, place, typed):
    response = ask(client, typed)
    assert response.status_code == 200
    assert response.context["form"].errors["email"]
    assert not User.objects.exists()
    assert not mail.outbox


@pytest.mark.parametrize("typed", [" ANA@example.com", "ana\u200b@example.com"])
def test_every_spelling_reaches_the_same_account(client, patient_user, place, typed):
    ask(client, typed)
    confirm(client, newest_code())
    assert get_user(client) == patient_user
    assert User.objects.count() == 1


def test_pages_for_strangers_keep_nobody_out(client, place):
    for name in ("account_login", ASK, "account_reset_password", "account_reset_password_done", "account_inactive"):
        assert client.get(reverse(name)).status_code == 200
    assert client.get(reverse(CONFIRM))["Location"] == reverse(ASK)


def test_asking_again_keeps_an_unconfirmed_account_alive(client, place):
    from accounts.repository import purge_unverified

    ask(client, "nueva@example.com")
    User.objects.update(created_at=timezone.now() - timedelta(days=3))
    assert purge_unverified(now=timezone.now()) == 0
