"""No page of the site shuts anybody out: axe, outline and narrow screens, on every page and in every state."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse
from playwright.sync_api import Page

from citas import error_pages
from notifications import outbox
from notifications.models import Message
from tests.browser import steps
from tests.browser.eyes import axe_faults, faults

EMAIL = "lucia@example.com"
ANYBODYS = (
    "/",
    "/?especialidad=dermatologia",
    "/?especialidad=dermatologia&sin-hora=1",
    "/?especialidad=nada",
    "/medicos/",
    "/medicos/ana-vega/",
    "/medicos/ana-vega/?desde=2027-03-10&sin-hora=1",
    "/cuenta/entrar/",
    "/cuenta/codigo/",
    "/cuenta/contrasena/",
    "/cuenta/contrasena/enviada/",
    "/cuenta/contrasena/lista/",
    "/cuenta/cerrada/",
    "/citas/enlace/nada/",
    "/privacidad/",
    "/correo/",
    "/no-existe/",
)


@pytest.mark.usefixtures("doctor", "other_doctor")
def test_what_anybody_sees(page):
    assert faults_of(page, *ANYBODYS) == []


def faults_of(page: Page, *paths: str) -> list[str]:
    found = []
    for path in paths:
        page.goto(path)
        found += faults(page)
    return found


@pytest.mark.usefixtures("place")
def test_a_clinic_without_doctors(page):
    assert faults_of(page, "/", "/medicos/", "/?especialidad=dermatologia") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("place")
def test_every_piece_in_every_state(page, scheme):
    page.emulate_media(color_scheme=scheme)
    assert faults_of(page, "/estilo/") == []


@pytest.mark.parametrize("status", [400, 403, 404, 409, 429, 500, 503])
@pytest.mark.usefixtures("place")
def test_the_pages_of_errors(page, status):
    answer = error_pages.page(RequestFactory().get("/"), status)
    page.route("**/fallo/", lambda route: route.fulfill(status=status, body=answer.content, content_type="text/html"))
    assert faults_of(page, "/fallo/") == []


@pytest.mark.usefixtures("doctor")
def test_every_step_of_a_booking_with_and_without_errors(page, booked, other_patient):
    found = []

    def look(answer: object = None) -> None:
        found.extend(faults(page))

    value = steps.begin(page)
    look()
    look(steps.submit(page))
    page.fill("main input[name=email]", EMAIL)
    look(steps.submit(page))
    page.fill("input[name=code]", "000000")
    look(steps.submit(page))
    page.fill("input[name=code]", steps.code_for(EMAIL))
    look(steps.submit(page))
    look(steps.submit(page))
    for who in ("id_who_1", "id_who_0"):
        page.goto(page.url.replace("/datos/", "/para-quien/"))
        steps.choose(page, who)
        look(steps.submit(page))
        look(steps.submit(page))
    look(steps.fill_in(page))
    page.fill("textarea", "x" * 1000)
    look(steps.submit(page))
    booked(steps.start_of(value), patient=other_patient)
    look(steps.submit(page))
    steps.choose_time(page)
    steps.submit(page)
    look(steps.submit(page))
    assert steps.here(page) == "appointments:proof"
    assert found == []


def test_what_a_patient_sees(signed_in, booked, patient, patient_user, clock):
    soon, later, cancelled = booked(clock + timedelta(hours=2, minutes=30)), booked(), booked(clock + timedelta(days=2))
    page = signed_in(patient_user)
    page.goto(f"/citas/{cancelled.reference}/cancelar/")
    steps.submit(page)
    outbox.write_due(now=clock)
    mail = Message.objects.order_by("-id")[0]
    pages = [reverse("appointments:mine"), reverse("patients:profile"), reverse("patients:add")]
    pages += [reverse("patients:edit", args=[patient.pk]), reverse("notifications:mail", args=[mail.pk])]
    pages += [reverse("notifications:inbox"), reverse("account_logout")]
    for visit in (soon, later, cancelled):
        pages += [reverse(f"appointments:{name}", args=[visit.reference]) for name in ("proof", "move", "cancel")]
    assert faults_of(page, *pages) == []


def test_what_a_new_account_sees(signed_in, doctor, other_user):
    page = signed_in(other_user)
    found = faults_of(page, reverse("appointments:mine"), reverse("patients:profile"), reverse("patients:oneself"))
    steps.submit(page)
    assert found + faults(page) == []


def test_what_the_staff_sees(signed_in, booked, receptionist):
    booked()
    page = signed_in(receptionist)
    assert faults_of(page, "/agenda/", "/agenda/?desde=2027-03-03") == []


def test_dark_pages(visitor, doctor):
    page = visitor(color_scheme="dark").new_page()
    found = []
    for path in ANYBODYS[:6]:
        page.goto(path)
        found += [f"{path}: {fault}" for fault in axe_faults(page, {})]
    assert found == []


@pytest.mark.usefixtures("place")
def test_faults_would_be_found(page):
    page.goto("/privacidad/")
    page.evaluate(
        """() => {
            const main = document.querySelector("main");
            main.append(document.createElement("h1"), document.createElement("h4"));
            const picture = main.appendChild(new Image(800, 10));
            picture.src = "data:,";
            picture.style.maxWidth = "none";
        }"""
    )
    found = " ".join(faults(page))
    assert all(fault in found for fault in ("2 h1", "headings", "sideways", "image-alt"))
