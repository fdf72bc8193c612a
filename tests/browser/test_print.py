"""The proof on paper: what the desk needs, without what only a screen can use."""

from __future__ import annotations


def test_the_proof_is_printed_without_the_navigation(signed_in, booked, patient_user, tmp_path):
    appointment = booked()
    page = signed_in(patient_user)
    page.goto(f"/citas/{appointment.reference}/")
    assert page.locator("[data-print]").is_visible()
    page.emulate_media(media="print")

    assert page.locator(".citas-proof__reference").is_visible()
    for hidden in ("header nav", "footer form", "[data-print]", "main a[href$='/mover/']", ".govuk-skip-link"):
        assert not page.locator(hidden).first.is_visible(), hidden
    paper = tmp_path / "proof.png"
    page.screenshot(path=paper, full_page=True)
    assert paper.stat().st_size > 5_000
