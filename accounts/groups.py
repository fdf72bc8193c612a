"""What each role may do in the administration: groups of the same name, kept to exactly this list at every migrate."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.contrib.auth.management import create_permissions

from accounts import repository
from accounts.models import Role

VIEW = ("view",)
KEEP = ("view", "add", "change")
KEEP_AND_DROP = (*KEEP, "delete")

# What visits and people refer to is deactivated: nobody may delete an account, a patient, an appointment, a doctor,
# a location or a type of visit. Who may view a model may also pick from it.
RIGHTS: dict[str, dict[str, tuple[str, ...]]] = {
    Role.DOCTOR: {
        "appointments.appointment": VIEW,
        "doctors.doctor": VIEW,
        "doctors.workinghours": VIEW,
        "doctors.scheduleexception": VIEW,
    },
    Role.RECEPTIONIST: {
        "accounts.user": VIEW,
        "patients.patient": KEEP,
        "appointments.appointment": KEEP,
        "notifications.message": VIEW,
        "doctors.doctor": VIEW,
        "doctors.location": VIEW,
        "doctors.specialty": VIEW,
        "doctors.visittype": VIEW,
        "doctors.offering": VIEW,
        "doctors.workinghours": VIEW,
        "doctors.scheduleexception": VIEW,
    },
    Role.MANAGER: {
        "accounts.user": KEEP,
        "accounts.apitoken": ("view", "change"),
        "patients.patient": KEEP,
        "appointments.appointment": KEEP,
        "notifications.message": VIEW,
        "notifications.webhookendpoint": KEEP,
        "notifications.webhookdelivery": VIEW,
        "doctors.clinic": ("view", "change"),
        "doctors.doctor": KEEP,
        "doctors.location": KEEP,
        "doctors.specialty": KEEP,
        "doctors.visittype": KEEP,
        "doctors.offering": KEEP_AND_DROP,
        "doctors.workinghours": KEEP_AND_DROP,
        "doctors.scheduleexception": KEEP_AND_DROP,
    },
}


def grant_rights(*, app_config: AppConfig, apps: Any = installed, using: str, **options: Any) -> None:
    """After an app is migrated: give every group its rights in it, and take those away that it should not have."""
    if not _mentioned(app_config.label) or "auth" not in apps.app_configs:
        return
    # Django makes permissions in the same signal, maybe after us; making them twice is harmless.
    create_permissions(app_config, verbosity=0, interactive=False, using=using, apps=apps)
    for role, rights in RIGHTS.items():
        repository.grant(role=role, app=app_config.label, codenames=_codenames(rights, app_config.label))


def _mentioned(app: str) -> bool:
    return any(name.startswith(f"{app}.") for rights in RIGHTS.values() for name in rights)


def _codenames(rights: dict[str, tuple[str, ...]], app: str) -> set[str]:
    mine = {name.partition(".")[2]: actions for name, actions in rights.items() if name.startswith(f"{app}.")}
    return {f"{action}_{model}" for model, actions in mine.items() for action in actions}
