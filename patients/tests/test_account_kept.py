"""An account that reception has linked to a patient is not forgotten, even when nobody has entered with it yet."""

from datetime import timedelta

from accounts.models import User
from accounts.repository import begin, purge_unverified
from patients.models import Patient


def test_account_with_a_patient_stays(db, now):
    stale = begin(email="eva@example.com", language="es", now=now)
    begin(email="leo@example.com", language="es", now=now)
    Patient.objects.create(account=stale, given_names="Eva", first_surname="Sanz")
    assert purge_unverified(now=now + timedelta(days=9)) == 1
    assert User.objects.get() == stale
