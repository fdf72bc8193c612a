"""A new password, by the link of a mail."""

import re

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.urls import reverse

from accounts.models import User

NEW = "caballo-grapa-pila"


def link(client, email="ana@example.com"):
    assert client.post(reverse("account_reset_password"), {"email": email})["Location"] == reverse(
        "account_reset_password_done"
    )
    return re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]


def choose(client, address, password=NEW, again=NEW):
    form = client.get(address, follow=True)
    return client.post(form.request["PATH_INFO"], {"password1": password, "password2": again})


@pytest.mark.parametrize("email", ["ana@example.com", "nueva@example.com"])
def test_link_sets_the_password_and_enters(client, patient_user, place, email):
    assert choose(client, link(client, email)).status_code == 302
    assert get_user(client).email == email
    assert get_user(client).confirmed
    assert User.objects.get(email=email).check_password(NEW)


def test_link_works_once(client, patient_user, place):
    address = link(client)
    choose(client, address)
    client.post(reverse("account_logout"))
    assert client.get(address, follow=True).context["token_fail"]


def test_looking_at_the_link_changes_nothing(client, patient_user, place):
    client.get(link(client), follow=True)
    assert get_user(client).is_anonymous
    assert not User.objects.get().check_password(NEW)


@pytest.mark.parametrize(("password", "again"), [("short", "short"), ("123456789012", "123456789012"), (NEW, "other")])
def test_weak_or_mistyped_passwords_are_refused(client, patient_user, place, password, again):
    assert choose(client, link(client), password, again).status_code == 200
    assert not User.objects.get().check_password(password)


def test_invented_links_are_refused(client, patient_user, place):
    address = reverse("account_reset_password_from_key", kwargs={"uidb36": patient_user.pk.hex, "key": "abc-def"})
    assert client.get(address).context["token_fail"]
    address = reverse("account_reset_password_from_key", kwargs={"uidb36": "zzz", "key": "abc-def"})
    assert client.get(address).context["token_fail"]


def test_known_and_unknown_addresses_get_the_same_mail(client, patient_user, place):
    link(client)
    link(client, "nueva@example.com")
    ana, new = (re.sub(r"http\S+", "", message.body) for message in mail.outbox)
    assert ana == new
    assert {message.extra_headers["X-Citas-Kind"] for message in mail.outbox} == {"other"}
