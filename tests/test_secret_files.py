"""A secret may be a file that SECRET_KEY_FILE and its kind name; what is wrong with it is said in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from citas.environment import IN_FILES, ConfigurationError, Environment
from tests import programs

KEY = "k" * 50
VALUES = {
    "SECRET_KEY": KEY,
    "DATABASE_URL": "postgres://user:hidden-word@host/name",
    "CACHE_URL": "redis://:hidden-word@host/0",
    "EMAIL_URL": "smtp+tls://user:hidden-word@mail.example.com:587",
    "METRICS_TOKEN": "hidden-word-of-24-characters",
}


def read(data: Path, **variables: str) -> Environment:
    return Environment.read({"CITAS_ENV": "demo", "CITAS_DATA": str(data), **variables})


def kept(folder: Path, name: str, text: str) -> str:
    path = folder / name.lower()
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("name", IN_FILES)
def test_file_counts_as_the_value_would(tmp_path: Path, name: str) -> None:
    given = {"SECRET_KEY": "s" * 50, name: VALUES[name]}
    from_file = {key: value for key, value in given.items() if key != name}
    from_file[f"{name}_FILE"] = kept(tmp_path, name, f"{VALUES[name]}\n")
    assert read(tmp_path, **from_file) == read(tmp_path, **given)


def test_production_takes_all_its_secrets_from_files(tmp_path: Path) -> None:
    files = {f"{name}_FILE": kept(tmp_path, name, value) for name, value in VALUES.items()}
    env = read(
        tmp_path,
        **files,
        CITAS_ENV="production",
        SITE_URL="https://citas.example.com",
        ALLOWED_HOSTS="citas.example.com",
    )
    assert (env.secret_key, env.database, env.cache) == (KEY, VALUES["DATABASE_URL"], VALUES["CACHE_URL"])
    assert env.delivery["EMAIL_HOST_PASSWORD"] == "hidden-word"


def test_empty_variable_beside_the_file_is_no_second_value(tmp_path: Path) -> None:
    # .env.example has the line `SECRET_KEY=`.
    assert read(tmp_path, SECRET_KEY="", SECRET_KEY_FILE=kept(tmp_path, "key", KEY)).secret_key == KEY


def test_value_and_file_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="SECRET_KEY and SECRET_KEY_FILE are both set"):
        read(tmp_path, SECRET_KEY=KEY, SECRET_KEY_FILE=kept(tmp_path, "key", KEY))


@pytest.mark.parametrize("name", IN_FILES)
@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file"), (b"", "is empty"), (b" \n", "is empty"), (b"\xff\xfe", "no text")]
)
def test_file_of_no_use_is_named_in_one_line(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"{name}_FILE.*{said}") as caught:
        read(tmp_path, **{f"{name}_FILE": str(path)})
    assert "\n" not in str(caught.value)


def test_folder_in_place_of_the_file_is_named_too(tmp_path: Path) -> None:
    # Docker makes one where the file to be mounted is missing.
    with pytest.raises(ConfigurationError, match=r"SECRET_KEY_FILE.*Is a directory"):
        read(tmp_path, SECRET_KEY_FILE=str(tmp_path))


def test_wrong_content_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="DATABASE_URL") as caught:
        read(tmp_path, DATABASE_URL_FILE=kept(tmp_path, "url", "mysql://user:hidden-word@host/name"))
    assert "hidden-word" not in str(caught.value)


def test_command_says_it_in_one_line(tmp_path: Path) -> None:
    env = programs.environment(tmp_path, CITAS_ENV="demo", DATABASE_URL_FILE=str(tmp_path / "nowhere"))
    done = programs.manage("migrate", env=env)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("citas: DATABASE_URL_FILE is ")
