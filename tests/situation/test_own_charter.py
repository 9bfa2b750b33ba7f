"""A city's charter of its own: it holds once it is there, and nothing opens when it is gone."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType

import pytest

from vigie.base.errors import CharterMissing, Forbidden, SettingsInvalid
from vigie.privacy.charter import read_charter, shipped_charter
from vigie.situation.caller import Caller
from vigie.situation.facts import list_facts
from vigie.situation.filters import Filters
from vigie.situation.home import open_home
from vigie.situation.rights import CHARTER_FILE, OWN_MARK, load_charter, note_charter
from vigie.situation.summary import summarise

OPERATOR, DPO = Caller("o", "operator"), Caller("d", "dpo")
OWN = """
version = "1"
date = 2026-11-26
[roles]
operator = ["live_response"]
[[entry]]
roles = ["operator"]
purposes = ["live_response"]
datasets = ["figures", "facts", "sources"]
verbs = ["consult", "combine", "disclose"]
fields = ["open", "internal", "lon", "lat", "cell"]
precision = "exact"
least = 0
why = "A test."
sources = ["police"]
"""


def test_a_home_may_have_its_own_charter(tmp_path: Path, sample: ModuleType) -> None:
    home, clock = sample.build(tmp_path / "home")
    home.close()
    path = tmp_path / "home" / CHARTER_FILE
    path.write_text(OWN, encoding="utf-8")
    with open_home(tmp_path / "home", clock=clock) as opened:
        with pytest.raises(Forbidden):
            summarise(opened, DPO, Filters())
        assert list_facts(opened, OPERATOR, Filters()).items
    for wrong in ("version = 1", "]", OWN.replace("police", "@partner")):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(SettingsInvalid) as caught:
            open_home(tmp_path / "home", clock=clock)
        assert CHARTER_FILE in caught.value.params["key"]
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsInvalid):
        open_home(tmp_path / "home", clock=clock)
    path.unlink()
    with pytest.raises(CharterMissing) as missing:
        open_home(tmp_path / "home", clock=clock)
    assert missing.value.params["file"] == str(path)
    assert not path.exists()
    shutil.rmtree(tmp_path / "home")


@pytest.mark.parametrize(
    ("whose", "file", "mark", "opens"),
    [
        ("", False, False, "shipped"),
        ("", False, True, ""),
        ("", True, True, "own"),
        ("own", False, False, ""),
        ("own", True, False, "own"),
        ("shipped", False, True, "shipped"),
        ("shipped", True, True, ""),
    ],
)
def test_a_charter_that_is_gone_is_never_replaced_by_the_shipped_one_in_silence(
    tmp_path: Path, whose: str, file: bool, mark: bool, opens: str
) -> None:
    if file or mark:
        (tmp_path / CHARTER_FILE).write_text(OWN, encoding="utf-8")
    if mark:
        note_charter(tmp_path)
        assert (tmp_path / OWN_MARK).exists()
    if not file:
        (tmp_path / CHARTER_FILE).unlink(missing_ok=True)
    if not opens:
        with pytest.raises(SettingsInvalid):
            load_charter(tmp_path, whose)
        return
    expected = read_charter(OWN) if opens == "own" else shipped_charter()
    assert load_charter(tmp_path, whose).cells == expected.cells
