"""The other language is one click away, on the same page."""

from __future__ import annotations

import pytest

from tests.browser import steps

PATHS = ("/?especialidad=dermatologia", "/medicos/ana-vega/?desde=2027-03-10", "/cuenta/entrar/")


@pytest.mark.usefixtures("doctor")
@pytest.mark.parametrize(
    "path", ["/?especialidad=dermatologia", "/medicos/ana-vega/?desde=2027-03-10", "/cuenta/entrar/"]
)
def test_the_page_stays_and_its_language_changes(page, path):
    page.goto(path)
    assert page.get_attribute("html", "lang") == "es"
    spanish = page.inner_text("main")
    steps.submit(page, "footer form")

    assert page.url.endswith(path)
    assert page.get_attribute("html", "lang") == "en"
    assert page.inner_text("main") != spanish
    steps.submit(page, "footer form")
    assert page.inner_text("main") == spanish


@pytest.mark.usefixtures("doctor")
def test_what_was_typed_stays(page):
    steps.to_the_details(page, "lucia@example.com")
    steps.type_details(page)
    steps.submit(page, "footer form")
    assert page.get_attribute("html", "lang") == "en"
    assert {name: page.input_value(f"input[name={name}]") for name in steps.TYPED} == steps.TYPED
