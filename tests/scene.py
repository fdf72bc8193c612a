"""One of everything that an address can name, and the six people who ask for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver

from accounts import token_repository
from accounts.models import ApiToken, User
from appointments import draft_repository, links
from appointments.fhir.ids import ScheduleId, SlotId
from appointments.models import Appointment, Draft
from appointments.slot_code import SlotCode
from doctors.models import Clinic, ScheduleException
from notifications.models import Message, WebhookDelivery, WebhookEndpoint
from patients.models import Patient
from tests import engines

PEOPLE = ("anonymous", "owner", "stranger", "doctor", "receptionist", "manager")
BROWSER = "the-browser-of-the-owner"
# Routes that are written as regular expressions, as we write them.
READABLE = {
    r"\^contrasena/\(.*": "contrasena/<uidb36>-<key>/",
    r"\^\(\?P<app_label>.*": "<app_label>/",
    r"\(\?P<url>.*": "<url>",
}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The owner has a visit, a dependant and a draft in the own browser; the doctor is the one of the visit."""

    appointment: Appointment
    draft: Draft
    dependant: Patient
    mail: Message
    closing: ScheduleException
    day_off: ScheduleException
    token: ApiToken
    webhook: WebhookDelivery
    sessions: dict[str, str]

    def client(self, person: str, **options: Any) -> Client:
        """A browser of one of PEOPLE. Only the owner's has the cookie of the draft."""
        client = Client(raise_request_exception=False, **options)
        if person in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[person]
        if person == "owner":
            client.cookies[settings.BROWSER_COOKIE_NAME] = BROWSER
        return client

    def path(self, route: str) -> str:
        """A route with the things of this scene in its places."""
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: self._named(match[1], route), route)

    def _named(self, name: str, route: str) -> str:
        if route.startswith("api/"):
            return self._in_api(name, route)
        if route.startswith(("fhir/", "citas/hueco/")):
            return self._in_fhir(name)
        if name == "object_id" and "view_on_site" not in route and not route.startswith("admin/r/"):
            return str(self.of_model(".".join(route.split("/")[1:3])).pk)
        return {
            "slug": self.appointment.doctor.slug,
            "draft": str(self.draft.pk),
            "token": links.token(self.appointment),
            "reference": self.appointment.reference,
            "patient": str(self.dependant.pk),
            "key": str(self.mail.pk),
            "id": str(self.dependant.account_id),
            "uidb36": "abc",
            "app_label": "patients",
            "url": "nowhere/",
            "content_type_id": str(ContentType.objects.get_for_model(Appointment).pk),
            "object_id": str(self.appointment.pk),
        }[name]

    def _in_api(self, name: str, route: str) -> str:
        """What an address of the API names: the visit, its doctor with a rule and a day off, the dependant."""
        things: dict[str, Any] = {
            "hours": self.appointment.doctor.hours.first(),
            "exception": self.day_off,
            "doctors": self.appointment.doctor,
            "patients": self.dependant,
            "appointments": self.appointment,
        }
        return str(things[route.split("/")[1] if name == "id" else name].pk)

    def _in_fhir(self, name: str) -> str:
        visit = self.appointment
        offering = visit.doctor.offerings.get(visit_type=visit.visit_type)
        schedule = ScheduleId(offering.pk, visit.location_id)
        return {
            "location": str(visit.location_id),
            "role": str(visit.doctor_id),
            "schedule": str(schedule),
            "slot": str(SlotId(schedule, visit.starts_at)),
            "appointment": str(visit.pk),
            "file": "locations.ndjson",
        }[name]

    def of_model(self, model: str) -> Any:
        """The thing of this scene that an address of the administration names."""
        visit = self.appointment
        return {
            "auth.group": Group.objects.first(),
            "accounts.user": self.dependant.account,
            "accounts.apitoken": self.token,
            "doctors.clinic": Clinic.objects.get(),
            "doctors.location": visit.location,
            "doctors.specialty": visit.doctor.specialty,
            "doctors.visittype": visit.visit_type,
            "doctors.doctor": visit.doctor,
            "doctors.scheduleexception": self.closing,
            "patients.patient": self.dependant,
            "appointments.appointment": visit,
            "notifications.message": self.mail,
            "notifications.webhookendpoint": self.webhook.endpoint,
            "notifications.webhookdelivery": self.webhook,
            "account.emailaddress": EmailAddress.objects.get(),
        }[model]


def make(*, appointment: Appointment, accounts: dict[str, User]) -> Scene:
    owner = appointment.patient.account
    names = {"given_names": "Lía", "first_surname": "Muñoz", "birth_date": date(2019, 5, 1)}
    dependant = Patient.objects.create(account=owner, relationship="child", phone="+34600000001", **names)
    slot = SlotCode(appointment.doctor_id, appointment.visit_type_id, appointment.location_id, appointment.starts_at)
    draft = draft_repository.begin(browser=BROWSER, slot=slot, now=appointment.created_at)
    draft_repository.keep(draft, account=str(owner.pk))
    mail = Message.objects.create(
        appointment_id=appointment.pk,
        dedupe_key="scene",
        kind="confirmation",
        recipient=owner.email,
        subject="Su cita",
        text="Texto",
        calendar="BEGIN:VCALENDAR",
        calendar_method="REQUEST",
    )
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True)
    closing = ScheduleException.objects.create(date=date(2027, 5, 2), kind="closes", reason="Fiesta")
    day_off = ScheduleException.objects.create(date=date(2027, 5, 3), kind="closes", doctor=appointment.doctor)
    now = appointment.created_at
    token_repository.create(user=owner, scope="own", expires_at=now + timedelta(days=1), now=now)
    return Scene(
        appointment=appointment,
        draft=draft,
        dependant=dependant,
        mail=mail,
        closing=closing,
        day_off=day_off,
        token=ApiToken.objects.get(),
        webhook=_webhook(appointment),
        sessions=_sessions(accounts),
    )


def _webhook(appointment: Appointment) -> WebhookDelivery:
    """A message that nobody can take: no test reaches that address."""
    now, event = appointment.created_at, appointment.events[0]["id"]
    endpoint = WebhookEndpoint.objects.create(name="Otro", url="https://citas.invalid/", active=False)
    times = {"next_attempt_at": now, "created_at": now}
    keys = {"event_id": event, "appointment_id": appointment.pk}
    return WebhookDelivery.objects.create(endpoint=endpoint, kind="appointment.created", payload={}, **keys, **times)


def _sessions(accounts: dict[str, User]) -> dict[str, str]:
    """A session for each account: its key."""
    keys = {}
    for person, account in accounts.items():
        client = Client()
        client.force_login(account)
        keys[person] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return keys


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves neither a row nor a count of a rate limit."""
    cache.clear()
    with engines.undone():
        yield


def answer(scene: Scene, person: str, method: str, path: str) -> HttpResponse:
    with undone():
        return scene.client(person).generic(method, path, content_type="application/x-www-form-urlencoded")


def routes() -> dict[str, str]:
    """Every address of the site: its pattern and its name."""
    return {route: name or "" for route, name in _walk(get_resolver(), "")}


def _walk(resolver: Any, before: str) -> Iterator[tuple[str, str | None]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield _readable(before + str(entry.pattern)), entry.name
        else:
            yield from _walk(entry, before + str(entry.pattern))


def _readable(route: str) -> str:
    for expression, written in READABLE.items():
        route = re.sub(expression, written, route)
    return route
