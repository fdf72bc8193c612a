"""docker-compose.yml is what the Compose Specification allows, and is as closed as it says."""

from __future__ import annotations

import copy
import json
import re

import jsonschema
import pytest

from tests import containers
from tests.containers import COMPOSE, OURS, ROOT, SERVICES

SCHEMA = json.loads((ROOT / "tests/schemas/compose-spec.json").read_text())
ENGINES = ("postgres", "mongo")
# They do one thing and end; the others wait for that.
ONE_SHOT = {"migrate", "mongo-initiate"}
SECRET = re.compile(r"(PASSWORD|SECRET|KEY|TOKEN|DATABASE_URL|EMAIL_URL)")
each_service = pytest.mark.parametrize("name", SERVICES)


def waited_for(name: str) -> dict[str, str]:
    """The services that a service waits for, with the condition."""
    return {other: how["condition"] for other, how in SERVICES[name].get("depends_on", {}).items()}


def test_file_fits_the_official_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.validate(COMPOSE, SCHEMA, jsonschema.Draft7Validator)


@pytest.mark.parametrize(
    ("name", "value"),
    [("red_only", True), ("healthcheck", {"tests": []}), ("depends_on", {"a": {"condition": "well"}})],
)
def test_schema_refuses_a_slip(name: str, value: object) -> None:
    slipped = copy.deepcopy(COMPOSE)
    slipped["services"]["web"][name] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(slipped, SCHEMA, jsonschema.Draft7Validator)


@pytest.mark.parametrize("engine", ENGINES)
def test_profile_starts_one_database_and_all_that_serves(engine: str) -> None:
    started = {name for name, service in SERVICES.items() if engine in service["profiles"]}
    (other,) = set(ENGINES) - {engine}
    assert {"web", "worker", "migrate", "valkey", engine} <= started
    assert other not in started


@each_service
def test_service_of_the_other_profile_is_not_waited_for(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        always_there = set(SERVICES[name]["profiles"]) <= set(SERVICES[other]["profiles"])
        assert how.get("required", True) == always_there, other


def test_only_the_web_server_is_published_and_only_on_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}
    assert not any("network_mode" in service for service in SERVICES.values())


def test_database_and_cache_are_on_the_closed_network_only() -> None:
    assert COMPOSE["networks"]["back"] == {"internal": True}
    for name in ("postgres", "mongo", "valkey", *ONE_SHOT):
        assert SERVICES[name]["networks"] == ["back"]
    assert SERVICES["web"]["networks"] == ["front", "back"]
    assert SERVICES["worker"]["networks"] == ["mail", "back"]


def test_headers_of_the_published_ports_gateway_are_believed_and_nobody_elses() -> None:
    (front,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    assert {service["environment"]["TRUSTED_PROXIES"] for service in OURS.values()} == {front["subnet"]}


@each_service
def test_every_service_runs_closed(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert not {"privileged", "cap_add", "devices", "pid", "ipc"} & set(service)
    assert "docker.sock" not in json.dumps(service)


@each_service
def test_every_service_says_how_it_is_or_ends(name: str) -> None:
    service = SERVICES[name]
    if name in ONE_SHOT:
        assert (service["restart"], service["healthcheck"]) == ("no", {"disable": True})
        waiting = [other for other in SERVICES if name in waited_for(other)]
        assert waiting
        assert {waited_for(other)[name] for other in waiting} == {"service_completed_successfully"}
    else:
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"


def test_new_code_serves_after_migrate_and_migrate_runs_after_the_database_is_well() -> None:
    for name in ("web", "worker"):
        assert waited_for(name) == {"migrate": "service_completed_successfully", "valkey": "service_healthy"}
    assert waited_for("migrate")["postgres"] == "service_healthy"
    assert waited_for("migrate")["mongo-initiate"] == "service_completed_successfully"
    assert waited_for("mongo-initiate") == {"mongo": "service_healthy"}


def test_image_and_compose_ask_for_health_alike() -> None:
    assert containers.health_of("web") == containers.image_health()


def test_databases_keep_their_files_in_named_volumes() -> None:
    assert set(COMPOSE["volumes"]) == set(ENGINES)
    assert "postgres:/var/lib/postgresql/data" in SERVICES["postgres"]["volumes"]
    assert "mongo:/data/db" in SERVICES["mongo"]["volumes"]


@each_service
def test_images_are_pinned(name: str) -> None:
    if name in OURS:
        assert SERVICES[name]["pull_policy"] == "build"  # nobody else's image of that name is fetched
    else:
        assert re.search(r":\d+(\.\d+)?-(bookworm|jammy)$", SERVICES[name]["image"])


@each_service
def test_secrets_come_as_files(name: str) -> None:
    service = SERVICES[name]
    for variable, value in service.get("environment", {}).items():
        if SECRET.search(variable):
            assert variable.endswith("_FILE")
            assert value.removeprefix("/run/secrets/") in mounted(name), variable


def mounted(name: str) -> set[str]:
    """The names under /run/secrets of one service."""
    return {each if isinstance(each, str) else each["target"] for each in SERVICES[name].get("secrets", [])}


def test_every_secret_is_a_file_that_somebody_uses() -> None:
    used = {
        each if isinstance(each, str) else each["source"]
        for one in SERVICES.values()
        for each in one.get("secrets", [])
    }
    assert set(COMPOSE["secrets"]) == used
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}


def test_who_serves_does_not_get_the_owners_password() -> None:
    assert mounted("worker") == {"secret_key", "database_url", "email_url"}
    assert mounted("web") == {"secret_key", "database_url", "email_url", "metrics_token"}
    assert {"source": "database_owner_url", "target": "database_url"} in SERVICES["migrate"]["secrets"]


def test_every_variable_of_citas_is_in_the_example() -> None:
    known = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    text = (ROOT / "docker-compose.yml").read_text()
    asked = {name for name, _kind, _rest in containers.VARIABLE.findall(text.replace("$$", ""))}
    given = {name for service in OURS.values() for name in service["environment"]}
    assert asked | given <= known
