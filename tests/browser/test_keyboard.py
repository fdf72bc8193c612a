"""The whole booking with the keyboard alone: Tab, Space, arrows and Enter, and one always sees where one is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from appointments.models import Appointment
from tests.browser import steps

MANY = 80  # more Tabs than any page has stops


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, and see it."""
    for _press in range(MANY):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            assert is_seen(page)
            return
    pytest.fail(f"Tab never reaches {selector} on {page.url}")


def is_seen(page: Page) -> bool:
    """Whether the focus shows: an outline or a shadow on the control, on its label or on the card it stands in."""
    return page.evaluate(
        """() => {
            const field = document.activeElement;
            const shown = [field, field.parentElement, ...(field.labels || [])];
            const styles = shown.map((it) => getComputedStyle(it));
            return styles.some((style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
                || style.boxShadow !== "none");
        }"""
    )


def press(page: Page, key: str = "Enter") -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def type_into(page: Page, name: str, text: str) -> None:
    tab_to(page, f"[name={name}]")
    page.keyboard.type(text)


@pytest.mark.usefixtures("doctor")
def test_a_new_patient_books(page):
    page.goto("/")
    tab_to(page, "main nav a")
    press(page)
    tab_to(page, "#slots-form input[name=slot]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    chosen = steps.chosen(page)
    assert page.locator("input[name=slot]").nth(1).get_attribute("value") == chosen
    tab_to(page, "#slots-form button[type=submit]")
    press(page)

    type_into(page, "email", "lucia@example.com")
    press(page)
    type_into(page, "code", steps.code_for("lucia@example.com"))
    press(page)
    tab_to(page, "#id_who_0")
    page.keyboard.press("Space")
    press(page)
    for name, text in steps.TYPED.items():
        type_into(page, name, text)
    tab_to(page, "#id_consent")
    page.keyboard.press("Space")
    press(page)
    type_into(page, "reason", steps.WHY)
    tab_to(page, "main form button[type=submit]")
    press(page)
    tab_to(page, "main form button[type=submit]")
    press(page, "Space")

    assert steps.here(page) == "appointments:proof"
    assert Appointment.objects.get().starts_at == steps.start_of(chosen)


@pytest.mark.usefixtures("doctor")
def test_the_first_stop_skips_to_the_content(page):
    page.goto("/?especialidad=dermatologia")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.get_attribute("href") == "#main"
    assert skip.bounding_box()["height"] >= 24
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#main').contains(document.activeElement)")


@pytest.mark.usefixtures("doctor")
def test_every_stop_is_seen(page):
    for path in ("/?especialidad=dermatologia", "/medicos/ana-vega/", "/cuenta/entrar/", "/estilo/"):
        page.goto(path)
        for _press in range(MANY):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            assert is_seen(page), f"{path}: {page.evaluate('document.activeElement.outerHTML')}"
