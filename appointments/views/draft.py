"""One question a page: each answer lies in the draft, each page is reached by GET, and nothing typed is lost."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import limits
from appointments import calendars, draft_repository, drafting, listing, presentation
from appointments.forms import ReasonForm, WhoForm
from appointments.models import Draft
from appointments.slot_code import SlotForm
from citas.errors import DomainError
from patients import repository as patients_repository

A_DAY = 24 * 3600


@login_not_required
@require_POST
@limits.booking
def begin(request: HttpRequest) -> HttpResponse:
    form = SlotForm(request.POST)
    if not form.is_valid():
        return redirect(presentation.back_to_times(request))
    browser = request.COOKIES.get(settings.BROWSER_COOKIE_NAME) or secrets.token_urlsafe(32)
    draft = draft_repository.begin(browser=browser, slot=form.cleaned_data["slot"], now=timezone.now())
    response = redirect("appointments:draft_who", draft.pk)
    _remember(response, browser)
    return response


def _remember(response: HttpResponse, browser: str) -> None:
    """Tie the draft to this browser; apart from the session, so that logging in or out loses nothing."""
    response.set_cookie(
        settings.BROWSER_COOKIE_NAME,
        browser,
        max_age=A_DAY,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def in_draft(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of this browser's draft; to the proof when it has been booked already, so that no way back books twice.

    404 for another browser's draft, and for one that was filled in by another account.
    """

    @login_not_required
    @wraps(view)
    def page(request: HttpRequest, draft: UUID) -> HttpResponse:
        found = draft_repository.of(request.COOKIES.get(settings.BROWSER_COOKIE_NAME, "")).filter(pk=draft).first()
        owner = found.data.get("account") if found else None
        if found is None or (request.user.is_authenticated and owner not in (None, str(request.user.pk))):
            raise Http404
        booked = drafting.booked(found, user=request.user)
        return redirect("appointments:proof", booked.reference) if booked else view(request, found)

    return page


def _sign_in(request: HttpRequest, draft: Draft, step: str = "") -> HttpResponse:
    """Ask who it is and come back: to this page, or to the step named."""
    back = reverse(step, args=[draft.pk]) if step else request.path
    return redirect_to_login(back, reverse("account_request_login_code"))


@require_http_methods(["GET", "POST"])
@in_draft
def who(request: HttpRequest, draft: Draft) -> HttpResponse:
    if not request.user.is_authenticated:
        return _sign_in(request, draft)
    people = list(patients_repository.of(request.user))
    form = WhoForm(request.POST or None, patients=people, initial={"who": draft.data.get("who")})
    if form.is_valid():
        drafting.choose_patient(draft, who=form.cleaned_data["who"], account=request.user)
        return redirect(drafting.next_step(draft), draft.pk)
    return _ask(request, "who", draft, form=form)


@require_http_methods(["GET", "POST"])
@in_draft
def details(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Kept before anything else is looked at, so that an expired session or an error loses nothing."""
    if request.method == "POST":
        drafting.keep_details(draft, request.POST)
    if not request.user.is_authenticated:
        return _sign_in(request, draft)
    if draft.data.get("who") not in drafting.NEW:
        return redirect(drafting.next_step(draft), draft.pk)
    form = drafting.details_as_typed(draft)
    if request.method == "POST" and form.is_valid():
        return redirect(drafting.next_step(draft), draft.pk)
    return _ask(request, "details", draft, form=form)


@require_http_methods(["GET", "POST"])
@in_draft
def reason(request: HttpRequest, draft: Draft) -> HttpResponse:
    if request.method == "POST":
        draft_repository.keep(draft, reason=request.POST.get("reason", "")[:5000])
    if not request.user.is_authenticated:
        return _sign_in(request, draft)
    form = ReasonForm({"reason": draft.data["reason"]} if "reason" in draft.data else None)
    if request.method == "POST" and form.is_valid():
        return redirect(drafting.next_step(draft), draft.pk)
    return _ask(request, "reason", draft, form=form, new_patient=draft.data.get("who") in drafting.NEW)


@require_GET
@in_draft
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    if not request.user.is_authenticated:
        return _sign_in(request, draft)
    missing = drafting.next_step(draft)
    if missing != "appointments:draft_check":
        return redirect(missing, draft.pk)
    name = drafting.patient_name(draft, user=request.user)
    chosen = drafting.choice_of(draft)
    rows, too_late = presentation.check_rows(draft, chosen, name), drafting.too_late(chosen, now=timezone.now())
    return _ask(request, "check", draft, chosen, rows=rows, too_late=too_late)


@require_http_methods(["GET", "POST"])
@limits.booking
@in_draft
def confirm(request: HttpRequest, draft: Draft) -> HttpResponse:
    if not request.user.is_authenticated:
        return _sign_in(request, draft, "appointments:draft_check")
    missing = drafting.next_step(draft)
    if request.method == "GET" or missing != "appointments:draft_check":
        return redirect(missing, draft.pk)
    try:
        booked = drafting.confirm(draft, user=request.user, now=timezone.now())
    except DomainError as refusal:
        return _offer_others(request, draft, refusal=refusal)
    return redirect("appointments:proof", booked.reference)


@require_http_methods(["GET", "POST"])
@in_draft
def slot(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Another time for the same visit; everything typed stays."""
    form = SlotForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        draft_repository.keep(draft, slot=str(form.cleaned_data["slot"]))
        return redirect(drafting.next_step(draft), draft.pk)
    return _offer_others(request, draft, form=form)


def _ask(
    request: HttpRequest, question: str, draft: Draft, chosen: drafting.Choice | None = None, **context: object
) -> HttpResponse:
    chosen = chosen or drafting.choice_of(draft)
    form = context.get("form")
    refused = request.method == "POST" and form is not None and form.errors  # type: ignore[attr-defined]
    page = {"draft": draft, "choice": chosen, "times_url": presentation.times_url(draft, chosen), **context}
    return render(request, f"appointments/draft_{question}.html", page, status=422 if refused else 200)


def _offer_others(
    request: HttpRequest, draft: Draft, *, refusal: DomainError | None = None, form: SlotForm | None = None
) -> HttpResponse:
    """The five nearest times, and why they are shown; none where another time would not help."""
    chosen, slots = drafting.choice_of(draft), []
    if refusal is None or refusal.another_time:
        slots = calendars.nearest(offering=chosen.offering, around=chosen.starts_at, now=timezone.now())
    page = {
        "draft": draft,
        "choice": chosen,
        "refusal": refusal,
        "errors": presentation.slot_errors(form),
        "days": listing.days(slots, offering=chosen.offering),
        "times_url": presentation.times_url(draft, chosen),
    }
    status = refusal.status if refusal else 422 if page["errors"] else 200
    return render(request, "appointments/draft_slot.html", page, status=status)
