"""`vigie keys status` tells counts and days, and no key."""

from __future__ import annotations

import json

from vigie.base.clock import FixedClock, from_us
from vigie.cli import main
from vigie.keys.keeper import NARRATIVES
from vigie.privacy.envelope import KeyName
from vigie.privacy.pseudonyms import DAY_US
from vigie.situation.home import init_home, open_home


def test_the_keys_of_a_home_are_counted_and_not_shown(tmp_path, capsys):
    home = tmp_path / "city"
    init_home(home)
    with open_home(home, clock=FixedClock(from_us(20_610 * DAY_US))) as opened:
        for day in (20_600, 20_605):
            opened.keys.seal(KeyName(NARRATIVES, "log", day), "text", [("1", b"x")])
        opened.keys.destroy(NARRATIVES, before=20_605)
    capsys.readouterr()
    master = (home / "keys" / "master.key").read_bytes()

    assert main.run(["keys", "status", "--home", str(home), "--json"]) == 0
    out = capsys.readouterr().out
    told = {row["domain"]: row for row in json.loads(out)}
    assert told["narratives"] == {
        "domain": "narratives",
        "keys": 1,
        "first_day": "2026-06-01",
        "last_day": "2026-06-01",
        "destroyed": 1,
    }
    assert main.run(["keys", "status", "--home", str(home)]) == 0
    shown = capsys.readouterr()
    assert "leave that folder out of its backups" in shown.out + shown.err
    assert master.hex() not in out + shown.out + shown.err


def test_a_folder_that_is_no_home_is_told(tmp_path, capsys):
    assert main.run(["keys", "status", "--home", str(tmp_path)]) == 2
