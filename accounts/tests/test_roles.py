"""Groups have just the rights of their role, whatever was there before."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from accounts.groups import RIGHTS
from accounts.models import Role
from accounts.repository import create_user, set_role

# As words, so that a change of the list in groups.py has to be said twice.
PERMITTED = [
    ("receptionist", "patients.view_patient"),
    ("receptionist", "patients.add_patient"),
    ("receptionist", "patients.change_patient"),
    ("receptionist", "appointments.add_appointment"),
    ("receptionist", "appointments.change_appointment"),
    ("receptionist", "notifications.view_message"),
    ("receptionist", "doctors.view_doctor"),
    ("doctor_user", "appointments.view_appointment"),
    ("doctor_user", "doctors.view_workinghours"),
    ("manager", "doctors.change_doctor"),
    ("manager", "doctors.add_location"),
    ("manager", "doctors.delete_workinghours"),
    ("manager", "accounts.add_user"),
    ("manager", "accounts.change_user"),
    ("manager", "patients.change_patient"),
    ("manager", "appointments.change_appointment"),
]
DENIED = [
    ("receptionist", "accounts.change_user"),
    ("receptionist", "doctors.change_doctor"),
    ("receptionist", "notifications.change_message"),
    ("doctor_user", "patients.view_patient"),
    ("doctor_user", "appointments.change_appointment"),
    ("doctor_user", "accounts.view_user"),
    ("manager", "notifications.change_message"),
    ("manager", "auth.change_group"),
    ("patient_user", "patients.view_patient"),
]
NEVER_DELETED = [
    "accounts.delete_user",
    "patients.delete_patient",
    "appointments.delete_appointment",
    "doctors.delete_doctor",
    "doctors.delete_location",
    "doctors.delete_visittype",
    "notifications.delete_message",
]


@pytest.mark.parametrize(("who", "right"), PERMITTED)
def test_role_may(request, who, right):
    assert request.getfixturevalue(who).has_perm(right)


@pytest.mark.parametrize(("who", "right"), DENIED)
def test_role_may_not(request, who, right):
    assert not request.getfixturevalue(who).has_perm(right)


@pytest.mark.parametrize("who", ["receptionist", "doctor_user", "manager"])
@pytest.mark.parametrize("right", NEVER_DELETED)
def test_nobody_deletes(request, who, right):
    assert not request.getfixturevalue(who).has_perm(right)


def rights():
    return {
        group.name: set(group.permissions.values_list("content_type__app_label", "codename"))
        for group in Group.objects.all()
    }


def test_migrating_again_changes_nothing(db):
    before = rights()
    call_command("migrate", verbosity=0)
    assert rights() == before
    assert set(before) == {str(role) for role in RIGHTS}


def test_migrating_again_takes_away_what_was_added(db):
    before = rights()
    Group.objects.get(name="doctor").permissions.add(Permission.objects.get(codename="delete_patient"))
    call_command("migrate", verbosity=0)
    assert rights() == before


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST, Role.MANAGER])
def test_staff_enter_the_administration_with_the_group_of_their_role(db, role):
    user = create_user(email="alguien@example.com", role=role)
    assert user.is_staff
    assert [group.name for group in user.groups.all()] == [str(role)]
    assert user.works_here


def test_who_is_no_longer_staff_loses_group_and_entry(manager):
    set_role(user=manager, role=Role.PATIENT)
    manager.refresh_from_db()
    assert not manager.is_staff
    assert not manager.groups.exists()
    assert not manager.works_here
