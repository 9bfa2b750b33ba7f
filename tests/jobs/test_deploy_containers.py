"""The compose file and the manifests that ``vigie deploy`` writes fit together."""

from __future__ import annotations

import tomllib
from pathlib import Path, PurePosixPath
from typing import Any

import jsonschema
import pytest
import yaml
from tests.jobs.deploying import AT, IMAGE, PORT, put, put_secrets

from vigie.jobs.deploy.plan import Plan, Use, make_plan
from vigie.jobs.deploy.writing import KINDS
from vigie.jobs.deploy.yaml_text import yaml_text


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put_secrets(tmp_path_factory.mktemp("secrets"))


@pytest.fixture(scope="module")
def plan(secrets: Path, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return make_plan(put(tmp_path_factory.mktemp("settings"), secrets), AT)


@pytest.fixture(scope="module")
def files(plan: Plan) -> dict[str, dict[str, str]]:
    return {kind: make(plan) for kind, make in KINDS.items()}


def documents(files: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    texts = [text for name, text in files["kubernetes"].items() if name.endswith(".yaml")]
    return [one for text in texts for one in yaml.safe_load_all(text)]


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
TEXTS = {"type": "array", "items": TEXT, "minItems": 1}


def closed(required: str = "", **properties: Any) -> dict[str, Any]:
    told = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**told, "required": required.split()}


SERVICE = closed(
    "image entrypoint command user environment restart read_only cap_drop security_opt mem_limit"
    " pids_limit ulimits volumes secrets stop_grace_period init",
    image={"const": IMAGE},
    entrypoint={"const": ["vigie"]},
    command=TEXTS,
    user={"const": "10001:10001"},
    environment={"const": {"HOME": "/tmp", "USER": "vigie", "VIGIE_HOME": AT}},
    restart={"const": "unless-stopped"},
    init={"const": True},
    stop_grace_period={"type": "string", "pattern": r"^\d+s$"},
    read_only={"const": True},
    cap_drop={"const": ["ALL"]},
    security_opt={"const": ["no-new-privileges:true"]},
    mem_limit={"type": "string", "pattern": r"^\d+m$"},
    pids_limit=NUMBER,
    ulimits={"const": {"nofile": 65_536, "core": 0}},
    volumes={
        "type": "array",
        "items": {
            "anyOf": [
                closed(
                    "type source target",
                    type={"const": "volume"},
                    source={"type": "string", "pattern": "^(web|jobs|record)-tmp$"},
                    target={"const": "/tmp"},
                ),
                closed(
                    "type source target bind",
                    type={"const": "bind"},
                    source=TEXT,
                    target=TEXT,
                    read_only={"type": "boolean"},
                    bind={"const": {"create_host_path": False}},
                ),
            ]
        },
    },
    secrets={"type": "array", "items": closed("source target", source=TEXT, target=TEXT)},
    deploy=closed("replicas", replicas=NUMBER),
    ports=TEXTS,
    healthcheck=closed(
        "test interval timeout retries start_period",
        test=TEXTS,
        interval=TEXT,
        timeout=TEXT,
        retries=NUMBER,
        start_period=TEXT,
    ),
)
"""The fields of the compose specification that are used, and nothing beside them."""


def test_the_compose_file_is_of_one_piece(
    plan: Plan, files: dict[str, dict[str, str]], secrets: Path
) -> None:
    told = yaml.safe_load(files["compose"]["compose.yaml"])
    whole = closed(
        "name services volumes secrets",
        name=TEXT,
        volumes={"const": {"web-tmp": {}, "jobs-tmp": {}, "record-tmp": {}}},
        services={"type": "object", "additionalProperties": SERVICE},
        secrets={"type": "object", "additionalProperties": closed("file", file=TEXT)},
    )
    jsonschema.Draft202012Validator(whole).validate(told)
    web, jobs, record = (told["services"][name] for name in ("web", "jobs", "record"))
    for name, service in (("web", web), ("jobs", jobs), ("record", record)):
        for secret in service["secrets"]:
            assert told["secrets"][secret["source"]] == {"file": secret["target"]}
        spill = {"type": "volume", "source": f"{name}-tmp", "target": "/tmp"}
        assert service["volumes"].pop() == spill
        sources = {one["source"] for one in service["volumes"]}
        assert sources == {AT, *(one.path for one in plan.places if one.use is not Use.SECRET)}
    assert web["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert web["command"][-6:] == ["--processes", "3", "--host", "0.0.0.0", "--port", str(PORT)]
    assert f"127.0.0.1:{PORT}/readyz" in web["healthcheck"]["test"][-1]
    assert web["mem_limit"] == f"{3 * 4_096}m"
    assert jobs["deploy"]["replicas"] == 2
    assert record["command"] == ["watch", "record"]


def test_the_manifests_fit_together(plan: Plan, files: dict[str, dict[str, str]]) -> None:
    told = documents(files)
    by = {(one["kind"], one["metadata"]["name"]): one for one in told}
    assert len(by) == len(told)
    assert all(one["metadata"].get("namespace", "vigie") == "vigie" for one in told)
    runs = [one for one in told if one["kind"] in {"Deployment", "Job"}]
    assert {one["metadata"]["name"] for one in runs} == {
        "vigie-web", "vigie-jobs", "vigie-record", "vigie-init", "vigie-upgrade",
    }  # fmt: skip
    for one in runs:
        pod = one["spec"]["template"]["spec"]
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        assert ("ServiceAccount", pod["serviceAccountName"]) in by
        for volume in volumes.values():
            claim = volume.get("persistentVolumeClaim", {}).get("claimName")
            assert claim is None or ("PersistentVolumeClaim", claim) in by
        (container,) = pod["containers"]
        assert container["image"] == IMAGE
        mounts = [mount["mountPath"] for mount in container["volumeMounts"]]
        assert len(set(mounts)) == len(mounts)
        assert {mount["name"] for mount in container["volumeMounts"]} == set(volumes)
        wanted = {place.path for place in plan.places} | {str(PurePosixPath(AT).parent)}
        assert wanted <= set(mounts)
        assert {"name": "VIGIE_HOME", "value": AT} in container["env"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert container["resources"]["limits"]["memory"].endswith("Mi")
    _who_is_reached(by)
    handed = files["kubernetes"]["credentials.sh"]
    assert all(f"--from-file={one.name}={one.path}" in handed for one in plan.of(Use.SECRET))
    told_settings = by["ConfigMap", "vigie-settings"]["data"]["cluster.toml"]
    assert tomllib.loads(told_settings)["server"]["port"] == PORT
    cache = by["PersistentVolumeClaim", "vigie-lake-bucket-cache"]["spec"]["resources"]
    assert cache["requests"]["storage"] == "49Gi"  # 50 GB and a little


def _who_is_reached(by: dict[tuple[str, str], dict[str, Any]]) -> None:
    web, service = by["Deployment", "vigie-web"]["spec"], by["Service", "vigie"]["spec"]
    (container,) = web["template"]["spec"]["containers"]
    assert service["selector"] == web["template"]["metadata"]["labels"]
    assert web["selector"]["matchLabels"] == service["selector"]
    assert container["ports"] == [{"name": "http", "containerPort": PORT}]
    assert service["ports"][0]["port"] == PORT
    assert container["args"][-4:] == ["--host", "0.0.0.0", "--port", str(PORT)]
    for probe, path in (("startup", "readyz"), ("readiness", "readyz"), ("liveness", "healthz")):
        assert container[f"{probe}Probe"]["httpGet"] == {"path": f"/{path}", "port": "http"}
    assert web["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert by["Deployment", "vigie-record"]["spec"]["strategy"] == {"type": "Recreate"}
    assert by["PodDisruptionBudget", "vigie-web"]["spec"]["minAvailable"] == 1


# --- YAML ---------------------------------------------------------------------------------------

AWKWARD = [
    "", " ", "a\nb\n", " a\nb", "a\n\nb\n", "a\n b", "a\nb\n\n", "\n", "a\n\tb\n", "no", "~", "1.5",
    "- a", "a: b", "#", "|\n", "on", "NO", "null", "a b", "1", "a.b/c", "-", "%h", "'", '"', "é",
    "\u2028", "a\r\nb", "{}", "[", "&a", "*a", "!t", "@", "`", "?", "=", "<<", "2026-01-01", "0o17",
]  # fmt: skip


def test_what_is_written_is_read_back_as_it_was() -> None:
    values: list[Any] = [*AWKWARD, None, True, False, 0, -1, [], {}, ["a", ["b", {"c": [1]}]]]
    tree = {key: values for key in AWKWARD if key} | {
        f"k{n}": {"in": value, "list": [{"first": value, "then": [value]}]}
        for n, value in enumerate(values)
    }
    assert yaml.safe_load(yaml_text(tree)) == tree
