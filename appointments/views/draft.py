"""One question a page: each answer lies in the draft, each page is reached by GET, and nothing typed is lost."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from appointments import calendars, draft_repository, drafting, listing, presentation, repository
from appointments.forms import ReasonForm, WhoForm
from appointments.models import Draft
from appointments.slot_code import SlotForm
from citas.errors import DomainError
from patients import repository as patients_repository

A_DAY = 24 * 3600


@login_not_required
@require_POST
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


def _open(request: HttpRequest, key: UUID) -> Draft:
    """This browser's draft, or 404; also 404 when it was filled in by another account."""
    draft = draft_repository.of(request.COOKIES.get(settings.BROWSER_COOKIE_NAME, "")).filter(pk=key).first()
    if draft is None:
        raise Http404
    owner = draft.data.get("account")
    if request.user.is_authenticated and owner not in (None, str(request.user.pk)):
        raise Http404
    return draft


def _finished(draft: Draft) -> HttpResponse | None:
    """To the proof, when this draft has been booked already: the back button leads nowhere else."""
    booked = repository.by_request_key(str(draft.pk))
    return redirect("appointments:proof", booked.reference) if booked else None


def _sign_in(request: HttpRequest, draft: Draft, step: str = "") -> HttpResponse:
    """Ask who it is and come back: to this page, or to the step named."""
    back = reverse(step, args=[draft.pk]) if step else request.path
    return redirect_to_login(back, reverse("account_request_login_code"))


@require_http_methods(["GET", "POST"])
@login_not_required
def who(request: HttpRequest, draft: UUID) -> HttpResponse:
    found = _open(request, draft)
    if not request.user.is_authenticated:
        return _sign_in(request, found)
    people = list(patients_repository.of(request.user))
    form = WhoForm(request.POST or None, patients=people, initial={"who": found.data.get("who")})
    if form.is_valid():
        drafting.choose_patient(found, who=form.cleaned_data["who"], account=request.user)
        return redirect(drafting.next_step(found), found.pk)
    return _finished(found) or _ask(request, "who", found, form=form)


@require_http_methods(["GET", "POST"])
@login_not_required
def details(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Kept before anything else is looked at, so that an expired session or an error loses nothing."""
    found = _open(request, draft)
    if request.method == "POST":
        draft_repository.keep(found, details=drafting.typed(request.POST))
    if not request.user.is_authenticated:
        return _sign_in(request, found)
    if found.data.get("who") not in drafting.NEW:
        return redirect(drafting.next_step(found), found.pk)
    if request.method == "POST" and drafting.details_of(found).is_valid():
        return redirect(drafting.next_step(found), found.pk)
    return _finished(found) or _ask(request, "details", found, form=drafting.details_as_typed(found))


@require_http_methods(["GET", "POST"])
@login_not_required
def reason(request: HttpRequest, draft: UUID) -> HttpResponse:
    found = _open(request, draft)
    if request.method == "POST":
        draft_repository.keep(found, reason=request.POST.get("reason", "")[:5000])
    if not request.user.is_authenticated:
        return _sign_in(request, found)
    form = ReasonForm({"reason": found.data["reason"]} if "reason" in found.data else None)
    if request.method == "POST" and form.is_valid():
        return redirect(drafting.next_step(found), found.pk)
    new = found.data.get("who") in drafting.NEW
    return _finished(found) or _ask(request, "reason", found, form=form, new_patient=new)


@require_GET
@login_not_required
def check(request: HttpRequest, draft: UUID) -> HttpResponse:
    found = _open(request, draft)
    if not request.user.is_authenticated:
        return _sign_in(request, found)
    missing = drafting.next_step(found)
    if missing != "appointments:draft_check":
        return redirect(missing, found.pk)
    name = drafting.patient_name(found, user=request.user)
    rows = presentation.check_rows(found, drafting.choice_of(found), name)
    return _finished(found) or _ask(request, "check", found, rows=rows)


@require_http_methods(["GET", "POST"])
@login_not_required
def confirm(request: HttpRequest, draft: UUID) -> HttpResponse:
    found = _open(request, draft)
    if not request.user.is_authenticated:
        return _sign_in(request, found, "appointments:draft_check")
    missing = drafting.next_step(found)
    if request.method == "GET" or missing != "appointments:draft_check":
        return redirect(missing, found.pk)
    try:
        booked = drafting.confirm(found, user=request.user, now=timezone.now())
    except DomainError as refusal:
        return _offer_others(request, found, refusal)
    return redirect("appointments:proof", booked.reference)


@require_http_methods(["GET", "POST"])
@login_not_required
def slot(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Another time for the same visit; everything typed stays."""
    found = _open(request, draft)
    form = SlotForm(request.POST)
    if form.is_valid():
        draft_repository.keep(found, slot=str(form.cleaned_data["slot"]))
        return redirect(drafting.next_step(found), found.pk)
    return _offer_others(request, found, None)


def _ask(request: HttpRequest, question: str, draft: Draft, **context: object) -> HttpResponse:
    chosen = drafting.choice_of(draft)
    form = context.get("form")
    refused = request.method == "POST" and form is not None and form.errors  # type: ignore[attr-defined]
    page = {"draft": draft, "choice": chosen, **context}
    return render(request, f"appointments/draft_{question}.html", page, status=422 if refused else 200)


def _offer_others(request: HttpRequest, draft: Draft, refusal: DomainError | None) -> HttpResponse:
    """The five nearest times, and why they are shown."""
    chosen, now = drafting.choice_of(draft), timezone.now()
    slots = calendars.nearest(offering=chosen.offering, around=chosen.starts_at, now=now)
    page = {"draft": draft, "choice": chosen, "refusal": refusal, "days": listing.days(slots, offering=chosen.offering)}
    return render(request, "appointments/draft_slot.html", page, status=refusal.status if refusal else 200)
