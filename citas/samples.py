"""What the style page shows: made-up people and times, and forms in each state. Nothing here reaches the database."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from citas.fields import BirthDateField

TYPED = {
    "email": "lucia@example",
    "phone": "",
    "reason": "",
    "born_day": "31",
    "born_month": "2",
    "born_year": "1984",
    "specialty": "",
    "consent": "",
}


def _asks(words: Any) -> dict[str, Any]:
    return {"required": words}


class SampleForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We send the confirmation there."),
        error_messages={"invalid": _("Write the address in full, like name@example.com.")},
    )
    phone = forms.CharField(label=_("Telephone"), max_length=20, error_messages=_asks(_("Enter a telephone.")))
    nickname = forms.CharField(label=_("Second surname"), required=False)
    reason = forms.CharField(
        label=_("Reason for the visit"),
        widget=forms.Textarea,
        max_length=500,
        error_messages=_asks(_("Tell us the reason in a few words.")),
    )
    born = BirthDateField(latest=date(2026, 1, 1), help_text=_("For example, 27 3 1984."))
    whom = forms.ChoiceField(
        label=_("Who is the visit for?"),
        choices=[("self", _("For me")), ("child", _("For my son or daughter")), ("other", _("For somebody else"))],
        widget=forms.RadioSelect,
        error_messages=_asks(_("Choose who the visit is for.")),
    )
    specialty = forms.ChoiceField(
        label=_("Specialty"),
        choices=[("", _("Any specialty")), ("derma", "Dermatología"), ("trauma", "Traumatología")],
        error_messages=_asks(_("Choose a specialty.")),
    )
    places = forms.MultipleChoiceField(
        label=_("Places"),
        choices=[("centro", "Centro"), ("norte", "Norte"), ("sur", "Sur")],
        widget=forms.CheckboxSelectMultiple,
        error_messages=_asks(_("Choose at least one place.")),
    )
    consent = forms.BooleanField(
        label=_("I have read how my data are used."),
        error_messages=_asks(_("Tick the box once you have read it.")),
    )


def filled_form() -> SampleForm:
    typed = TYPED | {
        "email": "lucia@example.com",
        "phone": "600 123 456",
        "reason": "Me duele la rodilla.",
        "born_day": "28",
    }
    return SampleForm(
        typed | {"whom": "self", "specialty": "derma", "places": ["centro"], "consent": "on"}, auto_id="ok_%s"
    )


def form_with_errors() -> SampleForm:
    return SampleForm(TYPED, auto_id="id_%s")


def _slot(*, day: str, time: str, note: str = "") -> dict[str, Any]:
    return {
        "value": f"{day}-{time}",
        "time": time,
        "label": f"{day}, {time}, con la Dra. Ana Vega Ruiz, en Centro",
        "note": note,
    }


def _times(day: str, *times: str, note: str = "") -> list[dict[str, Any]]:
    return [_slot(day=day, time=time, note=note) for time in times]


def days() -> list[dict[str, Any]]:
    tuesday, monday = "martes 9 de marzo", "lunes 15 de marzo"
    chosen = _times(tuesday, "09:00", "09:20", "10:20", "11:40", "12:00", "13:20")
    chosen[2]["checked"] = True
    return [
        {"label": tuesday, "morning": chosen, "afternoon": _times(tuesday, "16:00", "16:20")},
        {"empty": "del 10 al 14 de marzo: sin huecos"},
        {"label": monday, "morning": [], "afternoon": _times(monday, "17:00", "17:20", "18:40")},
    ]


def days_across_doctors() -> list[dict[str, Any]]:
    day = "miércoles 10 de marzo"
    morning = [
        *_times(day, "08:30", "09:00", note="Dra. Vega · Centro"),
        *_times(day, "09:10", note="Dr. Muñoz · Norte"),
    ]
    return [{"label": day, "morning": morning, "afternoon": []}]


def nearest() -> list[dict[str, Any]]:
    return [
        slot | {"url": "#nearest"} for slot in _times("jueves 11 de marzo", "09:00", "09:40", "12:20", "16:00", "16:20")
    ]


ROWS = [
    {
        "key": "Para quién",
        "value": "Lucía Gómez Santos",
        "change_url": "#rows",
        "change_hidden": "para quién es la cita",
    },
    {"key": "Teléfono", "value": "+34 600 123 456", "change_url": "#rows", "change_hidden": "el teléfono"},
    {"key": "Dónde", "value": "Centro\nCalle Mayor, 12, Madrid"},
]

PROOF = {
    "reference": "K7M29QXD",
    "day": "martes 9 de marzo de 2027",
    "time": "10:20",
    "time_note": "hora de Madrid",
    "place": "Centro",
    "address": "Calle Mayor, 12, Madrid",
    "doctor": "Dra. Ana Vega Ruiz",
    "patient": "Lucía Gómez Santos",
}

CARD = {
    "title": "martes 9 de marzo, 10:20",
    "url": "#card",
    "lines": ["Dra. Ana Vega Ruiz · Dermatología", "Centro, Calle Mayor, 12", "Para Lucía Gómez Santos"],
    "actions": [
        {"text": "Cambiar la hora", "url": "#card", "hidden_text": "de la cita del martes 9 de marzo"},
        {"text": "Cancelar", "url": "#card", "hidden_text": "la cita del martes 9 de marzo"},
    ],
}

HINTED = [
    {"value": "self", "label": "Para mí", "hint": "Lucía Gómez Santos"},
    {"value": "child", "label": "Para mi hijo o hija", "hint": "Menores de 16 años"},
    {"value": "other", "label": "Para otra persona", "hint": ""},
]

STATUSES = ["held", "booked", "arrived", "completed", "cancelled", "no_show"]
DOCTOR_LINES = ["Centro y Norte", "Español, inglés"]
CRUMBS = [{"text": "Médicos", "url": "#crumbs"}, {"text": "Dra. Ana Vega Ruiz"}]
COLOURS = ["ink", "muted", "teal", "mint", "error", "done", "notice", "border", "hairline", "focus"]


def style_guide_context() -> dict[str, Any]:
    return {
        "plain": SampleForm(auto_id="plain_%s"),
        "filled": filled_form(),
        "wrong": form_with_errors(),
        "days": days(),
        "days_across_doctors": days_across_doctors(),
        "nearest": nearest(),
        "rows": ROWS,
        "proof": PROOF,
        "card": CARD,
        "hinted": HINTED,
        "statuses": STATUSES,
        "doctor_lines": DOCTOR_LINES,
        "crumbs": CRUMBS,
        "colours": COLOURS,
        "slot_error": [{"text": _("Choose a time.")}],
    }
