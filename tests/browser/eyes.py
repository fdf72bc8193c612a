"""What is wrong with a page for somebody who reads it otherwise: axe, its outline, and a narrow screen."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
# Without loading style sheets again, for which axe would write styles that the CSP refuses.
WANTED = "{resultTypes: ['violations'], preload: false}"
NARROWEST = {"width": 320, "height": 640}
WIDTHS = ({"width": 390, "height": 844}, {"width": 1280, "height": 900})


def faults(page: Page, *, leave_out: dict[str, str] | None = None) -> list[str]:
    """Everything found at all widths; `leave_out` names selectors by the one rule that does not look at them."""
    where = page.url
    found = [f"{where}: {fault}" for fault in (*outline_faults(page), *narrow_faults(page))]
    for size in WIDTHS:
        page.set_viewport_size(size)
        found += [f"{where} at {size['width']} px: {fault}" for fault in axe_faults(page, leave_out or {})]
    return found


def axe_faults(page: Page, leave_out: dict[str, str]) -> list[str]:
    # Evaluated as the browser's own console would: the page's CSP stays in force.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    violations = page.evaluate(f"axe.run(document, {WANTED}).then((result) => result.violations)")
    return [
        f"{rule['id']}: {node['html'][:300]} ({node['failureSummary'].splitlines()[1].strip()})"
        for rule in violations
        for node in rule["nodes"]
        if not _left_out(page, node, leave_out.get(rule["id"], ""))
    ]


def _left_out(page: Page, node: dict[str, Any], selector: str) -> bool:
    if not selector:
        return False
    return page.evaluate("([at, left]) => document.querySelector(at).matches(left)", [node["target"][0], selector])


def outline_faults(page: Page) -> list[str]:
    """A language, a title, one h1, and no level of heading left out."""
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((it) => Number(it.tagName[1]))")
    checks = {
        "no language": page.get_attribute("html", "lang") in ("es", "en"),
        "no title": not page.title().startswith((" ", "·")),
        f"{levels.count(1)} h1": levels.count(1) == 1,
        f"headings {levels}": all(after <= before + 1 for before, after in pairwise(levels)),
    }
    return [fault for fault, right in checks.items() if not right]


def narrow_faults(page: Page) -> list[str]:
    """Scrolling sideways on the narrowest screen, which is also 1280 px at 400 %."""
    page.set_viewport_size(NARROWEST)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"scrolls sideways: {wide} px at {NARROWEST['width']}"] if wide > NARROWEST["width"] else []
