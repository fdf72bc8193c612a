"""Names in any script, and nothing else."""

import pytest

from patients import names


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  María   del Mar ", "María del Mar"),
        ("O’Neill-D'Angelo", "O’Neill-D'Angelo"),
        ("Mun\u0303oz", "Muñoz"),
        ("Ma. Ángeles", "Ma. Ángeles"),
        ("Gal·la", "Gal·la"),
        ("Юлия", "Юлия"),
        ("李小龍", "李小龍"),
        ("عائشة", "عائشة"),
        ("Nguyễn", "Nguyễn"),
        ("", ""),
    ],
)
def test_names_are_kept_composed_and_with_single_blanks(typed, kept):
    assert names.normalise(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "Ana1",
        "Ana\x00",
        "Ana\u202eanA",
        "Ana\u200b",
        "<b>Ana</b>",
        "😀",
        "Z\u0351\u0352\u0353\u0354",
        "…",
        "-",
        " ' ",
        "Ana\ue000",
    ],
)
def test_what_is_no_name_is_refused(typed):
    with pytest.raises(names.WrongName):
        names.normalise(typed)
