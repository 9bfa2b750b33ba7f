"""What ``vigie deploy`` writes: the same each time, sound, of one piece, without a secret."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.docs.generator import load_generator
from tests.jobs.deploying import AT, MARK, PORT, put, put_secrets

from vigie.base.errors import SettingsInvalid
from vigie.base.settings import Settings
from vigie.cli.main import run
from vigie.jobs.deploy.plan import USES, Plan, Use, make_plan
from vigie.jobs.deploy.writing import KINDS


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put_secrets(tmp_path_factory.mktemp("secrets"))


@pytest.fixture(scope="module")
def plan(secrets: Path, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return make_plan(put(tmp_path_factory.mktemp("settings"), secrets), AT)


@pytest.fixture(scope="module")
def files(plan: Plan) -> dict[str, dict[str, str]]:
    return {kind: make(plan) for kind, make in KINDS.items()}


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


def test_a_verb_by_hand_has_the_units_account_and_credentials(
    plan: Plan, files: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    """The real script, with a ``systemd-run`` that only writes down what it is told."""
    tool, log = tmp_path / "systemd-run", tmp_path / "log"
    tool.write_text(f'#!/bin/sh\nfor one in "$@"; do echo "$one" >> {log}; done\n')
    tool.chmod(0o755)
    script = tmp_path / "vigie.sh"
    script.write_text(files["systemd"]["vigie.sh"])
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    words = ["sources", "list", "--role", "two words"]
    assert subprocess.run(["sh", script, *words], env=path, check=False).returncode == 0
    told = log.read_text().splitlines()
    assert told[-5:] == [plan.settings.deploy.program, *words]
    assert {"--uid=vigie", f"--setenv=VIGIE_HOME={AT}", "--wait", "--pipe"} <= set(told)
    (name,) = (one.removeprefix("--unit=") for one in told if one.startswith("--unit="))
    for place in plan.of(Use.SECRET):
        if place.variable:
            assert f"--property=LoadCredential={place.name}:{place.path}" in told
            at = f"/run/credentials/{name}.service/{place.name}"
            assert f"--setenv={place.variable}={at}" in told
