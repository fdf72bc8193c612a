"""What a piece of work costs the database is counted alike on every engine, thread by thread."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import IntegrityError, connection

from accounts.models import User
from accounts.repository import create_user
from citas.db import atomic, refusable, timing
from doctors.models import Specialty

pytestmark = pytest.mark.django_db


def test_counts_questions_and_milliseconds():
    with timing.measured() as spent:
        began = time.perf_counter()
        Specialty.objects.create(name="Una", slug="una")
        list(Specialty.objects.filter(slug="una"))
        Specialty.objects.filter(slug="una").update(name="Otra")
        whole = (time.perf_counter() - began) * 1000
    assert spent.queries == 3
    assert 0 < spent.milliseconds < whole


def test_what_is_done_outside_is_not_counted():
    with timing.measured() as spent:
        pass
    Specialty.objects.count()
    assert (spent.queries, spent.milliseconds) == (0, 0)


def test_outer_counts_what_inner_ones_count():
    with timing.measured() as outer:
        Specialty.objects.count()
        with timing.measured() as inner:
            Specialty.objects.count()
            Specialty.objects.count()
        Specialty.objects.count()
    assert (outer.queries, inner.queries) == (4, 2)
    assert outer.milliseconds > inner.milliseconds > 0


def test_question_that_is_refused_counts_too():
    create_user(email="una@example.com")
    user = User(email="una@example.com")
    with timing.measured() as spent, pytest.raises(IntegrityError), refusable():
        user.save(force_insert=True)
    assert spent.queries >= 1
    with timing.measured() as after:
        User.objects.count()
    assert after.queries == 1


def test_transactions_are_no_questions():
    with timing.measured() as spent, atomic():
        Specialty.objects.create(name="Una", slug="una")
    assert spent.queries - spent_on_savepoints() == 1


def spent_on_savepoints() -> int:
    """A test runs in a transaction on PostgreSQL, and one inside it is two statements."""
    return 2 if connection.in_atomic_block else 0


def test_another_measuring_wrapper_may_come_and_go():
    def passing(execute, *statement):
        return execute(*statement)

    with connection.execute_wrapper(passing), timing.measured() as spent:
        Specialty.objects.count()
    assert passing not in connection.execute_wrappers
    with timing.measured() as again:
        Specialty.objects.count()
    assert (spent.queries, again.queries) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_count_for_each_other():
    counted: dict[int, int] = {}
    together = threading.Barrier(2)

    def ask(number: int) -> None:
        with timing.measured() as spent:
            together.wait()
            for _time in range(number):
                Specialty.objects.count()
        counted[number] = spent.queries
        connection.close()

    askers = [threading.Thread(target=ask, args=[number]) for number in (3, 20)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert counted == {3: 3, 20: 20}
