"""Whatever is sent, wherever to: an answer that says so, never a 500."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from citas.handler import Handler
from tests import scene as scenes
from tests.scene import PEOPLE, Scene, routes, undone

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=XX"
HUGE = "9" * 30
VALUES = {
    "huge number": HUGE,
    "negative number": f"-{HUGE}",
    "long text": "ñ" * 1000,
    "quotes and brackets": "'\"><script>alert(1)</script>{{7*7}}%s%(a)s\\",
    "line breaks": "a\r\nSet-Cookie: x=1",
    "direction marks": "\u202e\u2066\u200b\ufeff",
    "figures of another script": "٣٣٣",
    "emoji": "👩‍⚕️" * 100,
    "lone half of a pair, escaped": "\\ud800",
    "template": "{% include 'x' %}",
    "year zero": "0000-01-01",
    "year one": "0001-01-01",
    "last year": "9999-12-31",
    "no key": "not-a-uuid",
    "key of nobody": str(uuid4()),
}
# Every name that a form or a query of ours knows.
NAMES = """
slot who reason given_names first_surname second_surname birth_date_day birth_date_month birth_date_year relationship
document_type document_number phone consent key login password email code next language password1 password2
especialidad sede medico tipo desde borrador tras antes v q
""".split()  # noqa: SIM905


@pytest.fixture
def scene(booked, now, monkeypatch, patient_user, other_user, doctor_user, receptionist, manager) -> Scene:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    accounts = (patient_user, other_user, doctor_user, receptionist, manager)
    return scenes.make(appointment=booked(), accounts=dict(zip(PEOPLE[1:], accounts, strict=True)))


@pytest.fixture
def places(scene) -> list[str]:
    """Every address outside the administration."""
    return [scene.path(route) for route in sorted(routes()) if not route.startswith("admin/")]


def send(scene: Scene, person: str, method: str, path: str, body: bytes = b"", kind: str = FORM, **environ: Any) -> int:
    """A status; `environ` as a server hands it over."""
    with undone():
        return scene.client(person).generic(method, path, body, **{"CONTENT_TYPE": kind, **environ}).status_code


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_strange_values_in_every_query_and_form(scene, places, value):
    wrong = {}
    fields = dict.fromkeys(NAMES, value)
    for path in places:
        for method in ("get", "post"):
            with undone():
                status = getattr(scene.client("owner"), method)(path, fields).status_code
            if status >= 500:
                wrong[path, method] = status
    assert wrong == {}


BYTES = {
    "NUL": b"%00",
    "NUL in a name": b"%00=1&q=",
    "no UTF-8": b"%ff%fe",
    "half a letter": b"%c3",
    "half of a pair": b"%ed%a0%80",
    "too long a form of a letter": b"%c0%80",
}


@pytest.mark.parametrize("bad", BYTES.values(), ids=BYTES)
def test_bytes_that_are_no_text_are_refused_everywhere(scene, places, bad):
    accepted = {}
    for path in [*places, "/admin/", "/admin/patients/patient/"]:
        for person in ("anonymous", "owner", "manager"):
            answers = {
                "query": send(scene, person, "GET", path, QUERY_STRING="q=" + bad.decode()),
                "form": send(scene, person, "POST", path, b"reason=" + bad),
                "path": send(scene, person, "GET", path + bad.decode().partition("=")[0]),
            }
            accepted |= {(path, person, where): status for where, status in answers.items() if status != 400}
    assert accepted == {}


@pytest.mark.parametrize("raw", [b"\0", b"\xff\xfe", b"\xc3"])
def test_raw_bytes_are_refused_as_encoded_ones_are(scene, raw):
    latin = raw.decode("latin-1")
    assert send(scene, "owner", "GET", "/", QUERY_STRING=f"q={latin}") == 400
    assert send(scene, "owner", "POST", "/citas/nueva/", b"slot=" + raw) == 400
    assert send(scene, "owner", "GET", "/", PATH_INFO=f"/medicos/{latin}/") == 400


@pytest.mark.parametrize("raw", [b"\0", b"\xff\xfe"])
@pytest.mark.parametrize("where", ["name", "value"])
def test_bytes_in_a_form_of_parts_are_refused(scene, raw, where):
    name, value = (b"slot" + raw, b"1") if where == "name" else (b"slot", raw)
    part = b'--XX\r\nContent-Disposition: form-data; name="' + name + b'"\r\n\r\n' + value + b"\r\n--XX--\r\n"
    # A name that cannot be read is no field of any form.
    expected = 302 if (raw, where) == (b"\xff\xfe", "name") else 400
    assert send(scene, "owner", "POST", "/citas/nueva/", part, MULTIPART) == expected


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "latin-1", "idna", "no-such"])
@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=XX", "text/plain"])
def test_other_encodings_are_refused(scene, charset, kind):
    """In UTF-7, +AAA- is a NUL byte."""
    for method in ("GET", "POST"):
        kind_and_charset = f"{kind}; charset={charset}"
        assert send(scene, "owner", method, "/", b"", kind_and_charset, QUERY_STRING="sede=+AAA-") == 400


@pytest.mark.parametrize("charset", ["rot13", "hex", "zip", "utf-7", "punycode"])
def test_encoding_that_gives_no_text_is_refused_as_well(rf, charset):
    """Django's own handler dies of these before any middleware."""
    environ = {**rf.get("/?sede=+AAA-").environ, "CONTENT_TYPE": f"{FORM}; charset={charset}"}
    statuses: list[str] = []
    Handler()(environ, lambda status, headers: statuses.append(status))
    assert statuses == ["400 Bad Request"]


@pytest.mark.parametrize("name", ["session", "csrf", "language", "browser", "messages", "anything"])
@pytest.mark.parametrize(
    "value", ["a\0b" * 4, '"abcdefgh\\000"', "\xff\xfe" * 8, "x" * 3000, "%00" * 4, "..", "a b;;=,"]
)
def test_cookies_break_nothing(scene, name, value):
    for path in ("/", "/citas/", f"/citas/nueva/{scene.draft.pk}/para-quien/", "/admin/"):
        for method in ("GET", "POST"):
            status = send(scene, "anonymous", method, path, HTTP_COOKIE=f"{name}={value}")
            assert status < 500
            assert status == 400 or "\0" not in value


def test_cookie_with_a_hidden_nul_is_refused(scene):
    assert send(scene, "anonymous", "GET", "/", HTTP_COOKIE='session="abcdefgh\\000"') == 400


HEADERS = {
    "HTTP_ACCEPT_LANGUAGE": ["x" * 5000, "es;q=" + HUGE, "\xff\xfe", "en-" + "a" * 600, "*;q=nan,,;;", "es\0"],
    "HTTP_X_FORWARDED_FOR": ["garbage", "1.2.3.4" + ",1.2.3.4" * 1000, "::1%eth0", "\xff", HUGE],
    "HTTP_X_FORWARDED_PROTO": ["javascript", ""],
    "HTTP_X_REQUEST_ID": ["x" * 9000, "a\r\nSet-Cookie: a=1", "\xff", "<script>"],
    "HTTP_REFERER": ["//evil", "http://[", "\xff"],
    "HTTP_HX_REQUEST": ["true", "\xff"],
    "HTTP_HX_CURRENT_URL": ["http://[", "\xff"],
    "HTTP_RANGE": ["bytes=0-" + HUGE],
    "HTTP_IF_MODIFIED_SINCE": ["Thu, 99 Foo 99999 99:99:99 GMT"],
    "HTTP_IF_NONE_MATCH": ['"' * 100],
    "HTTP_ORIGIN": ["null", "http://[", "https://evil.example"],
    "CONTENT_TYPE": ["\xff", "multipart/form-data", "multipart/form-data; boundary=\xff", "a" * 3000, ";;;"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in HEADERS.items() for value in values])
def test_headers_break_nothing(scene, settings, name, value):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    for path in ("/", "/medicos/", "/citas/", "/cuenta/entrar/", "/idioma/"):
        for method in ("GET", "POST"):
            assert send(scene, "owner", method, path, b"next=/&language=en&login=a@example.com", **{name: value}) < 500


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost@evil.example", "", "local host", "\xff", "a" * 5000, "[::"]
)
def test_other_hosts_are_refused(scene, host):
    for path in ("/", "/live", "/cuenta/entrar/", "/admin/"):
        assert send(scene, "anonymous", "GET", path, HTTP_HOST=host) == 400


def test_long_addresses(scene):
    for start in ("/", "/medicos/", "/citas/", "/citas/enlace/", "/admin/patients/patient/", "/cuenta/contrasena/a-"):
        for person in ("anonymous", "manager"):
            assert send(scene, person, "GET", start + "a" * 60_000 + "/") in (200, 302, 400, 404)


@pytest.mark.parametrize("depth", [50_000])
def test_deep_json_is_no_form(scene, places, depth):
    body = b"[" * depth + b"]" * depth
    assert {send(scene, "owner", "POST", path, body, "application/json") for path in places} <= {
        200,
        302,
        400,
        403,
        404,
        405,
        422,
    }


@pytest.mark.parametrize("kind", [FORM, MULTIPART, "application/json", "text/plain", ""])
def test_ten_megabytes_are_refused_before_they_are_read(scene, places, kind):
    class Unread:
        def read(self, *args: Any) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    for path in places:
        environ = {"CONTENT_LENGTH": str(10 * 1024 * 1024), "wsgi.input": Unread(), "CONTENT_TYPE": kind}
        assert send(scene, "owner", "POST", path, **environ) == 413


@pytest.mark.parametrize("length", ["x", "-1", "²", HUGE, "9" * 5000, "1.5"])
def test_lengths_that_are_no_number_are_refused(scene, length):
    assert send(scene, "owner", "POST", "/citas/nueva/", CONTENT_LENGTH=length) == 413


def test_thousands_of_fields_are_refused(scene):
    fields = b"&".join(b"f%d=1" % number for number in range(5000))
    parts = b"".join(
        b'--XX\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % number for number in range(5000)
    )
    for path in ("/citas/nueva/", "/cuenta/entrar/", f"/citas/nueva/{scene.draft.pk}/datos/"):
        assert send(scene, "owner", "POST", path, fields) == 400
        assert send(scene, "owner", "POST", path, parts + b"--XX--\r\n", MULTIPART) == 400
    assert send(scene, "owner", "GET", "/", QUERY_STRING=fields.decode()) == 400


def test_broken_forms_of_parts_are_refused(scene):
    for body in (
        b"",
        b"--XX",
        b"--XX\r\n\r\n",
        b"\xff" * 1000,
        b"--XX\r\nContent-Transfer-Encoding: base64\r\n\r\n!!\r\n",
    ):
        for kind in (MULTIPART, "multipart/form-data", "multipart/form-data; boundary=" + "x" * 500):
            assert send(scene, "owner", "POST", "/citas/nueva/", body, kind) in (302, 400)


def test_browser_that_hangs_up_is_no_fault_of_ours(scene):
    class HungUp:
        def read(self, *args: Any) -> bytes:
            raise OSError("connection reset")

        readline = read

    for kind in (FORM, MULTIPART):
        environ = {"CONTENT_LENGTH": "100", "wsgi.input": HungUp()}
        assert send(scene, "owner", "POST", "/citas/nueva/", kind=kind, **environ) == 400


def test_spans_of_days_in_addresses(scene, now):
    """Days at both ends of the calendar, and far ahead."""
    for day in ("0001-01-01", "9999-12-31", "31/12/9999", (now + timedelta(days=731)).date(), "2027-02-30"):
        move = f"/citas/{scene.appointment.reference}/mover/"
        for person, path in (("owner", "/medicos/ana-vega/"), ("manager", "/agenda/"), ("owner", move)):
            assert send(scene, person, "GET", path, QUERY_STRING=f"desde={day}") == 200
    for place in ("00010101T0000Z", "99991231T2359Z", "20270101T0000Z"):
        for name in ("antes", "tras"):
            query = f"{name}={place}.{scene.appointment.pk.hex}"
            assert send(scene, "owner", "GET", "/citas/", QUERY_STRING=query) == 200
            assert send(scene, "owner", "GET", "/", QUERY_STRING=f"especialidad=dermatologia&{query}") == 200
