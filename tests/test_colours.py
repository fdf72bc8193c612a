"""Contrast of the colours in frontend/tokens.scss, light and dark, by the formula of WCAG 2.2 (relative luminance)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT, SHAPE = 4.5, 3.0

PAIRS = [
    ("ink", "paper", TEXT),
    ("ink", "card", TEXT),
    ("ink", "sunken", TEXT),
    ("ink", "notice-ground", TEXT),
    ("ink", "done-ground", TEXT),
    ("ink", "error-ground", TEXT),
    ("muted", "paper", TEXT),
    ("muted", "card", TEXT),
    ("muted", "sunken", TEXT),
    ("teal", "paper", TEXT),
    ("teal", "card", TEXT),
    ("teal", "sunken", TEXT),
    ("teal", "notice-ground", TEXT),
    ("teal-deep", "card", TEXT),
    ("on-teal", "teal", TEXT),
    ("on-teal", "teal-deep", TEXT),
    ("on-mint", "mint", TEXT),
    ("teal", "mint", TEXT),
    ("error", "paper", TEXT),
    ("error", "card", TEXT),
    ("error", "error-ground", TEXT),
    ("on-error", "error", TEXT),
    ("on-error", "error-deep", TEXT),
    ("done", "done-ground", TEXT),
    ("notice", "notice-ground", TEXT),
    ("on-focus", "focus", TEXT),
    ("border", "paper", SHAPE),
    ("border", "card", SHAPE),
]


def _tokens(mode: str) -> dict[str, str]:
    text = (ROOT / "frontend" / "tokens.scss").read_text()

    def read(name: str) -> dict[str, str]:
        body = text.split(f"@mixin {name} {{")[1].split("\n}")[0]
        return dict(re.findall(r"--citas-([\w-]+): (#\w+);", body))

    # The dark colours are laid over the light ones.
    return read("light") | (read("dark") if mode == "dark" else {})


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted([_luminance(one), _luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("colour", "ground", "least"), PAIRS)
def test_colour_is_legible_on_its_ground(mode, colour, ground, least):
    tokens = _tokens(mode)

    assert _contrast(tokens[colour], tokens[ground]) >= least


@pytest.mark.parametrize("sheet", ["citas.css", "admin.css"])
def test_the_committed_style_sheet_carries_these_colours(sheet):
    built = (ROOT / "static" / "css" / sheet).read_text().replace(": ", ":")
    wanted = {f"--citas-{name}:{value}" for mode in ("light", "dark") for name, value in _tokens(mode).items()}

    assert {declaration for declaration in wanted if declaration not in built} == set()
