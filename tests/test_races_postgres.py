"""A race needs a connection for each client; MongoDB's driver opens as many as it wants."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_server_without_room_for_every_client_is_said_in_one_line(monkeypatch):
    connection.ensure_connection()

    with monkeypatch.context() as elsewhere, pytest.raises(CommandError, match="no connection for each of 3 clients"):
        # The clients look for the server where there is none; this thread has its connection.
        elsewhere.setitem(connections.settings["default"], "HOST", "/nowhere")
        call_command("prove_booking", clients=3, rounds=1, without_guard=True)
    assert "proof_without_guard" not in connection.introspection.table_names()
