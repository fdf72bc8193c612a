"""A date of birth is typed in three boxes, as people write it."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.utils.datastructures import MultiValueDict

from citas.fields import BirthDateField

TODAY = date(2027, 3, 2)


def _form(day: str, month: str, year: str, *, required: bool = True) -> forms.Form:
    class Born(forms.Form):
        born = BirthDateField(latest=TODAY, required=required)

    return Born(MultiValueDict({"born_day": [day], "born_month": [month], "born_year": [year]}))


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        (("27", "3", "1984"), date(1984, 3, 27)),
        (("03", "07", "2001"), date(2001, 7, 3)),
        ((" 29 ", "2", "2024"), date(2024, 2, 29)),
        (("2", "3", "2027"), TODAY),
        (("1", "1", "1900"), date(1900, 1, 1)),
    ],
)
def test_a_date_is_read_as_people_write_it(typed, born):
    form = _form(*typed)

    assert form.is_valid()
    assert form.cleaned_data["born"] == born


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (("", "", ""), "required"),
        (("27", "", "1984"), "incomplete"),
        (("30", "2", "1984"), "unreal"),
        (("29", "2", "2027"), "unreal"),
        (("x", "2", "1984"), "unreal"),
        (("-1", "2", "1984"), "unreal"),
        (("9" * 5000, "2", "1984"), "unreal"),
        (("27", "3", "84"), "year"),
        (("27", "3", "1899"), "year"),
        (("3", "3", "2027"), "future"),
    ],
)
def test_what_cannot_be_a_birth_date_says_why(typed, code):
    form = _form(*typed)

    assert [error.code for error in form.errors.as_data()["born"]] == [code]


def test_an_optional_date_may_stay_empty():
    form = _form("", "", "", required=False)

    assert form.is_valid()
    assert form.cleaned_data["born"] is None


def test_what_was_typed_comes_back_with_its_error():
    boxes = _form("31", "2", "1984")["born"].subwidgets[0].data["subwidgets"]

    assert [(box["part"], box["value"]) for box in boxes] == [("day", "31"), ("month", "2"), ("year", "1984")]


def test_the_label_of_the_group_belongs_to_a_fieldset():
    assert _form("", "", "")["born"].use_fieldset


@pytest.mark.parametrize(
    ("before", "typed", "changed"),
    [
        (date(1984, 3, 27), ["27", "3", "1984"], False),
        (date(1984, 3, 27), ["28", "3", "1984"], True),
        (None, ["", "", ""], False),
        (None, None, False),
        (None, ["1", "", ""], True),
    ],
)
def test_a_change_is_seen(before, typed, changed):
    assert BirthDateField().has_changed(before, typed) is changed
