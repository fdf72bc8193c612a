"""Accounts: who can sign in, and as what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError
from django.db.models import ProtectedError, QuerySet

from accounts.emails import normalise
from accounts.models import STAFF, Role, User
from citas.db import refusable, settled, together

UNCONFIRMED_KEPT = timedelta(days=1)


def find_by_email(email: str) -> User | None:
    return User.objects.filter(email=normalise(email)).first()


def by_keys(keys: Iterable[UUID]) -> dict[UUID, User]:
    """Those of these accounts that are there."""
    return User.objects.in_bulk(list(keys))


def has_manager() -> bool:
    return User.objects.filter(role=Role.MANAGER, is_active=True).exists()


def some_manager() -> User | None:
    """One of those who may see everything."""
    return User.objects.filter(role=Role.MANAGER, is_active=True).order_by("created_at").first()


def create_user(*, email: str, role: str = Role.PATIENT, password: str | None = None, language: str = "es") -> User:
    """A new account; without a password it signs in by code only. Raises IntegrityError for a known address."""
    return enrol(user=User(email=email, language=language), role=role, password=password)


def enrol(*, user: User, role: str, password: str | None = None) -> User:
    """Store an account that is not stored yet, with its role. Raises IntegrityError for a known address."""
    user.set_password(password)

    def store() -> None:
        user.save(force_insert=True)
        set_role(user=user, role=role)

    together(store)
    return user


def set_role(*, user: User, role: str) -> None:
    """Make the role, the group of the same name and the way into the administration agree."""

    def store() -> None:
        user.role, user.is_staff = role, role in STAFF
        user.save(update_fields=["role", "is_staff"])
        user.groups.set(Group.objects.filter(name=role) if role in STAFF else [])

    together(store)


def grant(*, role: str, app: str, codenames: set[str]) -> None:
    """Give the group of a role exactly these rights in one app. Safe to repeat."""
    together(lambda: _grant(role, app, codenames))


def _grant(role: str, app: str, codenames: set[str]) -> None:
    group, _new = Group.objects.get_or_create(name=role)
    known = dict(Permission.objects.filter(content_type__app_label=app).values_list("codename", "pk"))
    wanted = {known[codename] for codename in codenames}
    has = set(group.permissions.filter(content_type__app_label=app).values_list("pk", flat=True))
    group.permissions.remove(*(has - wanted))
    group.permissions.add(*(wanted - has))


def begin(*, email: str, language: str, now: datetime) -> User:
    """The account of an address that asks for a code, made when there is none.

    Known and unknown cost the same: two statements, one of which writes.
    """
    known = User.objects.filter(email=normalise(email))
    if known.update(code_asked_at=now):
        return known.get()
    user = User(email=email, language=language, confirmed=False, code_asked_at=now)
    user.set_unusable_password()
    try:
        with refusable():
            user.save(force_insert=True)
    except IntegrityError:  # the same address asked twice at once
        with settled():
            return known.get()
    return user


def confirm(*, user: User) -> None:
    """Note that somebody who reads the mail of this address has entered."""
    User.objects.filter(pk=user.pk, confirmed=False).update(confirmed=True)


def set_language(*, user: User, language: str) -> None:
    """The language of the mails to this account."""
    User.objects.filter(pk=user.pk).update(language=language)


def keep(account: UUID) -> bool:
    """Take an account out of what purge_unverified forgets, in the transaction that refers to it; False: it is gone.

    Both write the account's row, so that one of two that come at the same moment waits for the other or is refused.
    """
    return bool(User.objects.filter(pk=account).update(code_asked_at=None))


def purge_unverified(*, now: datetime) -> int:
    """Forget accounts that asked for a code more than a day ago and never used it; how many they were."""
    stale = _unverified(before=now - UNCONFIRMED_KEPT).values_list("pk", flat=True)
    return sum(_forget(key, before=now - UNCONFIRMED_KEPT) for key in stale)


def _unverified(*, before: datetime) -> QuerySet[User]:
    return User.objects.filter(role=Role.PATIENT, confirmed=False, code_asked_at__lt=before)


def _forget(key: UUID, *, before: datetime) -> bool:
    def forget() -> bool:
        # Looked at again, and locked: somebody may be entering, or reception linking a patient to it.
        still = _unverified(before=before).filter(pk=key).select_for_update().first()
        return still is not None and bool(still.delete()[0])

    try:
        return together(forget)
    except ProtectedError:  # reception has linked a patient to it
        return False
