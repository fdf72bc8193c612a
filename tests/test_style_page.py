"""The style page shows every piece, so that what checks it has checked them all."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

COMPONENTS = Path(__file__).resolve().parent.parent / "templates" / "components"


@pytest.mark.django_db
def test_every_piece_is_shown(client):
    response = client.get(reverse("style_guide"))

    shown = {template.name for template in response.templates}
    assert response.status_code == 200
    assert {f"components/{path.name}" for path in COMPONENTS.glob("*.html")} <= shown


def test_every_piece_names_its_parameters():
    undocumented = [
        path.name for path in COMPONENTS.rglob("*.html") if not path.read_text().startswith(("{% comment", "{#"))
    ]

    assert undocumented == []


@pytest.mark.parametrize("status", [400, 403, 404, 409, 429, 500, 503])
def test_an_error_page_stands_without_request_and_database(status):
    page = render_to_string(f"errors/{status}.html", {"request_id": "4f2c9a1e"})

    assert "4f2c9a1e" in page
    assert "<h1" in page
