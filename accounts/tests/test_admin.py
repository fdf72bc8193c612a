"""Accounts in the administration: made and changed by a manager, never deleted."""

import pytest
from django.urls import reverse

from accounts.models import User
from conftest import PASSWORD

NEW = {"email": "nuevo@example.com", "role": "receptionist", "language": "es", "new_password": ""}
LIST, ADD = "admin:accounts_user_changelist", "admin:accounts_user_add"


@pytest.fixture
def desk(client, manager, place):
    client.force_login(manager)
    return client


def change(client, user, **changes):
    typed = {"email": user.email, "role": user.role, "language": user.language, "is_active": "on", **changes}
    typed = {name: value for name, value in typed.items() if value is not None}
    return client.post(reverse("admin:accounts_user_change", args=[user.pk]), typed)


def test_new_account_gets_role_group_and_entry(desk):
    assert desk.post(reverse(ADD), NEW).status_code == 302
    made = User.objects.get(email="nuevo@example.com")
    assert made.is_staff
    assert made.has_perm("patients.change_patient")
    assert not made.has_usable_password()


def test_new_account_may_get_a_password(desk):
    desk.post(reverse(ADD), {**NEW, "new_password": PASSWORD})
    assert User.objects.get(email="nuevo@example.com").check_password(PASSWORD)


@pytest.mark.parametrize("typed", ["ANA@example.com", "ana\u200b@example.com"])
def test_second_account_of_an_address_is_refused(desk, patient_user, typed):
    response = desk.post(reverse(ADD), {**NEW, "email": typed})
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["email"]


def test_weak_password_is_refused(desk):
    assert desk.post(reverse(ADD), {**NEW, "new_password": "1234"}).context["adminform"].form.errors["new_password"]


def test_changed_role_changes_group_and_entry(desk, patient_user):
    assert change(desk, patient_user, role="doctor").status_code == 302
    changed = User.objects.get(pk=patient_user.pk)
    assert changed.is_staff
    assert [group.name for group in changed.groups.all()] == ["doctor"]
    change(desk, changed, role="patient")
    changed = User.objects.get(pk=patient_user.pk)
    assert not changed.is_staff
    assert not changed.groups.exists()


def test_account_is_closed_by_taking_the_tick_away(desk, patient_user, client):
    change(desk, patient_user, is_active=None)
    patient_user.refresh_from_db()
    assert not patient_user.is_active


def test_password_is_set_on_its_own_page(desk, patient_user):
    page = desk.get(reverse("admin:accounts_user_change", args=[patient_user.pk]))
    address = reverse("admin:auth_user_password_change", args=[patient_user.pk])
    assert address in page.content.decode()
    typed = {"password1": "otra-clave-larga", "password2": "otra-clave-larga", "usable_password": "true"}
    assert desk.post(address, typed).status_code == 302
    assert User.objects.get(pk=patient_user.pk).check_password("otra-clave-larga")


def test_nobody_can_delete_an_account(desk, patient_user):
    assert desk.get(reverse("admin:accounts_user_delete", args=[patient_user.pk])).status_code == 403
    assert desk.post(reverse("admin:accounts_user_delete", args=[patient_user.pk]), {"post": "yes"}).status_code == 403


def test_rights_cannot_be_posted(desk, patient_user):
    change(desk, patient_user, is_superuser="on", is_staff="on", user_permissions="1")
    changed = User.objects.get(pk=patient_user.pk)
    assert not changed.is_superuser
    assert not changed.is_staff
    assert not changed.user_permissions.exists()


def test_found_by_address(desk, patient_user, other_user):
    page = desk.get(reverse(LIST), {"q": "bruno"})
    assert list(page.context["cl"].queryset) == [other_user]


@pytest.mark.parametrize(("who", "status"), [("receptionist", 200), ("doctor_user", 403)])
def test_others_look_at_most(client, request, place, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse(LIST)).status_code == status
    assert client.get(reverse(ADD)).status_code == 403
    assert client.post(reverse(ADD), NEW).status_code == 403
