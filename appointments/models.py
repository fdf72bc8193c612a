from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citas.db import uuid7
from citas.db.indexes import BusyIndex, CoveringIndex, UniqueIndex
from citas.db.intervals import IntervalField
from citas.db.kept import Kept, KeptQuerySet
from citas.db.made_once import MadeOnce
from citas.db.timestamps import MillisecondField
from doctors.models import Doctor, Location, VisitType
from patients.models import Patient


class Status(models.TextChoices):
    """What an appointment is; one-to-one on FHIR R4 appointmentstatus."""

    HELD = "held", _("held")
    BOOKED = "booked", _("booked")
    ARRIVED = "arrived", _("arrived")
    COMPLETED = "completed", _("completed")
    CANCELLED = "cancelled", _("cancelled")
    NO_SHOW = "no_show", _("did not come")


LIVE = (Status.HELD, Status.BOOKED, Status.ARRIVED, Status.COMPLETED)
ATTENDED = (Status.BOOKED, Status.ARRIVED, Status.COMPLETED)
IN_USE = {"active": True}


def blocks(now: datetime) -> Q:
    """What keeps a doctor's time: live, and not a hold that has run out."""
    return Q(status__in=ATTENDED) | Q(status=Status.HELD, expires_at__gt=now)


def steps(first: datetime, last: datetime, *, kind: str) -> list[datetime]:
    """The first day of each year or month, or each day (`kind`), from one instant's through another's, at midnight."""
    days = [first.date() + timedelta(days=number) for number in range((last.date() - first.date()).days + 1)]
    begun = {"year": {"month": 1, "day": 1}, "month": {"day": 1}, "day": {}}[kind]
    return [datetime.combine(day, time(), first.tzinfo) for day in sorted({day.replace(**begun) for day in days})]


class AppointmentQuerySet(KeptQuerySet["Appointment"]):
    def of(self, user: Any) -> AppointmentQuerySet:
        """Those that a person may see: a patient's own and their dependants', a doctor's agenda, all for the desk."""
        if user.role in ("receptionist", "manager"):
            return self
        # By keys that are looked up first: both engines then use the indexes of this table.
        mine = Q(patient__in=Patient.objects.filter(account=user))
        theirs = Q(doctor__in=Doctor.objects.filter(user=user))
        return self.filter(mine | theirs) if user.role == "doctor" else self.filter(mine)

    def of_account(self, account: Any) -> AppointmentQuerySet:
        """Those of the patients of one account (or its key)."""
        return self.filter(patient__in=Patient.objects.filter(account=account))

    def blocking(self, now: datetime) -> AppointmentQuerySet:
        return self.filter(blocks(now))

    def upcoming(self, now: datetime) -> AppointmentQuerySet:
        return self.filter(status=Status.BOOKED, starts_at__gt=now)

    def with_names(self) -> AppointmentQuerySet:
        """With all that pages and mails name, read in the same query."""
        return self.select_related("doctor__specialty", "patient__account", "visit_type", "location")

    def datetimes(self, field_name: str, kind: str, *rest: Any, **more: Any) -> Any:
        """Each year, month or day from the first of these rows to the last, by the clock of the current zone.

        Django's own leaves out those without rows, for which it reads and rounds every row: 350 ms at 200,000.
        """
        ends = self.aggregate(first=models.Min(field_name), last=models.Max(field_name))
        return steps(*map(timezone.localtime, ends.values()), kind=kind) if ends["first"] else []

    def seen(self) -> AppointmentQuerySet:
        """Without those of the doctors whom nobody sees: proofs and trials book with them."""
        # Their keys are few, mostly none; a join would double the time of counting (27 ms at 200,000 appointments).
        return self.exclude(doctor__in=list(Doctor.objects.filter(hidden=True).values_list("pk", flat=True)))


class Appointment(MadeOnce, Kept):
    """One visit. Everything that one change writes lies in this row, so that one change is one write.

    `busy` blocks the doctor (visit plus buffers), `visit` blocks the patient; the database refuses overlaps of either.
    Instants are UTC, to the minute. `events` only grows: see appointments.events.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(_("reference"), max_length=8, editable=False)
    doctor = models.ForeignKey(
        Doctor,
        models.PROTECT,
        related_name="appointments",
        verbose_name=_("doctor"),
        limit_choices_to={"active": True, "hidden": False},
        db_index=False,
    )
    patient = models.ForeignKey(
        Patient,
        models.PROTECT,
        related_name="appointments",
        verbose_name=_("patient"),
        limit_choices_to=IN_USE,
        db_index=False,
    )
    visit_type = models.ForeignKey(
        VisitType,
        models.PROTECT,
        related_name="appointments",
        verbose_name=_("visit type"),
        limit_choices_to=IN_USE,
        db_index=False,
    )
    location = models.ForeignKey(
        Location,
        models.PROTECT,
        related_name="appointments",
        verbose_name=_("location"),
        limit_choices_to=IN_USE,
        db_index=False,
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("booked by")
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    busy = IntervalField(editable=False)
    visit = IntervalField(editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.BOOKED)
    version = models.PositiveIntegerField(default=1, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    reason = models.TextField(_("reason"), blank=True)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    cancellation_reason = models.CharField(_("reason of the cancellation"), max_length=500, blank=True)
    request_key = models.CharField(max_length=300, editable=False)
    events = models.JSONField(_("events"), default=list, editable=False)
    mail_due = models.BooleanField(default=True, editable=False)
    expires_at = MillisecondField(_("held until"), null=True, blank=True)
    created_at = MillisecondField(_("made"), editable=False)
    updated_at = MillisecondField(_("changed"), editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        indexes = (
            BusyIndex(owner="doctor", interval="busy", statuses=LIVE, name="appointment_doctor_free"),
            BusyIndex(owner="patient", interval="visit", statuses=ATTENDED, name="appointment_patient_free"),
            UniqueIndex(fields=["reference"], name="appointment_reference"),
            UniqueIndex(fields=["request_key"], name="appointment_request"),
            # With all that the search for free time reads, so that it need not touch the rows.
            CoveringIndex(
                fields=["doctor", "starts_at"], beside=["busy", "status", "expires_at"], name="appointment_doctor_time"
            ),
            models.Index(fields=["patient", "starts_at", "id"], name="appointment_patient_time"),
            models.Index(fields=["starts_at", "id"], name="appointment_time"),
            # The filters of the desk's list, in its order. These and the two above stand in for the foreign keys' own.
            models.Index(fields=["status", "starts_at", "id"], name="appointment_status_time"),
            models.Index(fields=["location", "starts_at", "id"], name="appointment_place_time"),
            models.Index(fields=["visit_type", "starts_at", "id"], name="appointment_kind_time"),
            models.Index(fields=["updated_at"], condition=Q(mail_due=True), name="appointment_mail_due"),
            models.Index(fields=["expires_at"], condition=Q(status=Status.HELD), name="appointment_held_until"),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def zone(self) -> ZoneInfo:
        return self.location.tz

    @property
    def local_start(self) -> datetime:
        """The start as the clock at the location shows it."""
        return self.starts_at.astimezone(self.zone)


class Draft(models.Model):
    """A booking being filled in: its key is in the URL, and only the browser that began it may open it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    browser = models.CharField(max_length=64, editable=False)
    data = models.JSONField(default=dict, editable=False)
    created_at = MillisecondField(default=timezone.now, editable=False, db_index=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return str(self.id)
