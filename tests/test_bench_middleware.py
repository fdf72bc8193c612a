"""What measuring costs: a small share of the smallest answer, by a command that says so and fails when it is not."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from citas.management.commands import bench_middleware
from tests import engines, programs

pytestmark = pytest.mark.django_db


def test_it_measures_the_health_check_and_its_exit_code_says_whether_that_is_much(tmp_path):
    """In a process of its own: here pytest reads every line too. How much it is depends on what else runs."""
    words = {"CITAS_ENV": "demo", "CITAS_THROWAWAY": "1", "DATABASE_URL": f"embedded://{engines.ENGINE}"}
    env = programs.environment(tmp_path, **words)
    assert programs.manage("migrate", env=env).returncode == 0
    done = programs.manage("bench_middleware", "--rounds", "60", "--json", env=env)
    told = json.loads(done.stdout)
    assert told["path"] == "/api/health"
    assert told["percent"] > 0
    assert done.returncode == (told["percent"] > bench_middleware.MOST), done.stderr


def test_control_too_much_is_an_exit_code(monkeypatch, capsys):
    monkeypatch.setattr(bench_middleware, "MOST", 0.001)
    with pytest.raises(SystemExit) as end:
        call_command("bench_middleware", rounds=30, path="/live")
    assert end.value.code == 1
    assert capsys.readouterr().out.startswith("/live: ")


def test_what_does_not_answer_is_not_measured():
    with pytest.raises(CommandError):
        call_command("bench_middleware", rounds=20, path="/nada/")


def test_one_round_is_no_measurement():
    with pytest.raises(CommandError):
        call_command("bench_middleware", rounds=1)
