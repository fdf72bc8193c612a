"""The benchmark of the search for free slots."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("doctor", "other_doctor")
def test_benchmark_says_what_it_measured(capsys, booked):
    booked()
    call_command("bench_slots", runs=2, json=True)
    result = json.loads(capsys.readouterr().out)

    assert (result["doctors"], result["appointments"], result["days"]) == (2, 1, 14)
    for search in ("earliest", "page"):
        assert result[search]["queries"] == 4
        assert result[search]["own"]["p95"] >= result[search]["own"]["median"] > 0
        assert result[search]["database"]["median"] > 0


@pytest.mark.usefixtures("doctor")
def test_benchmark_says_it_in_words(capsys):
    call_command("bench_slots", runs=2)

    assert capsys.readouterr().out.startswith("1 doctors, 0 appointments")


@pytest.mark.parametrize("options", [{"runs": 1}, {"days": 0}])
def test_benchmark_needs_something_to_measure(options):
    with pytest.raises(CommandError):
        call_command("bench_slots", **options)
