"""What opens an account is kept no longer than it works; what nobody will ask about is deleted."""

from datetime import timedelta

import pytest

from notifications import repository
from notifications.delivery import deliver_due
from notifications.models import Message

FIVE = timedelta(minutes=5)
SECOND = timedelta(seconds=1)


@pytest.fixture
def code(queued, now):
    return queued(kind=Message.Kind.CODE, text="123456", html="<p>123456</p>", forget_at=now + FIVE)


def test_code_is_blanked_when_it_has_run_out(mail_server, code, now):
    deliver_due(now=now)
    deliver_due(now=now + FIVE - SECOND)
    code.refresh_from_db()
    assert code.text == "123456"

    deliver_due(now=now + FIVE)
    code.refresh_from_db()
    assert (code.text, code.html, code.state) == ("", "", Message.State.SENT)


def test_code_that_could_not_leave_in_time_does_not_leave(mail_server, code, now):
    deliver_due(now=now + FIVE)
    code.refresh_from_db()
    assert (code.state, code.error, code.text) == (Message.State.FAILED, "expired", "")
    assert mail_server.taken == []


def test_code_is_blanked_when_its_owner_has_come_in(client, patient_user, other_user, code):
    client.force_login(other_user)
    code.refresh_from_db()
    assert code.text == "123456"

    client.force_login(patient_user)
    code.refresh_from_db()
    assert (code.text, code.html) == ("", "")


def test_mail_about_a_visit_is_kept_at_a_log_in(client, patient_user, queued):
    message = queued(patient_user.email)
    client.force_login(patient_user)
    message.refresh_from_db()
    assert message.text == "Texto"


def test_old_messages_go_and_waiting_ones_stay(queued, now):
    old = now - repository.KEPT - SECOND
    queued(created_at=old, state=Message.State.SENT)
    waiting, recent = queued(created_at=old), queued(state=Message.State.SENT)
    assert repository.prune(now=now) == 1
    assert set(Message.objects.all()) == {waiting, recent}
