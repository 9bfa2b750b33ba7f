"""Several cities described: what they would share is refused, what each may take is bounded."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest
import tomli_w

from vigie.base.errors import SettingsInvalid, WrongUsage
from vigie.base.settings_allowance import AllowanceSettings
from vigie.intake.allowance import Allowance, disk_taken
from vigie.intake.refusals import Refusals, refused_lately
from vigie.jobs.cities.description import Installation, read_installation
from vigie.jobs.cities.front import named_host
from vigie.situation.home import init_home

SHARED = "s3://one/lake"
MQTT = "[[intake.mqtt]]\nconnector='table'\nhost='b'\nclient_id='v'\ntopics=['#']"


@pytest.mark.parametrize(
    ("lyon", "brest", "part", "reason"),
    [
        ("", "", {"names": ["lyon.test"]}, "names lyon.test"),
        ("", "", {"names": ["Brest test"]}, "match"),
        ("", "", {"home": "lyon"}, "home"),
        ("", "", {"user": "nobody-of-that-name"}, "no account"),
        ("", "[keys]\nfolder = 'FOLDER/lyon/keys'", {}, "home FOLDER/lyon, keys.folder"),
        ("", "[intake]\nspool_dir = 'FOLDER'", {}, "intake.spool_dir"),
        ("[desk]\nurl = 'postgresql://d/1'", "[desk]\nurl = 'postgresql://d/1'", {}, "desk.url"),
        (
            f"[lake.bucket]\nlocation = '{SHARED}'",
            f"[lake.bucket]\nlocation = '{SHARED}/brest'",
            {},
            "lake.bucket.location",
        ),
        (MQTT, MQTT, {}, "intake.mqtt.client_id v"),
        ("", "[server]\npublic_url = 'https://quimper.test'", {}, "server.public_url"),
    ],
)
def test_cities_that_would_share_are_refused(
    tmp_path: Path, lyon: str, brest: str, part: dict[str, object], reason: str
) -> None:
    for name, told in (("lyon", lyon), ("brest", brest)):
        init_home(tmp_path / name)
        (tmp_path / name / "vigie.toml").write_text(told.replace("FOLDER", str(tmp_path)))
    cities = {
        "lyon": {"home": "lyon", "names": ["lyon.test"]},
        "brest": {"home": "brest", "names": ["brest.test"], **part},
    }
    file = tmp_path / "cities.toml"
    file.write_text(tomli_w.dumps({"cities": cities}))
    with pytest.raises(SettingsInvalid) as refused:
        read_installation(file)
    assert reason.replace("FOLDER", str(tmp_path)) in str(refused.value.params["reason"])


def test_the_file_that_the_page_shows_can_be_used(repo_root: Path) -> None:
    page = (repo_root / "docs/how-to/run-several-cities.md").read_text("utf-8")
    shown = re.findall(r"<!-- file: cities.toml -->\n```toml\n(.*?)```", page, re.DOTALL)
    told = Installation.model_validate(tomllib.loads(shown[0]))
    assert told.cities["brest"].allowance.answers_at_once == 64


def test_a_city_finds_no_setting_of_another_in_its_environment(tmp_path: Path) -> None:
    init_home(tmp_path / "lyon")
    file = tmp_path / "cities.toml"
    file.write_text(
        '[cities.lyon]\nhome = "lyon"\nnames = ["lyon.test"]\n'
        "[cities.lyon.allowance]\nanswers_at_once = 3\ndisk_bytes = 7\n"
    )
    _, (lyon,) = read_installation(file)
    told = lyon.environment({"VIGIE_DESK__URL": "x", "AWS_ACCESS_KEY_ID": "x", "PATH": "/bin"})
    assert told == {
        "PATH": "/bin",
        "VIGIE_LIMITS__ANSWERS_AT_ONCE": "3",
        "VIGIE_INTAKE__ALLOWANCE__DISK_BYTES": "7",
    }


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives a city an account of its own")
def test_under_its_own_account_the_system_keeps_a_city_out() -> None:
    """Not under pytest's folder, which is closed to other accounts anyway."""
    folder = Path(tempfile.mkdtemp(prefix="vigie-cities-"))
    try:
        folder.chmod(0o711)
        for name, user in (("lyon", "daemon"), ("brest", "nobody")):
            init_home(folder / name)
            for path in (folder / name, *(folder / name).iterdir()):
                shutil.chown(path, user)
        program = (
            "import sys; from pathlib import Path;"
            "from vigie.jobs.cities.running import step_apart; step_apart('nobody', {'A': 'b'});"
            "import os; print(os.getuid(), sorted(os.environ)); own, other = sys.argv[1:];"
            "print(Path(own, 'vigie.toml').read_text() == '');"
            "Path(other, 'vigie.toml').read_text()"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, folder / "brest", folder / "lyon"],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    finally:
        shutil.rmtree(folder)
    uid = pwd.getpwnam("nobody").pw_uid
    assert done.stdout.splitlines() == [f"{uid} ['A', 'HOME', 'LOGNAME', 'USER']", "True"]
    assert "PermissionError" in done.stderr


@pytest.mark.parametrize("told", ["", "a b", "a\0b", "[::1]:80", "a/b", "a@b", "a:b", "é"])
def test_only_a_plain_name_is_a_host(told: str) -> None:
    with pytest.raises(WrongUsage):
        named_host(f"GET / HTTP/1.1\r\nHost: {told}\r\n\r\n".encode())


# --- Bounds ------------------------------------------------------------------------------------


def test_what_matters_least_leaves_room_for_the_rest() -> None:
    held = Allowance(AllowanceSettings(messages_per_second=5), [])
    taken = dict.fromkeys((3, 2, 1), 0)
    for priority in taken:
        while not held.take(1, priority):
            taken[priority] += 1
            assert taken[priority] < 1_000
    assert taken[3] >= 5
    assert taken[2] >= 2
    assert taken[1] >= 1
    bytes_ = Allowance(AllowanceSettings(bytes_per_second=10), [])
    assert bytes_.take(1_000_000, 1) == ""
    assert bytes_.take(1, 1) == "bytes", "a large message is paid for afterwards"


def test_a_home_takes_no_more_disk_than_it_may(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"x" * 10_000)
    size = disk_taken(tmp_path)
    assert size >= 10_000
    held = Allowance(AllowanceSettings(disk_bytes=size + 100), [tmp_path, tmp_path / "a"])
    assert [held.fills_disk(60), held.fills_disk(60)] == [False, True]


def test_refusals_of_all_processes_are_read_and_old_ones_forgotten(tmp_path: Path) -> None:
    one, other = Refusals(tmp_path), Refusals(tmp_path)
    one.note("answers")
    one.note("messages", "log")
    one.keep()
    old = next((tmp_path / "pulse").glob("*.json"))
    os.utime(old, (1, 1))
    assert refused_lately(tmp_path, 2).reasons == {}
    assert refused_lately(tmp_path, 0).feeds == {"log": 1}
    other.note("messages", "log")
    other.keep()
    assert refused_lately(tmp_path, 0).reasons == {"messages": 1}
    assert not old.exists()
