from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.emails import normalise
from citas.db import uuid7
from citas.db.indexes import UniqueIndex
from citas.db.timestamps import MillisecondField


class Role(models.TextChoices):
    PATIENT = "patient", _("patient")
    DOCTOR = "doctor", _("doctor")
    RECEPTIONIST = "receptionist", _("receptionist")
    MANAGER = "manager", _("manager")


STAFF = (Role.DOCTOR, Role.RECEPTIONIST, Role.MANAGER)


class Scope(models.TextChoices):
    """What a token of the API may do: what one of the roles may."""

    OWN = "own", _("own appointments")
    AGENDA = "agenda", _("own agenda")
    RECEPTION = "reception", _("reception")
    MANAGER = "manager", _("administration of the clinic")


ACTS_AS = {
    Scope.OWN: Role.PATIENT,
    Scope.AGENDA: Role.DOCTOR,
    Scope.RECEPTION: Role.RECEPTIONIST,
    Scope.MANAGER: Role.MANAGER,
}
SCOPES = {
    Role.PATIENT: (Scope.OWN,),
    Role.DOCTOR: (Scope.OWN, Scope.AGENDA),
    Role.RECEPTIONIST: (Scope.OWN, Scope.RECEPTION),
    Role.MANAGER: (Scope.OWN, Scope.RECEPTION, Scope.MANAGER),
}


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=normalise(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A login identity, by e-mail. What a person may do follows from the role; see accounts.repository.set_role.

    `confirmed` is false from when a stranger asks for a code until the code is used; see accounts.repository.begin.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.PATIENT)
    language = models.CharField(_("language"), max_length=5, default="es")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the administration"), default=False)
    confirmed = models.BooleanField(_("address confirmed"), default=True, editable=False)
    code_asked_at = MillisecondField(null=True, blank=True, editable=False)
    last_login = MillisecondField(_("last login"), null=True, blank=True)
    created_at = MillisecondField(_("since"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        self.email = normalise(self.email)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = normalise(self.email)
        super().save(*args, **kwargs)

    @property
    def works_here(self) -> bool:
        """Whether this is a member of the clinic's staff."""
        return self.role in STAFF


class ApiToken(models.Model):
    """Lets a program in as its account, with one scope. Only the hash of the secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("account"))
    scope = models.CharField(_("scope"), max_length=10, choices=Scope)
    digest = models.CharField(max_length=64, editable=False)
    created_at = MillisecondField(_("made"), editable=False)
    expires_at = MillisecondField(_("good until"), editable=False)
    revoked_at = MillisecondField(_("revoked"), null=True, blank=True, editable=False)
    last_used_at = MillisecondField(_("last used"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("token of the API")
        verbose_name_plural = _("tokens of the API")
        indexes = (UniqueIndex(fields=["digest"], name="api_token_digest"),)

    def __str__(self) -> str:
        return f"{self.scope} ({self.digest[:6]})"
