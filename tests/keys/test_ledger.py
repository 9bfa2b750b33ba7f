"""What is on record as destroyed stays destroyed, whatever is copied back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import FixedClock
from vigie.base.errors import KeyDestroyed, StoreBroken, Unavailable
from vigie.keys.keeper import NARRATIVES, Keeper
from vigie.keys.keystore import LEDGER
from vigie.keys.ledger import Ledger
from vigie.privacy.envelope import KeyName

NAME = KeyName(NARRATIVES, "main_courante", 20_605)
names = st.builds(KeyName, st.text(max_size=5), st.text(max_size=5), st.integers(-9, 9))


@given(st.lists(st.lists(names, max_size=4), max_size=5), st.integers(0, 4))
def test_every_name_ever_written_is_replayed_from_either_copy(
    tmp_path_factory: pytest.TempPathFactory, written: list[list[KeyName]], lost: int
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    inside, outside = folder / "inside", folder / "outside"
    ledger = Ledger([inside, outside])
    ledger.replay()
    for number, some in enumerate(written):
        ledger.add(some, number)
        if number == lost:
            inside.unlink()  # an older home is copied back: its ledger knows nothing
    everything = {name for some in written for name in some}
    assert ledger.destroyed == everything
    assert Ledger([inside, outside]).replay() == everything
    assert Ledger([inside]).replay() == everything, "each copy was given what the other had"
    lines = inside.read_text().splitlines()
    assert len(lines) == len(everything)


@given(st.lists(names, min_size=1, max_size=4, unique=True), st.data())
def test_a_line_cut_by_a_power_failure_is_forgotten_and_the_rest_stands(
    tmp_path_factory: pytest.TempPathFactory, some: list[KeyName], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger"
    first, second = Ledger([path]), Ledger([path])
    first.add(some, 1)
    lines = path.read_bytes().splitlines(keepends=True)
    kept = data.draw(st.integers(0, len(lines[-1]) - 1))
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:kept])
    assert second.replay() == set(some[:-1])
    second.add(some[-1:], 2)
    assert Ledger([path]).replay() == set(some)


@pytest.mark.parametrize("line", ["not JSON", "[]", '{"domain": "x"}', '{"domain": 1, "day": []}'])
def test_a_line_that_is_none_of_ours_is_told(tmp_path: Path, line: str) -> None:
    path = tmp_path / "ledger"
    path.write_text(line + "\n")
    with pytest.raises(StoreBroken):
        Ledger([path]).replay()


def test_an_outside_ledger_that_is_away_does_not_pass_for_an_empty_one(
    tmp_path: Path, clock: FixedClock
) -> None:
    away = tmp_path / "volume" / "ledger"
    with Keeper(tmp_path / "keys", clock, ledger=away) as keeper:
        with pytest.raises(Unavailable):
            keeper.seal(NAME, "text", [("1", b"")])
        away.parent.mkdir()
        keeper.seal(NAME, "text", [("1", b"")])


@pytest.mark.parametrize("copied", ["keystore only", "keystore and its ledger"])
def test_a_keystore_copied_back_brings_no_destroyed_key_back(
    tmp_path: Path, clock: FixedClock, copied: str
) -> None:
    """Requirement: P-SHR-3."""
    folder, outside, backup = tmp_path / "keys", tmp_path / "ledger", tmp_path / "backup"
    ledger = outside if copied == "keystore and its ledger" else None
    items = [(str(n), b"texte") for n in range(1_000)]
    with Keeper(folder, clock, ledger=ledger) as keeper:
        sealed = keeper.seal(NAME, "text", items)
        keeper.close()
    shutil.copytree(folder, backup)
    with Keeper(folder, clock, ledger=ledger) as keeper:
        keeper.destroy(NARRATIVES, source=NAME.source, day=NAME.day)
    for path in backup.iterdir():
        if ledger is not None or path.name != LEDGER:
            shutil.copy2(path, folder / path.name)
    if ledger is not None:
        (folder / LEDGER).unlink(missing_ok=True)
    opened = 0
    with Keeper(folder, clock, ledger=ledger) as keeper:
        for (row, _), one in zip(items, sealed, strict=True):
            try:
                keeper.open(NAME, "text", [(row, one)])
            except KeyDestroyed:
                continue
            opened += 1
        assert opened == 0
        assert not keeper.exists(NAME)


def test_the_ledger_says_what_and_when_and_holds_no_key(tmp_path: Path, clock: FixedClock) -> None:
    with Keeper(tmp_path / "keys", clock) as keeper:
        keeper.seal(NAME, "text", [("1", b"")])
        keeper.destroy(NARRATIVES, before=NAME.day + 1)
        keeper.destroy(NARRATIVES, source=NAME.source, day=NAME.day)
    (line,) = (tmp_path / "keys" / LEDGER).read_text().splitlines()
    assert set(json.loads(line)) == {"at_us", "domain", "source", "day"}
