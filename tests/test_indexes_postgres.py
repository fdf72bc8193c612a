"""What only PostgreSQL's indexes can: hold fields beside the key."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_search_for_free_time_reads_the_index_only():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'appointment_doctor_time'")
        assert cursor.fetchone()[0].endswith("(doctor_id, starts_at) INCLUDE (busy, status, expires_at)")
