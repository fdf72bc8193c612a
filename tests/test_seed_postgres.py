"""Only PostgreSQL's tables have an owner; MongoDB's user either writes or does not."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from citas.db import atomic

SMALL = {"doctors": 2, "patients": 5, "appointments": 10, "json": True}


@pytest.fixture
def small(db):
    call_command("seed", **SMALL)


def test_only_the_owner_of_the_tables_empties_them(small):
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE guest; GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest; SET LOCAL ROLE guest")

    with pytest.raises(CommandError, match="owner"), atomic():
        call_command("seed", **SMALL, reset=True, yes=True)
