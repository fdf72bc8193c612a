"""Two workers never send one message twice."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from notifications import repository
from notifications.delivery import deliver_due
from notifications.models import Message

WORKERS = 4
MESSAGES = 40


def test_second_to_claim_gets_nothing(queued, now):
    message = queued()
    seen = [repository.due(now=now, limit=9) for _worker in range(2)]
    claims = [repository.claim(key, now=now) for keys in seen for key in keys]
    assert [claim and claim.pk for claim in claims] == [message.pk, None]


@pytest.mark.django_db(transaction=True)
def test_each_message_is_sent_once(mail_server, queued, now):
    for number in range(MESSAGES):
        queued(f"a{number}@example.com")
    together = threading.Barrier(WORKERS)

    def work():
        together.wait()
        deliver_due(now=now, limit=MESSAGES)
        connection.close()

    workers = [threading.Thread(target=work) for _worker in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(mail["To"] for mail in mail_server.taken) == sorted(f"a{n}@example.com" for n in range(MESSAGES))
    assert set(Message.objects.values_list("state", "attempts")) == {(Message.State.SENT, 1)}


def test_late_failure_does_not_touch_what_another_has_taken(queued, now):
    slow = repository.claim(queued().pk, now=now)
    later = now + repository.SENDING
    repository.sent(repository.claim(slow.pk, now=later), now=later)
    repository.not_sent(slow, error="TimeoutError", now=later + timedelta(seconds=1))

    message = Message.objects.get()
    assert (message.state, message.error, message.sent_at) == (Message.State.SENT, "", later)
