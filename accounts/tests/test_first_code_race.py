"""A stranger who asks for a code twice at once becomes one account."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import User
from accounts.repository import begin

RIVALS = 8


@pytest.mark.django_db(transaction=True)
def test_rivals_get_the_same_account(now):
    def ask(number):
        try:
            return begin(email="eva@example.com" if number % 2 else "EVA@example.com", language="es", now=now).pk
        finally:
            connection.close()

    for _round in range(5):
        User.objects.all().delete()
        with ThreadPoolExecutor(RIVALS) as pool:
            accounts = set(pool.map(ask, range(RIVALS)))
        assert accounts == {User.objects.get().pk}
