from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, StepValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from citas.db import uuid7
from citas.db.kept import Kept, KeptPlainly, KeptQuerySet
from citas.db.made_once import MadeOnce
from doctors import public_holidays
from doctors.checks import check_span
from doctors.maintenance_models import Maintenance  # noqa: F401 - Django looks for models here

MINUTES = [StepValueValidator(5, _("Minutes go in steps of five."))]
UP_TO_A_DAY = [*MINUTES, MinValueValidator(5), MaxValueValidator(24 * 60)]


def check_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("This is no time zone of the IANA list, such as Europe/Madrid."))


def check_five_minutes(value: Any) -> None:
    if value.minute % 5 or value.second or value.microsecond:
        raise ValidationError(_("Times go in steps of five minutes."))


class Entity(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class Labelled(KeptPlainly, Entity):
    """Something that a clinic names in Spanish and, where it wants, in English."""

    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the language of whoever reads."""
        return self.name_en if self.name_en and get_language() == "en" else self.name


def the_clinic() -> UUID:
    """The key of the one clinic: the same everywhere, so that a second row is refused."""
    return UUID(int=1)


class Clinic(KeptPlainly, Entity):
    """The one clinic of this installation and its own rules."""

    id = models.UUIDField(primary_key=True, default=the_clinic, editable=False)
    name = models.CharField(_("name"), max_length=80)
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    country = models.CharField(_("country"), max_length=2, default="ES")
    region = models.CharField(
        _("region"), max_length=6, blank=True, help_text=_("For its public holidays, such as MD.")
    )
    zone = models.CharField(_("time zone"), max_length=40, default="Europe/Madrid", validators=[check_zone])
    max_upcoming = models.PositiveSmallIntegerField(
        _("most upcoming visits of an account"), default=6, validators=[MinValueValidator(1)]
    )
    legal_version = models.CharField(_("version of the privacy notice"), max_length=20, default="2026-11")

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinic")

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def clean(self) -> None:
        self.country, self.region = self.country.upper(), self.region.upper()
        if not public_holidays.known(country=self.country, region=self.region):
            raise ValidationError({"region": _("There are no public holidays on record for this country and region.")})


class Location(KeptPlainly, Entity):
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    address = models.CharField(_("address"), max_length=160)
    city = models.CharField(_("city"), max_length=80)
    zone = models.CharField(_("time zone"), max_length=40, validators=[check_zone])
    phone = PhoneNumberField(_("phone"), blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


class Specialty(Labelled):
    class Meta:
        verbose_name = _("specialty")
        verbose_name_plural = _("specialties")


class VisitType(Labelled):
    """How long a visit is and when it may be booked and changed. All spans but the horizon are minutes."""

    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    duration = models.PositiveSmallIntegerField(_("duration"), default=20, validators=UP_TO_A_DAY)
    buffer_before = models.PositiveSmallIntegerField(_("minutes kept free before"), default=0, validators=MINUTES)
    buffer_after = models.PositiveSmallIntegerField(_("minutes kept free after"), default=0, validators=MINUTES)
    step = models.PositiveSmallIntegerField(
        _("step"),
        null=True,
        blank=True,
        validators=UP_TO_A_DAY,
        help_text=_("Minutes between starts; empty: the duration."),
    )
    minimum_notice = models.PositiveIntegerField(_("minimum notice"), default=120, validators=MINUTES)
    horizon_days = models.PositiveSmallIntegerField(
        _("days ahead"), default=90, validators=[MinValueValidator(1), MaxValueValidator(730)]
    )
    cutoff = models.PositiveIntegerField(
        _("latest change"), default=24 * 60, validators=MINUTES, help_text=_("Minutes before the visit.")
    )
    instructions = models.TextField(_("instructions"), blank=True)
    instructions_en = models.TextField(_("instructions in English"), blank=True)

    class Meta:
        verbose_name = _("visit type")
        verbose_name_plural = _("visit types")

    @property
    def guidance(self) -> str:
        """What a patient should bring or do, in the language of whoever reads."""
        return self.instructions_en if self.instructions_en and get_language() == "en" else self.instructions


ENGLISH_TITLES = {"Dra.": "Dr", "Dr.": "Dr"}


class DoctorQuerySet(KeptQuerySet["Doctor"]):
    def listed(self) -> DoctorQuerySet:
        """Those whom patients can see and book."""
        return self.filter(active=True, hidden=False, specialty__active=True)


class Doctor(MadeOnce, Kept, Entity):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="doctor",
        verbose_name=_("account"),
    )
    title = models.CharField(_("title"), max_length=12, default="Dra.", blank=True)
    given_names = models.CharField(_("given names"), max_length=80)
    surnames = models.CharField(_("surnames"), max_length=120)
    slug = models.SlugField(_("short name in addresses"), max_length=120, unique=True)
    specialty = models.ForeignKey(Specialty, models.PROTECT, related_name="doctors", verbose_name=_("specialty"))
    languages = models.CharField(_("languages"), max_length=80, blank=True)
    bio = models.TextField(_("about"), blank=True)
    bio_en = models.TextField(_("about, in English"), blank=True)
    active = models.BooleanField(_("active"), default=True)
    hidden = models.BooleanField(_("hidden"), default=False, help_text=_("Seen by nobody: for proofs and trials."))
    version = models.PositiveIntegerField(default=1, editable=False)  # rises with every change through the API

    objects = DoctorQuerySet.as_manager()

    class Meta:
        verbose_name = _("doctor")
        verbose_name_plural = _("doctors")
        ordering = ("surnames", "given_names", "id")

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        title = ENGLISH_TITLES.get(self.title, self.title) if get_language() == "en" else self.title
        return " ".join(part for part in (title, self.given_names, self.surnames) if part)

    @property
    def about(self) -> str:
        return self.bio_en if self.bio_en and get_language() == "en" else self.bio


class Offering(Entity):
    """A visit type that a doctor offers, perhaps with a duration of the doctor's own (minutes)."""

    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="offerings", verbose_name=_("doctor"))
    visit_type = models.ForeignKey(VisitType, models.PROTECT, related_name="offerings", verbose_name=_("visit type"))
    duration = models.PositiveSmallIntegerField(_("own duration"), null=True, blank=True, validators=UP_TO_A_DAY)

    class Meta:
        verbose_name = _("visit type offered")
        verbose_name_plural = _("visit types offered")
        constraints = (models.UniqueConstraint(fields=["doctor", "visit_type"], name="offering_once"),)

    def __str__(self) -> str:
        return str(self.visit_type)


class WorkingHours(MadeOnce, Entity):
    """A weekly wall-clock rule of one doctor at one location, in the location's zone."""

    class Weekday(models.IntegerChoices):
        MONDAY = 1, _("Monday")
        TUESDAY = 2, _("Tuesday")
        WEDNESDAY = 3, _("Wednesday")
        THURSDAY = 4, _("Thursday")
        FRIDAY = 5, _("Friday")
        SATURDAY = 6, _("Saturday")
        SUNDAY = 7, _("Sunday")

    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="hours", verbose_name=_("doctor"))
    location = models.ForeignKey(Location, models.PROTECT, related_name="hours", verbose_name=_("location"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("from"), validators=[check_five_minutes])
    ends = models.TimeField(_("to"), validators=[check_five_minutes], help_text=_("00:00 is the end of the day."))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering = ("weekday", "starts", "id")

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"

    def clean(self) -> None:
        check_span(self.starts, self.ends)
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The last day comes before the first.")})


class ScheduleException(MadeOnce, Entity):
    """Opens or closes a date, or part of it, for one doctor or the whole clinic (doctor empty)."""

    class Kind(models.TextChoices):
        CLOSES = "closes", _("closed")
        OPENS = "opens", _("open besides")

    doctor = models.ForeignKey(
        Doctor, models.CASCADE, null=True, blank=True, related_name="exceptions", verbose_name=_("doctor")
    )
    location = models.ForeignKey(
        Location, models.PROTECT, null=True, blank=True, related_name="exceptions", verbose_name=_("location")
    )
    date = models.DateField(_("date"), db_index=True)
    starts = models.TimeField(_("from"), null=True, blank=True, validators=[check_five_minutes])
    ends = models.TimeField(_("to"), null=True, blank=True, validators=[check_five_minutes])
    kind = models.CharField(_("what happens"), max_length=6, choices=Kind, default=Kind.CLOSES)
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    holiday = models.BooleanField(_("public holiday"), default=False, editable=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        ordering = ("date", "id")

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.get_kind_display()}"

    def clean(self) -> None:
        if (self.starts is None) != (self.ends is None):
            raise ValidationError(_("Give both times, or none for the whole day."))
        if self.kind == self.Kind.OPENS and not (self.location and self.starts and self.doctor):
            raise ValidationError(_("To open a date, say for which doctor, where, and from when to when."))
        if self.starts is not None:
            check_span(self.starts, self.ends)
