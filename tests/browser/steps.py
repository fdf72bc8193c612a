"""What a person does on the pages, in small steps. Nothing here knows how the pages are worded."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from django.urls import resolve
from playwright.sync_api import BrowserContext, Locator, Page, Response

from appointments.slot_code import SlotCode
from notifications.models import Message

TYPED = {
    "given_names": "Lucía",
    "first_surname": "Pérez",
    "second_surname": "Ñíguez",
    "birth_date_day": "3",
    "birth_date_month": "4",
    "birth_date_year": "1990",
    "document_number": "12345678Z",
    "phone": "600 123 456",
}
WHY = "Una mancha en la piel"


def here(page: Page) -> str:
    """The name of the page's address, as in urls.py."""
    return resolve(urlsplit(page.url).path).view_name


def submit(page: Page, form: str = "main form[method=post]") -> Response:
    """Send the first such form by its first button; what came in the end."""
    return follow(page, page.locator(form).first.locator("button[type=submit]").first)


def follow(page: Page, link: Locator) -> Response:
    """Click and wait for the page it leads to."""
    with page.expect_navigation() as navigation:
        link.click()
    response = navigation.value
    assert response is not None
    return response


def choose(page: Page, control: str) -> None:
    """Click a radio or a box by its id, as one does: on its label."""
    page.click(f"label[for={control}]")


def chosen(page: Page) -> str:
    """The value of the time that is chosen, "" when none is."""
    picked = page.locator("input[name=slot]:checked")
    return picked.get_attribute("value") or "" if picked.count() else ""


def choose_time(page: Page, number: int = 0) -> str:
    """Pick one of the times shown; its value."""
    page.locator(".citas-chip__label").nth(number).click()
    return chosen(page)


def start_of(value: str) -> datetime:
    """When the time with this value begins."""
    return SlotCode.parse(value).starts_at


def open_from_proof(page: Page, what: str) -> None:
    """From the proof to where it is moved ("mover/") or cancelled ("cancelar/")."""
    follow(page, page.locator(f"main a[href$='/{what}']"))


def search(page: Page) -> None:
    """From the first page to the earliest times of the first specialty."""
    page.goto("/")
    follow(page, page.locator("main nav a").first)


def begin(page: Page, number: int = 0) -> str:
    """Look for a time, choose one and go on with it; its value."""
    search(page)
    value = choose_time(page, number)
    submit(page, "#slots-form")
    return value


def code_for(email: str) -> str:
    """The code of the newest message to this address."""
    text = Message.objects.filter(recipient=email, kind=Message.Kind.CODE).order_by("-id")[0].text
    found = re.search(r"^\d{6}$", text, re.MULTILINE)
    assert found
    return found[0]


def prove_address(page: Page, email: str) -> None:
    """Ask for a code and write it."""
    page.fill("main input[name=email]", email)
    submit(page)
    page.fill("input[name=code]", code_for(email))
    submit(page)


def forget_session(context: BrowserContext) -> None:
    """What happens when a session runs out: the browser's cookie means nothing any more."""
    context.clear_cookies(name="session")


def type_details(page: Page, **changes: str) -> None:
    for name, text in {**TYPED, **changes}.items():
        page.fill(f"input[name={name}]", text)


def fill_in(page: Page, **changes: str) -> None:
    """Details and consent of a new patient, and on."""
    type_details(page, **changes)
    choose(page, "id_consent")
    submit(page)


def say_why(page: Page) -> None:
    page.fill("textarea[name=reason]", WHY)
    submit(page)


def book(page: Page, email: str) -> str:
    """The whole way of a new patient; the value of the time that was chosen."""
    value = to_the_check(page, email)
    submit(page)
    return value


def to_the_check(page: Page, email: str, **changes: str) -> str:
    """All of it but the last button; `changes` to what is typed into the details."""
    value = to_the_details(page, email)
    fill_in(page, **changes)
    say_why(page)
    return value


def to_the_details(page: Page, email: str) -> str:
    """As far as the details; the value of the time that was chosen."""
    value = begin(page)
    prove_address(page, email)
    for_myself(page)
    return value


def for_myself(page: Page) -> None:
    choose(page, "id_who_0")
    submit(page)
