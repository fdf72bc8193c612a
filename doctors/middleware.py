"""The clinic in a request: read once, and its clock in the administration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from citas import error_pages
from doctors import maintenance_repository, repository

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class MaintenanceMiddleware:
    """Requests that would change something are told to come back later while the data is being moved."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE:
            return self.get_response(request)
        try:
            maintenance_repository.refuse_changes()
        except maintenance_repository.UnderMaintenance as refusal:
            return error_pages.page(request, refusal.status, refusal.message, refusal.code)
        return self.get_response(request)


class ClinicZoneMiddleware:
    """Pages of the administration show and read times as the clinic's own clock does; no page asks for it twice."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            with repository.clinic_read_once():
                return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.resolver_match and request.resolver_match.app_name == "admin" and request.user.is_authenticated:
            timezone.activate(repository.clinic().tz)
