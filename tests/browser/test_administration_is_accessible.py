"""The administration's pages, as those who work in it see them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import RequestFactory
from django.urls import reverse
from playwright.sync_api import Page

from doctors.models import Doctor, ScheduleException
from patients.models import Patient
from tests.browser import steps
from tests.browser.eyes import faults

# The manager's pages are all there are; reception's daily ones differ in what they allow.
THEIRS = {
    "receptionist": ("appointments", "patients"),
    "manager": ("accounts", "appointments", "doctors", "notifications", "patients"),
}
# Django's own templates and its select2, rule by rule: we dress them, we do not rewrite them.
DJANGOS = {
    "empty-table-header": ".inline-group th",  # the columns of a row's links and of its bin have no words
    "label": ".inline-group td.delete input",  # the heading of its column says what the box is for
    "label-title-only": "#searchbar",  # its label is a picture with words for who sees none
    "scrollable-region-focusable": ".inline-group",  # a table of rows, here without any
    "aria-input-field-name": ".select2-selection, .select2-selection__rendered",  # empty until something is chosen
}


def pages(model: type[Model], person: Any) -> list[str]:
    """List, form and one thing of a model, as far as this person may open them."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    site, one = admin.site._registry[model], model._default_manager.first()
    asked = RequestFactory().get("/")
    asked.user = person
    found = [reverse(f"{name}_changelist")] if site.has_view_permission(asked) else []
    found += [reverse(f"{name}_change", args=[one.pk])] if found and one else []
    return found + ([reverse(f"{name}_add")] if site.has_add_permission(asked) else [])


@pytest.fixture(params=THEIRS)
def at_work(request, signed_in, booked, clock) -> tuple[Page, list[str]]:
    booked()
    ScheduleException.objects.create(doctor=Doctor.objects.get(), date=clock.date(), reason="Congreso")
    person = request.getfixturevalue(request.param)
    models = [model for model in admin.site._registry if model._meta.app_label in THEIRS[request.param]]
    return signed_in(person), ["/admin/", *(url for model in models for url in pages(model, person))]


def test_every_page_of_ours(at_work):
    page, urls = at_work
    found = []
    for url in urls:
        status = page.goto(url).status
        found += faults(page, leave_out=DJANGOS) if status == 200 else [f"{status} for {url}"]
    assert len(urls) >= 7
    assert found == []


def test_a_form_with_errors(signed_in, receptionist, place):
    page = signed_in(receptionist)
    page.goto(reverse("admin:patients_patient_add"))
    steps.follow(page, page.locator("input[name=_save]"))
    assert Patient.objects.count() == 0
    assert faults(page, leave_out=DJANGOS) == []
