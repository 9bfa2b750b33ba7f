"""What ``vigie deploy`` writes: the same each time, sound, of one piece, without a secret."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path, PurePosixPath
from typing import Any

import jsonschema
import pytest
import yaml
from tests.docs.generator import load_generator

from vigie.base.errors import SettingsInvalid
from vigie.base.settings import Settings
from vigie.cli.main import run
from vigie.jobs.deploy.plan import USES, Plan, Use, make_plan
from vigie.jobs.deploy.writing import KINDS
from vigie.jobs.deploy.yaml_text import yaml_text

AT = "/srv/vigie/home"
MARK = "not-to-be-told"
PORT = 8335
IMAGE = "registry.example/vigie:0.1.0"

VIGIE = """
[server]
port = 8335
public_url = "https://vigie.example"
trusted_proxies = ["10.0.0.0/8"]
[keys]
folder = "/srv/vigie-keys"
ledger = "/srv/vigie-ledger/destroyed.jsonl"
[audit]
key_file = "/srv/vigie-keys/signing"
[[audit.witnesses]]
name = "dpo"
folder = "/mnt/dpo"
[[intake.watch]]
connector = "table"
mapping = "/etc/vigie/log.toml"
path = "/srv/depot"
[[intake.mqtt]]
connector = "sensors_mqtt"
host = "broker.example"
client_id = "vigie"
username = "vigie"
password_file = "{folder}/broker"
topics = ["a/#"]
"""
CLUSTER = """
[cluster]
web = 3
jobs = 2
[desk]
url_file = "{folder}/desk-url"
[lake.bucket]
location = "s3://vigie/port"
access_key_file = "{folder}/s3-access"
secret_key_file = "{folder}/s3-secret"
cache = "/srv/cache"
cache_bytes = 50_000_000_000
[deploy]
program = "{program}"
image = "registry.example/vigie:0.1.0"
record = true
"""


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    for name in ("desk-url", "s3-access", "s3-secret", "broker"):
        (folder / name).write_text(f"{MARK}-{name}")
    return folder


def put(home: Path, secrets: Path, more: str = "", program: str = "/bin/true") -> Path:
    home.mkdir(exist_ok=True)
    (home / "vigie.toml").write_text(VIGIE.format(folder=secrets))
    (home / "cluster.toml").write_text(CLUSTER.format(folder=secrets, program=program) + more)
    return home


@pytest.fixture(scope="module")
def plan(secrets: Path, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return make_plan(put(tmp_path_factory.mktemp("settings"), secrets), AT)


@pytest.fixture(scope="module")
def files(plan: Plan) -> dict[str, dict[str, str]]:
    return {kind: make(plan) for kind, make in KINDS.items()}


def documents(files: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    texts = [text for name, text in files["kubernetes"].items() if name.endswith(".yaml")]
    return [one for text in texts for one in yaml.safe_load_all(text)]


def unit(text: str) -> dict[str, dict[str, list[str]]]:
    """Read a unit: settings may stand several times."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in text.splitlines():
        if line.startswith("["):
            part = found.setdefault(line.strip("[]"), {})
        elif line:
            key, value = line.split("=", 1)
            part.setdefault(key, []).append(value)
    return found


# --- As a whole ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_verb_writes_the_same_bytes_whatever_the_environment_says(
    kind: str, secrets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = put(tmp_path / "home", secrets)
    told = []
    for number, port in enumerate(("1", "2")):
        monkeypatch.setenv("VIGIE_SERVER__PORT", port)
        out = tmp_path / f"out{number}"
        assert run(["deploy", kind, "--home", str(home), "--home-at", AT, "--out", str(out)]) == 0
        told.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert told[0] == told[1]
    assert all(str(tmp_path / "home") not in text.decode() for text in told[0].values())


def test_no_text_holds_what_a_credential_s_file_holds(
    files: dict[str, dict[str, str]], secrets: Path
) -> None:
    """The files are named, each in every kind; what they hold is never read."""
    for kind, texts in files.items():
        whole = "\n".join(texts.values())
        assert MARK not in whole
        assert not re.search(r"(?i)password\s*[:=]\s*\S", whole.replace("password_file =", ""))
        named = {"desk-url", "s3-access", "s3-secret"} | (
            {"broker"} if kind != "systemd" else set()
        )
        assert all(f"{secrets}/{name}" in whole for name in named), kind


def test_every_setting_that_names_a_place_is_known() -> None:
    """A setting that is added must say what processes do there, or that it is none of this disk."""
    elsewhere = {
        "desk.url", "intake.sftp[].folder", "intake.sftp[].moved_to", "deploy.program",
        "intake.max_file_bytes", "intake.max_archive_files", "deploy.open_files",
    }  # fmt: skip
    telling = re.compile(r"(file|folder|path|dir|cache|ledger|mapping|program|moved_to)s?$")
    named = {".".join(path) for path, _ in load_generator()._leaves(Settings)}
    assert {one for one in named if telling.search(one)} - elsewhere == set(USES) - elsewhere
    assert set(USES) <= named


def test_the_scripts_are_sh(files: dict[str, dict[str, str]], tmp_path: Path) -> None:
    for kind, texts in files.items():
        for name in (one for one in texts if one.endswith(".sh")):
            (tmp_path / name).write_text(texts[name])
            done = subprocess.run(["sh", "-n", tmp_path / name], capture_output=True, check=False)
            assert done.returncode == 0, (kind, name, done.stderr)


@pytest.mark.parametrize(
    ("kind", "more", "key"),
    [
        ("systemd", "demo = true", "demo"),
        ("systemd", '[desk]\nurl = "postgresql://v:pw@db/v"', "desk.url"),
        ("systemd", '[desk]\nurl_file = ""', "desk.url_file"),
        ("systemd", '[lake.bucket]\nsecret_key_file = ""', "lake.bucket.access_key_file"),
        ("systemd", '[keys]\nfolder = "keys"', "keys.folder"),
        ("systemd", '[keys]\nfolder = "/srv/%h"', "keys.folder"),
        ("systemd", '[server]\nhost = "localhost"', "server.host"),
        ("systemd", '[deploy]\nuser = "root"', "deploy.user"),
        ("systemd", "[deploy]\nweb_memory_mb = 2100", "deploy.web_memory_mb"),
        ("systemd", '[lake]\nmemory = "80%"', "lake.memory"),
        ("compose", '[deploy]\nimage = ""', "deploy.image"),
        ("kubernetes", '[deploy]\nimage = "registry.example/vigie:latest"', "deploy.image"),
        ("compose", '[server]\npublic_url = ""', "server.public_url"),
        ("kubernetes", "[server]\ntrusted_proxies = []", "server.trusted_proxies"),
        ("compose", '[log]\nsyslog = "unix:/dev/log"', "log.syslog"),
        ("compose", '[keys]\nfolder = "/srv/vigie"', "keys.folder"),
    ],
)
def test_what_must_not_run_so_is_refused_by_its_setting(
    kind: str, more: str, key: str, secrets: Path, tmp_path: Path
) -> None:
    home = put(tmp_path / "home", secrets)
    tree = tomllib.loads((home / "cluster.toml").read_text())
    for name, value in tomllib.loads(more).items():
        branch = tree.get(name)
        tree[name] = branch | _under(branch, value) if isinstance(branch, dict) else value
    import tomli_w

    (home / "cluster.toml").write_text(tomli_w.dumps(tree))
    with pytest.raises(SettingsInvalid) as refused:
        KINDS[kind](make_plan(home, AT))
    assert refused.value.params["key"] == key


def _under(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {**old.get(key, {}), **value} if isinstance(value, dict) else value
        for key, value in new.items()
    }


# --- systemd ------------------------------------------------------------------------------------

BOUNDS = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "RestrictSUIDSGID": "yes",
    "SystemCallFilter": "@system-service",
    "UMask": "0077",
    "LimitCORE": "0",
    "LimitNOFILE": "65536",
    "User": "vigie",
}


def test_every_unit_is_bounded_and_writes_only_where_settings_say(
    plan: Plan, files: dict[str, dict[str, str]]
) -> None:
    services = {
        k: unit(v)["Service"] for k, v in files["systemd"].items() if k.endswith(".service")
    }
    assert set(services) == {
        "vigie-web@.service", "vigie-jobs@.service", "vigie-record.service",
        "vigie-check.service", "vigie-upgrade.service",
    }  # fmt: skip
    written = [AT, "/srv/vigie-keys", "/srv/vigie-ledger", "/srv/cache", "-/mnt/dpo"]
    for name, told in services.items():
        assert {key: told[key] for key in BOUNDS} == {key: [value] for key, value in BOUNDS.items()}
        more = ["/srv/vigie"] if name in {"vigie-check.service", "vigie-upgrade.service"} else []
        assert sorted(told["ReadWritePaths"]) == sorted(written + more)
        for place in plan.of(Use.SECRET):
            if place.variable:
                assert f"{place.name}:{place.path}" in told["LoadCredential"]
                assert f"{place.variable}=%d/{place.name}" in told["Environment"]
    for name, memory in (("web@", 4_096), ("jobs@", 6_144), ("record", 4_096)):
        told = services[f"vigie-{name}.service"]
        assert told["Restart"] == ["always"]
        assert told["Type"] == ["notify"]
        assert told["MemoryMax"] == [f"{memory}M"]


def test_the_web_processes_share_one_socket_at_the_address_of_the_settings(
    files: dict[str, dict[str, str]],
) -> None:
    texts = files["systemd"]
    socket = unit(texts["vigie.socket"])["Socket"]
    assert socket["ListenStream"] == [f"127.0.0.1:{PORT}"]
    assert socket["Service"] == ["vigie-web@1.service"]
    assert unit(texts["vigie-web@.service"])["Service"]["Sockets"] == ["vigie.socket"]
    wanted = unit(texts["vigie.target"])["Unit"]["Wants"][0].split()
    assert wanted == [
        "vigie.socket", "vigie-web@1.service", "vigie-web@2.service", "vigie-web@3.service",
        "vigie-jobs@1.service", "vigie-jobs@2.service", "vigie-record.service",
    ]  # fmt: skip


@pytest.mark.needs_systemd
def test_systemd_reads_the_units_without_a_remark(secrets: Path, tmp_path: Path) -> None:
    """``systemd-analyze verify`` says nothing; exposure is what it calls OK, 2.5 of 10 at most."""
    program = next(path for path in ("/usr/bin/true", "/bin/true") if Path(path).exists())
    account = "daemon"  # any that every machine has
    home = put(tmp_path / "home", secrets, f'user = "{account}"\n', program)
    assert (
        run(["deploy", "systemd", "--home", str(home), "--home-at", AT, "--out", str(tmp_path)])
        == 0
    )
    units = [
        path for path in tmp_path.iterdir() if path.suffix in {".service", ".socket", ".target"}
    ]
    tool = shutil.which("systemd-analyze")
    assert tool is not None
    verified = subprocess.run(
        [tool, "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    judged = subprocess.run(
        [tool, "security", "--offline=yes", "--threshold=25", *sorted(tmp_path.glob("*.service"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout[-300:]


@pytest.mark.parametrize("older", [False, True])
def test_an_upgrade_goes_one_after_the_other_unless_the_home_is_older(
    older: bool, files: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    """The real script, with a ``systemctl`` that only writes down what it is told."""
    tool, log = tmp_path / "systemctl", tmp_path / "log"
    answer = 'case "$*" in *vigie-check*) exit 1;; esac' if older else ":"
    tool.write_text(f'#!/bin/sh\necho "$*" >> {log}\n{answer}\n')
    tool.chmod(0o755)
    script = tmp_path / "upgrade.sh"
    script.write_text(files["systemd"]["upgrade.sh"])

    def go(*words: str) -> tuple[int, list[str]]:
        log.unlink(missing_ok=True)
        path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
        done = subprocess.run(["sh", script, *words], env=path, capture_output=True, check=False)
        return done.returncode, log.read_text().splitlines()[1:]

    running = [f"vigie-web@{n}.service" for n in (1, 2, 3)]
    running += ["vigie-jobs@1.service", "vigie-jobs@2.service", "vigie-record.service"]
    check = "start vigie-check.service"
    if not older:
        assert go() == (0, [check, *(f"restart {name}" for name in running)])
        return
    assert go() == (2, [check])
    stop = f"stop vigie.socket {' '.join(running)}"
    then = ["start vigie-upgrade.service", "start vigie.target"]
    assert go("desk-copied") == (0, [check, stop, *then])


# --- Containers ---------------------------------------------------------------------------------

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
    environment={"const": {"HOME": "/tmp", "VIGIE_HOME": AT}},
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
                {"const": {"type": "volume", "target": "/tmp"}},
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
        "name services secrets",
        name=TEXT,
        services={"type": "object", "additionalProperties": SERVICE},
        secrets={"type": "object", "additionalProperties": closed("file", file=TEXT)},
    )
    jsonschema.Draft202012Validator(whole).validate(told)
    web, jobs, record = (told["services"][name] for name in ("web", "jobs", "record"))
    for service in (web, jobs, record):
        for secret in service["secrets"]:
            assert told["secrets"][secret["source"]] == {"file": secret["target"]}
        assert service["volumes"].pop() == {"type": "volume", "target": "/tmp"}
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
