"""What a phone loads on its first visit, compressed as it is served."""

from __future__ import annotations

import re
from pathlib import Path

import brotli

STATIC = Path(__file__).resolve().parent.parent / "static"
BASE = STATIC.parent / "templates" / "base.html"
# 60 kB for everything, of which the page itself may take 10.
MOST = 50_000


def _linked() -> list[str]:
    return re.findall(r'{% static "([^"]+)" %}', BASE.read_text())


def test_style_sheet_scripts_and_marks_are_light():
    weight = sum(len(brotli.compress((STATIC / name).read_bytes())) for name in _linked())

    assert weight < MOST


def test_nothing_is_asked_of_another_site():
    for name in _linked():
        text = (STATIC / name).read_bytes()
        assert b"@import" not in text
        assert b"url(" not in text


def test_scripts_need_no_unsafe_policy():
    assert '"allowEval":false' in BASE.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style| style=| on\w+=", BASE.read_text())
