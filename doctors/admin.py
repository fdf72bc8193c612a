"""The clinic, its doctors and what they offer, in the administration: put out of use, never deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from citas.administration import OneTransaction
from citas.exchange.administration import ExchangeAdmin
from doctors import repository
from doctors.exchange import DoctorResource, HoursResource
from doctors.forms import HoursFormSet
from doctors.models import (
    Clinic,
    Doctor,
    Location,
    Offering,
    ScheduleException,
    Specialty,
    VisitType,
    WorkingHours,
)

RECENT = timedelta(days=30)


class KeptAdmin(OneTransaction, admin.ModelAdmin):
    """What visits refer to: no button deletes it, two actions put it out of use and in again."""

    actions = ("deactivate", "activate")
    show_full_result_count = False
    list_per_page = 50

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Put out of use"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._say(request, repository.set_active(rows=queryset, active=False))

    @admin.action(description=_("Put in use again"), permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._say(request, repository.set_active(rows=queryset, active=True))

    def _say(self, request: HttpRequest, changed: int) -> None:
        text = ngettext("%(count)d row changed.", "%(count)d rows changed.", changed) % {"count": changed}
        self.message_user(request, text, messages.SUCCESS)


class NamedAdmin(KeptAdmin):
    """What has a short name in addresses: made once from its name, and kept, so that links stay good."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.slug = obj.slug or repository.free_slug(kind=type(obj), words=self.words(obj))
        super().save_model(request, obj, form, change)

    def words(self, obj: Any) -> str:
        return obj.name

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[QuerySet[Any], bool]:
        """By short name, which has no accents: "munoz" and "Muñoz" find the same."""
        for word in slugify(search_term).split("-"):
            queryset = queryset.filter(slug__contains=word)
        return queryset, False


@admin.register(Clinic)
class ClinicAdmin(OneTransaction, admin.ModelAdmin):
    """There is one clinic: its page opens at once."""

    fieldsets = (
        (None, {"fields": ("name", "phone", "email")}),
        (_("Place"), {"fields": ("country", "region", "zone")}),
        (_("Rules"), {"fields": ("max_upcoming", "legal_version")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        found = self.get_queryset(request).first()
        if found is None or not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        return redirect("admin:doctors_clinic_change", found.pk)

    def save_model(self, request: HttpRequest, obj: Clinic, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if {"country", "region"} & set(form.changed_data):
            stored = repository.extend_holidays(today=timezone.now().astimezone(obj.tz).date())
            text = ngettext("%(count)d public holiday is new.", "%(count)d public holidays are new.", stored)
            self.message_user(request, text % {"count": stored}, messages.SUCCESS)


@admin.register(Location)
class LocationAdmin(NamedAdmin):
    list_display = ("name", "address", "city", "zone", "phone", "active")
    list_filter = ("active",)
    search_fields = ("slug",)
    ordering = ("name",)
    fields = ("name", "address", "city", "zone", "phone", "active")


@admin.register(Specialty)
class SpecialtyAdmin(NamedAdmin):
    list_display = ("name", "name_en", "active")
    list_filter = ("active",)
    search_fields = ("slug",)
    ordering = ("name",)
    fields = ("name", "name_en", "active")


@admin.register(VisitType)
class VisitTypeAdmin(NamedAdmin):
    list_display = (
        "name",
        "duration",
        "buffer_before",
        "buffer_after",
        "minimum_notice",
        "cutoff",
        "horizon_days",
        "active",
    )
    list_filter = ("active",)
    search_fields = ("slug",)
    ordering = ("position", "name")
    fieldsets = (
        (None, {"fields": ("name", "name_en", "position", "active")}),
        (_("How long"), {"fields": ("duration", "buffer_before", "buffer_after", "step")}),
        (_("When it may be booked and changed"), {"fields": ("minimum_notice", "horizon_days", "cutoff")}),
        (_("What the patient should know"), {"fields": ("instructions", "instructions_en")}),
    )


class Rows(admin.TabularInline):
    """A table whose fields say their names: Django leaves that to the headings, which nothing ties to the fields."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            widget: Any = getattr(field.widget, "widget", field.widget)  # inside the links to add and change
            widget.attrs["aria-label"] = field.label
        return field


class HoursInline(Rows):
    model = WorkingHours
    formset = HoursFormSet
    extra = 0
    fields = ("weekday", "starts", "ends", "location", "valid_from", "valid_until")


class OfferingInline(Rows):
    model = Offering
    extra = 0
    fields = ("visit_type", "duration")


class ExceptionInline(Rows):
    """The doctor's own days off and days besides; those long past stay stored but are not listed."""

    model = ScheduleException
    extra = 0
    fields = ("date", "kind", "starts", "ends", "location", "reason", "active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScheduleException]:
        return super().get_queryset(request).filter(date__gte=timezone.localdate() - RECENT)


@admin.register(Doctor)
class DoctorAdmin(ExchangeAdmin, NamedAdmin):
    resource_classes = (DoctorResource, HoursResource)
    list_display = ("full_name", "specialty", "places", "account", "active")
    list_filter = ("active", "specialty", ("hours__location", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("specialty", "user")
    search_fields = ("slug",)
    search_help_text = _("Names; accents do not matter.")
    ordering = ("surnames", "given_names", "id")
    inlines = (HoursInline, OfferingInline, ExceptionInline)
    fieldsets = (
        (None, {"fields": ("title", "given_names", "surnames", "specialty", "active")}),
        (_("What patients read"), {"fields": ("languages", "bio", "bio_en")}),
        (_("Account"), {"fields": ("user",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Doctor]:
        return super().get_queryset(request).filter(hidden=False).prefetch_related("hours__location")

    def words(self, obj: Doctor) -> str:
        return f"{obj.given_names} {obj.surnames}"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = repository.doctors_accounts()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        moved = [formset for formset in formsets if formset.model is not Offering and formset.has_changed()]
        if change and moved:
            text = gettext(
                "Visits that are booked already stay as they are: look at the agenda for those outside the hours."
            )
            self.message_user(request, text, messages.WARNING)

    @admin.display(description=_("name"), ordering="surnames")
    def full_name(self, doctor: Doctor) -> str:
        return doctor.full_name

    @admin.display(description=_("locations"))
    def places(self, doctor: Doctor) -> str:
        return ", ".join(sorted({rule.location.name for rule in doctor.hours.all()})) or "—"

    @admin.display(description=_("account"), empty_value="—")
    def account(self, doctor: Doctor) -> Model | None:
        return doctor.user


@admin.register(ScheduleException)
class ClosingAdmin(KeptAdmin):
    """The days on which the whole clinic, or one location, is closed; the public holidays are there by themselves."""

    list_display = ("date", "reason", "where", "hours", "holiday", "active")
    list_filter = ("holiday", "active", "location")
    list_select_related = ("location",)
    date_hierarchy = "date"
    ordering = ("-date", "id")
    fields = ("date", "starts", "ends", "location", "reason", "active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScheduleException]:
        return super().get_queryset(request).filter(doctor=None)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A public holiday is what the law says; a clinic that works on it puts the row out of use."""
        return ("date", "starts", "ends", "location", "reason") if obj is not None and obj.holiday else ()

    @admin.display(description=_("location"))
    def where(self, closing: ScheduleException) -> str:
        return closing.location.name if closing.location else gettext("all")

    @admin.display(description=_("time"))
    def hours(self, closing: ScheduleException) -> str:
        return f"{closing.starts:%H:%M}–{closing.ends:%H:%M}" if closing.starts else gettext("all day")
