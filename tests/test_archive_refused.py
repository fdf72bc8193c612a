"""A file that is cut short, changed, made up or from elsewhere is refused before the first write."""

from __future__ import annotations

import io
import json
import random
import zipfile
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from citas.archive import format as form
from citas.archive.contents import parts
from citas.archive.format import Refused, canonical
from citas.archive.reading import open_archive
from citas.archive.writing import SEAL, Sealing
from doctors.models import Doctor
from patients.models import Patient
from tests import archives

pytestmark = pytest.mark.django_db(transaction=True)
CUTS = (0, 1, 63, 64, 65, 1000)


@pytest.fixture
def written(db, tmp_path):
    """The bytes of an archive; the database is empty again."""
    archives.fill()
    found = archives.export(tmp_path / "a.zip")
    archives.empty()
    return found


def load(path, data):
    path.write_bytes(data)
    call_command("import_data", str(path))


def is_empty():
    return not (User.objects.exists() or Patient.objects.exists() or Doctor.objects.exists())


def rewritten(data, *, manifest=None, sealed=True, **texts):
    """The archive with other texts or another manifest, and a seal that fits."""
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(Sealing(target), "w", zipfile.ZIP_DEFLATED) as file:
        for name in source.namelist():
            text = texts.get(name.removesuffix(".ndjson").replace(".", "_"), source.read(name))
            if name == form.MANIFEST and manifest:
                text = manifest(json.loads(text))
            file.writestr(zipfile.ZipInfo(name), text)
        file.comment = SEAL
    return target.getvalue()


def manifested(change):
    """A manifest that was changed and hashed again, as a forger would."""

    def changed(whole):
        change(whole["manifest"])
        return canonical({**whole, "sha256": sha256(canonical(whole["manifest"])).hexdigest()})

    return changed


def forged(data, label, text):
    """The archive with another text of one model, and hashes that fit."""

    def change(manifest):
        [section] = [section for section in manifest["models"] if section["model"] == label]
        section.update(bytes=len(text), rows=text.count(b"\n"), sha256=sha256(text).hexdigest())

    return rewritten(data, manifest=manifested(change), **{label.replace(".", "_"): text})


def text_of(data, label):
    return zipfile.ZipFile(io.BytesIO(data)).read(f"{label}.ndjson")


def test_a_whole_one_is_taken(written, tmp_path):
    load(tmp_path / "b.zip", written)

    assert not is_empty()


def test_written_again_with_a_fitting_seal_it_is_taken(written, tmp_path):
    """The control of those below: what they change is what is refused."""
    load(tmp_path / "b.zip", rewritten(written))

    assert not is_empty()


def test_cut_short_anywhere(written, tmp_path):
    for left in (*CUTS, *random.Random(7).sample(range(len(written)), 20), len(written) - 1):
        with pytest.raises(CommandError):
            load(tmp_path / "b.zip", written[:left])

    assert is_empty()


def test_one_byte_changed_anywhere(written, tmp_path):
    for place in random.Random(7).sample(range(len(written)), 60):
        with pytest.raises(CommandError):
            load(tmp_path / "b.zip", written[:place] + bytes([written[place] ^ 1]) + written[place + 1 :])

    assert is_empty()


def test_with_something_before_or_behind(written, tmp_path):
    for data in (b"#!/bin/sh\n" + written, written + b"\n", written + written):
        with pytest.raises(CommandError):
            load(tmp_path / "b.zip", data)

    assert is_empty()


def test_another_file(db, tmp_path):
    strange = io.BytesIO()
    with zipfile.ZipFile(strange, "w") as file:
        file.writestr("accounts.user.ndjson", "{}\n")
    for data in (b"", b"PK\x03\x04" + bytes(100), b"SQLite format 3\0", strange.getvalue()):
        with pytest.raises(CommandError):
            load(tmp_path / "b.zip", data)


def test_a_file_that_is_not_there(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_data", str(tmp_path / "none.zip"))


def test_another_format(written, tmp_path):
    with pytest.raises(CommandError, match="format 2"):
        load(tmp_path / "b.zip", rewritten(written, manifest=manifested(lambda said: said.update(format=2))))


def test_a_manifest_whose_own_hash_is_wrong(written, tmp_path):
    with pytest.raises(CommandError, match="manifest"):
        load(tmp_path / "b.zip", rewritten(written, manifest=lambda whole: canonical({**whole, "sha256": "0" * 64})))


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said["models"].pop(),
        lambda said: said["models"].reverse(),
        lambda said: said["models"][0].update(model="accounts.robot"),
        lambda said: said["models"][0]["fields"].append("shoe_size"),
        lambda said: said["models"][0]["guards"].pop(),
        lambda said: said["models"][0].update(rows=7),
        lambda said: said["models"][0].update(bytes=10**12),
        lambda said: said["models"][0].update(sha256="0" * 64),
        lambda said: said["models"][0].update(more=1),
        lambda said: said.update(models=7),
        lambda said: said.update(archive="of somebody else"),
    ],
)
def test_a_manifest_of_another_version_or_that_does_not_fit(written, tmp_path, change):
    with pytest.raises(CommandError):
        load(tmp_path / "b.zip", rewritten(written, manifest=manifested(change)))

    assert is_empty()


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [*lines, lines[-1]],
        lambda lines: lines[::-1],
        lambda lines: [b"{}\n"],
        lambda lines: [b"[]\n"],
        lambda lines: [b"7\n"],
        lambda lines: [b"\xff\n"],
        lambda lines: [lines[0].rstrip()],
        lambda lines: [lines[0].replace(b'"active":true', b'"active":"yes"')],
        lambda lines: [lines[0].replace(b'"birth_date":"', b'"birth_date":"31')],
        lambda lines: [lines[0].replace(b'"given_names":"', b'"given_names":7,"nick":"')],
        lambda lines: [b"[" * 10**6 + b"\n"],
    ],
)
def test_records_that_say_something_impossible(written, tmp_path, change):
    text = b"".join(change(text_of(written, "patients.patient").splitlines(keepends=True)))

    with pytest.raises(CommandError, match=r"patients\.patient"):
        load(tmp_path / "b.zip", forged(written, "patients.patient", text))

    assert is_empty()


def test_a_bomb(written, tmp_path):
    """More text than the bytes of the file could stand for, or one line of it without an end."""
    with pytest.raises(CommandError, match=r"patients\.patient"):
        load(tmp_path / "b.zip", forged(written, "patients.patient", b" " * (form.LONGEST_LINE + 2**20)))

    assert is_empty()


def test_a_right_of_another_version(written, tmp_path):
    text = text_of(written, "auth.group_permissions").replace(b'"view_doctor"', b'"zap_doctor"')

    with pytest.raises(CommandError, match="zap_doctor"):
        load(tmp_path / "b.zip", forged(written, "auth.group_permissions", text))

    assert is_empty()


def test_the_character_nul_where_the_engine_keeps_none(written, tmp_path):
    text = text_of(written, "doctors.specialty").replace(b'"name":"', b'"name":"\\u0000', 1)
    (tmp_path / "b.zip").write_bytes(forged(written, "doctors.specialty", text))

    with pytest.raises(Refused, match="NUL"):
        open_archive(tmp_path / "b.zip", without_nul=True)
    assert open_archive(tmp_path / "b.zip").parts == parts()
