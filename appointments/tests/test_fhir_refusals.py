"""What FHIR refuses: always an OperationOutcome with the right status, and never a failure of ours."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from appointments.fhir import repository
from appointments.fhir.ids import ScheduleId
from doctors.models import Offering
from tests.fhir import refused

pytestmark = pytest.mark.django_db
KINDS = ("Location", "PractitionerRole", "Schedule", "Slot", "Appointment")
HOSTILE = (
    "\0",
    "'",
    '"><script>',
    "../../etc/passwd",
    "-1",
    "9" * 400,
    "1e999",
    "NaN",
    "\ud7ff￿",
    "٣",
    "a" * 5000,
    "%",
    ",",
    "|",
    "ge",
    "ge2027-13-45",
    "ge0000-01-01",
    "lt9999-12-31",
    "ge2027-03-09T25:61:00Z",
    "ge2027-03-09T10:00:00+99:99",
    "2027-03-09T10:00:00-23:59",
    "0001-01-01T00:00:00+14:00",
    "Schedule/",
    "Location/nonsense",
    "PractitionerRole/00000000-0000-0000-0000-000000000000",
    "A" * 22,
    "_" * 22,
    "_" * 27,
    "_" * 6,
    "_" * 43,
)


@pytest.fixture(autouse=True)
def _clock(clock):
    return clock


@pytest.fixture
def schedule(doctor, place) -> str:
    return str(ScheduleId(Offering.objects.get(doctor=doctor).pk, place.pk))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["metadata", *KINDS, *(f"{kind}/x" for kind in KINDS), "$bulk-publish", "bulk/x"])
def test_nothing_can_be_changed(client, db, method, path):
    answer = getattr(client, method)(f"/fhir/{path}")
    assert refused(answer, 405) == "not-supported"
    assert answer["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path", ["", "Patient", "Patient/1", "Practitioner/x", "slot", "Slot/", "Slot/a/b", "metadata/"]
)
def test_what_is_not_there_is_not_found(client, db, path):
    assert refused(client.get(f"/fhir/{path}"), 404) == "not-found"


@pytest.mark.parametrize("kind", KINDS[:4])
@pytest.mark.parametrize("key", ["x", "1" * 64, "a" * 59, "a" * 52, "00000000-0000-0000-0000-000000000000", "ñ", "a'b"])
def test_id_that_nothing_has_is_not_found(client, doctor, kind, key):
    assert refused(client.get(f"/fhir/{kind}/{quote(key)}"), 404) == "not-found"


@pytest.mark.parametrize(
    "name", ["_id", "_count", "_cursor", "_format", "schedule", "start", "status", "actor", "date"]
)
def test_hostile_parameters_never_fail(client, schedule, receptionist, name):
    client.force_login(receptionist)
    for kind in (*KINDS, "metadata", "$bulk-publish"):
        for value in HOSTILE:
            cache.clear()  # the limit of reads is not what is tried here
            query = {"schedule": schedule, name: value} if kind == "Slot" else {name: value}
            answer = client.get(f"/fhir/{kind}", query)
            assert answer.status_code in (200, 400, 406, 422), (kind, name, value)
            if answer.status_code != 200:
                refused(answer, answer.status_code)


@pytest.mark.parametrize("path", ["Slot/%00", "Location/%FF", "Slot?schedule=%00", "bulk/%00"])
def test_bytes_that_are_no_text_are_refused(client, db, path):
    assert refused(client.get(f"/fhir/{path}"), 400) == "invalid"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "required"),
        ("schedule=a&schedule=b", "invalid"),
        ("schedule=Location/x", "invalid"),
        ("schedule=https://elsewhere.example/fhir/Schedule/x", "invalid"),
        ("schedule=x&start=tomorrow", "invalid"),
        ("schedule=x&start=ne2027-03-09", "invalid"),
        ("schedule=x&start=ge2027-02-30", "invalid"),
        ("schedule=x&_count=0", "invalid"),
        ("schedule=x&_count=-1", "invalid"),
        ("schedule=x&_cursor=short", "invalid"),
    ],
)
def test_search_for_slots_that_cannot_be_read(client, place, query, code):
    assert refused(client.get(f"/fhir/Slot?{query}"), 400) == code


@pytest.mark.parametrize("accept", ["application/fhir+xml", "text/turtle", "application/xml, text/html;q=0.9"])
def test_only_json_is_spoken(client, db, accept):
    assert refused(client.get("/fhir/metadata", headers={"Accept": accept}), 406) == "not-supported"
    assert client.get("/fhir/metadata?_format=json", headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "text/html,*/*;q=0.8", "application/fhir+json;fhirVersion=4.0"]
)
def test_json_is_spoken_to_whoever_reads_it(client, db, accept):
    assert client.get("/fhir/metadata", headers={"Accept": accept}).status_code == 200
    assert refused(client.get("/fhir/metadata?_format=xml", headers={"Accept": accept}), 406) == "not-supported"


def test_who_asks_too_often_waits(client, place, settings):
    settings.RATE_LIMIT_FACTOR = 1 / 600
    assert client.get("/fhir/Location").status_code == 200
    answer = client.get("/fhir/Location")
    assert refused(answer, 429) == "throttled"
    assert int(answer["Retry-After"]) > 0


def test_database_that_is_away_is_503(client, place, monkeypatch):
    def away(**_asked):
        raise OperationalError("gone")

    monkeypatch.setattr(repository, "locations", away)
    for path in ("Location", "bulk/locations.ndjson"):
        answer = client.get(f"/fhir/{path}")
        assert refused(answer, 503) == "transient"
        assert answer["Retry-After"]


def test_fault_of_ours_is_500_without_what_went_wrong(client, place, monkeypatch):
    def broken(**_asked):
        raise RuntimeError("canario")

    monkeypatch.setattr(repository, "locations", broken)
    client.raise_request_exception = False
    answer = client.get("/fhir/Location")
    assert refused(answer, 500) == "exception"
    assert "canario" not in answer.content.decode()


def test_refusals_speak_the_readers_language(client, db):
    spanish, english = (client.get("/fhir/Slot", headers={"Accept-Language": lang}).json() for lang in ("es", "en"))
    assert english["issue"][0]["details"]["text"] == "The parameter schedule is missing."
    assert "schedule" in spanish["issue"][0]["details"]["text"]


@pytest.mark.parametrize(
    "path", ["metadata", "Location", "Schedule", "Slot?schedule=x", "$bulk-publish", "bulk/locations.ndjson"]
)
def test_head_is_a_get_without_its_body(client, doctor, path):
    got, head = client.get(f"/fhir/{path}"), client.head(f"/fhir/{path}")
    if got.streaming:
        list(got.streaming_content)  # few are sent at once: to its end, so that there is room for others
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Cache-Control"):
        assert head[name] == got[name]


def test_method_is_refused_before_the_token_of_forms_is_asked_for(db):
    answer = Client(enforce_csrf_checks=True).post("/fhir/Slot")
    assert refused(answer, 405) == "not-supported"
