"""Accounts whose code was never used are forgotten after a day, and no others."""

from datetime import timedelta

from accounts.models import User
from accounts.repository import begin, confirm, create_user, purge_unverified

DAY = timedelta(days=1)


def test_unused_account_goes_after_a_day(db, now):
    begin(email="eva@example.com", language="es", now=now)
    assert purge_unverified(now=now + DAY) == 0
    assert purge_unverified(now=now + DAY + timedelta(seconds=1)) == 1
    assert not User.objects.exists()


def test_confirmed_account_stays(db, now):
    confirm(user=begin(email="eva@example.com", language="es", now=now))
    assert purge_unverified(now=now + 9 * DAY) == 0


def test_account_that_existed_before_the_code_stays(patient_user, now):
    assert begin(email="ana@example.com", language="en", now=now) == patient_user
    assert purge_unverified(now=now + 9 * DAY) == 0
    patient_user.refresh_from_db()
    assert patient_user.language == "es"


def test_account_that_reception_made_and_nobody_entered_stays(db, now):
    create_user(email="eva@example.com")
    assert purge_unverified(now=now + 9 * DAY) == 0


def test_same_address_asked_twice_is_one_account(db, now):
    first, second = (begin(email=email, language="es", now=now) for email in ("eva@example.com", "EVA@example.com"))
    assert first == second
    assert User.objects.count() == 1
