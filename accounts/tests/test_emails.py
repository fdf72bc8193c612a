"""One person, one address, however it is typed."""

import pytest
from django.db import IntegrityError

from accounts.emails import normalise
from accounts.fields import EmailField
from accounts.models import User
from accounts.repository import create_user, find_by_email

SPELLINGS = [
    "ana@example.com",
    "  Ana@Example.COM ",
    "ANA@EXAMPLE.COM",
    "ana\u200b@example.com",
    "\ufeffana@example.com",
    "ana\u00ad@exam\u2060ple.com",
    "ａｎａ@example.com",
    "ana@example.com\u202e",
    "ana @example.com",
]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_is_the_same_address(typed):
    assert normalise(typed) == "ana@example.com"


@pytest.mark.parametrize("typed", SPELLINGS)
def test_form_field_accepts_every_spelling(typed):
    assert EmailField().clean(typed) == "ana@example.com"


def test_normalising_twice_changes_nothing():
    for typed in [*SPELLINGS, "straße@example.com", "ﬁn@example.com", "İ@example.com"]:
        assert normalise(normalise(typed)) == normalise(typed)


@pytest.mark.parametrize("typed", SPELLINGS)
def test_second_account_of_an_address_is_refused_by_the_database(patient_user, typed):
    with pytest.raises(IntegrityError):
        create_user(email=typed)


@pytest.mark.parametrize("typed", SPELLINGS)
def test_account_is_found_by_every_spelling(patient_user, typed):
    assert find_by_email(typed) == patient_user
    assert User.objects.get_by_natural_key(typed) == patient_user


def test_validation_of_a_second_account_names_the_field(patient_user):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError) as refused:
        User(email="Ana@EXAMPLE.com", password="x").full_clean()
    assert "email" in refused.value.message_dict
