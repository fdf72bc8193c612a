from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.views.main import PAGE_VAR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appointments import attendance, chronicle, presentation, repository
from appointments.admin_forms import BookForm, ChangeForm
from appointments.models import Appointment, Status
from appointments.wording import short_in_words, zone_in_words
from citas.errors import DomainError
from citas.long_lists import LongListAdmin
from doctors import repository as doctors_repository

SHOWN = ("reference", "when", "doctor", "patient", "visit_type", "location", "status_words", "reason", "history")


class DoctorFilter(admin.SimpleListFilter):
    """One box to choose from: a link for each of 200 doctors would be longer than the list."""

    title = _("doctor")
    parameter_name = "doctor"
    template = "appointments/admin_doctor_filter.html"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(request, *args)
        dropped = (self.parameter_name, PAGE_VAR)
        # What else narrows the list down stays as it is, on the first page.
        self.kept = [(name, value) for name, value in request.GET.items() if name not in dropped]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(doctor.pk), doctor.full_name) for doctor in doctors_repository.doctors()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> QuerySet[Appointment]:
        chosen = [UUID(key) for key, _name in self.lookup_choices if key == self.value()]
        return queryset.filter(doctor__in=chosen) if chosen else queryset

    def choices(self, changelist: Any) -> Iterator[Any]:
        """None: the template reads `lookup_choices`, and nothing is counted by doctor."""
        return iter(())


@admin.register(Appointment)
class AppointmentAdmin(LongListAdmin):
    """Found and shown here; changed only through the doors of booking and attendance."""

    list_display = ("reference", "when", "doctor", "patient", "visit_type", "location", "status_words")
    list_filter = ("status", "location", "visit_type", DoctorFilter)
    list_select_related = ("doctor", "patient", "visit_type", "location")
    sortable_by = ("when",)
    date_hierarchy = "starts_at"
    ordering = ("-starts_at", "-id")
    search_fields = ("reference",)
    search_help_text = _("Reference, or the patient's name, document or phone")
    autocomplete_fields = ("doctor", "patient", "visit_type", "location")
    change_form_template = "appointments/admin_change_form.html"
    actions = ("mark_arrived", "mark_completed", "mark_no_show")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appointment]:
        return repository.of(request.user).seen()

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[QuerySet[Appointment], bool]:
        if not search_term:
            return queryset, False
        found, complete = repository.matching(queryset, search_term)
        if not complete:
            words = _("So many patients fit that not all of their visits are listed: type more of the name.")
            messages.warning(request, words)
        return found, False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        base = ChangeForm if change else BookForm
        return type(
            base.__name__, (super().get_form(request, obj, change, form=base, **kwargs),), {"actor": request.user}
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": (*BookForm.Meta.fields, "past_rules", "form_key")})]
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": SHOWN})]
        changes = ("move_to", "cancel_reason", "past_rules") if obj.status == Status.BOOKED else ()
        shown = (None, {"fields": (*SHOWN, "seen")})
        return [shown, (_("Changes"), {"fields": changes})] if changes else [shown]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return SHOWN if obj is not None else ()

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        return super().render_change_form(
            request, context | {"changes": presentation.desk_changes(obj) if obj else []}, *args, **kwargs
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form has booked or changed it already."""

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """Back to the day and the place where the desk was."""
        query = urlencode({"desde": obj.local_start.date(), "sede": obj.location.slug})
        return HttpResponseRedirect(f"{reverse('appointments:agenda')}?{query}")

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The appointment says itself who made it: a second note would be a second write."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """As above."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The appointment's own events, which are the record; who may not see it is refused before."""
        page = super().history_view(request, object_id, extra_context)
        shown = getattr(page, "context_data", None)  # none: it leads away from what is not there
        if shown is not None:
            shown["entries"] = chronicle.entries(shown["object"])
        return page

    @admin.display(description=_("when"), ordering="starts_at")
    def when(self, appointment: Appointment) -> str:
        zone, language = appointment.zone, presentation.language()
        words = short_in_words(appointment.starts_at, zone, language)
        here = zone.key == timezone.get_current_timezone_name()
        return words if here else f"{words} ({zone_in_words(zone, language)})"

    @admin.display(description=_("status"), ordering="status")
    def status_words(self, appointment: Appointment) -> SafeString:
        return format_html(
            '<span class="citas-status citas-status--{}">{}</span>',
            appointment.status,
            appointment.get_status_display(),
        )

    @admin.display(description=_("history"))
    def history(self, appointment: Appointment) -> SafeString:
        rows = chronicle.short(appointment)
        return format_html("<ol class='citas-history'>{}</ol>", format_html_join("", "<li>{}: {}</li>", rows))

    @admin.action(description=_("Arrived"), permissions=["change"])
    def mark_arrived(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        self._record(request, queryset, Status.ARRIVED)

    @admin.action(description=_("Completed"), permissions=["change"])
    def mark_completed(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        self._record(request, queryset, Status.COMPLETED)

    @admin.action(description=_("Did not come"), permissions=["change"])
    def mark_no_show(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        self._record(request, queryset, Status.NO_SHOW)

    def _record(self, request: HttpRequest, queryset: QuerySet[Appointment], status: str) -> None:
        """Each of the chosen by itself: what one refuses does not stop the others."""
        for appointment in queryset:
            try:
                attendance.record(
                    appointment=appointment, status=status, actor=request.user, source="admin", now=timezone.now()
                )
            except DomainError as refusal:
                messages.error(request, f"{appointment.reference}: {refusal.message}")

    def view_on_site(self, obj: Appointment) -> str:
        return reverse("appointments:proof", args=[obj.reference])
