"""Whether the appointment book takes changes. It does not while its data is being moved to another database."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from citas.db import refusable
from citas.errors import DomainError
from doctors.maintenance_models import Maintenance


class UnderMaintenance(DomainError):
    """Nothing is changed until the move is over; looking goes on."""

    status = 503
    code = "maintenance"
    message = _("We are moving the appointment book. You can look, but nothing can be changed for some minutes.")


def begin(*, now: datetime) -> bool:
    """Take no more changes; False when that was so already."""
    try:
        with refusable():
            Maintenance(since=now).save(force_insert=True)
    except IntegrityError:
        return False
    return True


def end() -> bool:
    """Take changes again; False when that was so already."""
    return bool(Maintenance.objects.all().delete()[0])


def since() -> datetime | None:
    """When the maintenance began (UTC); None when there is none."""
    return Maintenance.objects.values_list("since", flat=True).first()


def refuse_changes() -> None:
    """Raise UnderMaintenance while there is maintenance."""
    if since() is not None:
        raise UnderMaintenance
