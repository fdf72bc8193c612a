"""My details, and those of the people I care for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.requests import SignedInRequest
from citas.db import uuid7
from patients import consents, repository
from patients.clinic import clinic
from patients.forms import DetailsForm
from patients.models import Patient


@require_GET
def profile(request: SignedInRequest) -> HttpResponse:
    people = list(repository.of(request.user))
    known = bool(people) and people[0].relationship == Patient.Relationship.SELF
    return render(request, "patients/profile.html", {"people": people, "oneself_known": known})


@require_http_methods(["GET", "POST"])
def oneself(request: SignedInRequest) -> HttpResponse:
    """One's own details: asked for when the clinic has none yet."""
    known = repository.of(request.user).filter(relationship=Patient.Relationship.SELF).first()
    if known:
        return redirect("patients:edit", known.pk)
    return _add(request, relationship_asked=False)


@require_http_methods(["GET", "POST"])
def add_dependant(request: SignedInRequest) -> HttpResponse:
    return _add(request, relationship_asked=True)


@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, patient: UUID) -> HttpResponse:
    found = get_object_or_404(repository.of(request.user), pk=patient)
    form = DetailsForm(
        request.POST or None,
        relationship_asked=found.relationship != Patient.Relationship.SELF,
        consented=consents.covers(found.consents, clinic().legal_version),
        initial=_stored(found),
    )
    if form.is_valid():
        repository.change(patient=found, now=timezone.now(), **form.details())
        messages.success(request, _("The details are kept."))
        return redirect("patients:profile")
    return render(request, "patients/details.html", {"form": form, "patient": found})


@require_http_methods(["GET", "POST"])
def remove(request: SignedInRequest, patient: UUID) -> HttpResponse:
    """Take a dependant off the list: asked first, done by POST."""
    dependants = repository.of(request.user).exclude(relationship=Patient.Relationship.SELF)
    found = get_object_or_404(dependants, pk=patient)
    if request.method == "POST":
        repository.deactivate(patient=found)
        messages.success(request, _("%(name)s is no longer on your list.") % {"name": found.full_name})
        return redirect("patients:profile")
    return render(request, "patients/remove.html", {"patient": found})


@require_GET
def export(request: SignedInRequest) -> HttpResponse:
    """Everything that is kept of this account, as a file."""
    response = JsonResponse(repository.export_of(request.user), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="mis-datos.json"'
    return response


def _add(request: SignedInRequest, *, relationship_asked: bool) -> HttpResponse:
    form = DetailsForm(request.POST or None, relationship_asked=relationship_asked)
    key = _key(request)
    if form.is_valid():
        repository.add(id=key, account=request.user, now=timezone.now(), **form.details())
        messages.success(request, _("The details are kept."))
        return redirect("patients:profile")
    return render(request, "patients/details.html", {"form": form, "key": key})


def _key(request: SignedInRequest) -> UUID:
    """The key that a form brings along, so that sending it twice adds one person."""
    try:
        return forms.UUIDField().clean(request.POST.get("key"))
    except forms.ValidationError:
        return uuid7()


def _stored(patient: Patient) -> dict[str, Any]:
    phone = patient.phone.as_international if patient.phone else ""
    return {**model_to_dict(patient, fields=repository.DETAILS), "phone": phone}
