"""The sealed plane: two regimes apart, sealed, and missed by nobody when it is taken away."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from vigie.base.clock import SystemClock
from vigie.base.errors import StoreBroken, Unavailable
from vigie.keys.keeper import MISSIONS, OFFENCES, Keeper
from vigie.lake.erasure import find_bytes
from vigie.lake.narratives import key_of
from vigie.lake.sealed import ORIGINALS, Original, SealedPlane

DAYS = ("2026-05-30", "2026-05-31")


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keeper]:
    with Keeper(tmp_path / "keys", SystemClock()) as one:
        yield one


@pytest.fixture
def plane(keys: Keeper, tmp_path: Path) -> SealedPlane:
    folder = tmp_path / "sealed"
    folder.mkdir()
    return SealedPlane(folder, keys, ["police"])


def originals(*some: tuple[str, str, str], revision: int = 0, part: str = DAYS[0]) -> pa.Table:
    rows = [
        {"fact_id": f, "source": s, "source_ref": f"REF-{f}", "text": t, "revision": revision,
         "part": part}
        for f, s, t in some
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=ORIGINALS)


def test_offences_and_other_missions_have_each_their_database_and_keys(
    plane: SealedPlane, keys: Keeper
) -> None:
    """Requirement: PM-1."""
    assert plane.put(originals(("a", "police", "un vol"), ("b", "parks", "un banc"))) == 2
    assert plane.counts() == {"offences": 1, "missions": 1}
    assert plane.peek("offences", "a") == Original("un vol", "REF-a")
    assert plane.peek("missions", "b") == Original("un banc", "REF-b")
    assert plane.peek("missions", "a") is None
    assert plane.peek("offences", "b") is None
    domains = {one.domain: one.keys for one in keys.status()}
    assert (domains[OFFENCES], domains[MISSIONS]) == (1, 1)
    # What is sealed in one opens in no other, even when it is carried over.
    with sqlite3.connect(plane.folder / "offences.db") as one:
        row = one.execute("SELECT * FROM originals").fetchone()
    one.close()
    keys.seal(key_of("police", DAYS[0])._replace(domain=MISSIONS), "original", [("x", b"")])
    with sqlite3.connect(plane.folder / "missions.db") as other:
        other.execute("INSERT INTO originals VALUES (?, ?, ?, ?, ?)", row)
    other.close()
    with pytest.raises(StoreBroken):
        plane.peek("missions", "a")


def test_nothing_of_an_original_can_be_read(plane: SealedPlane, tmp_path: Path) -> None:
    plane.put(originals(("a", "police", "Texte singulier"), ("b", "parks", "Texte singulier")))
    plane.put(originals(("b", "parks", "Autre texte"), revision=1))
    assert plane.peek("missions", "b") == Original("Autre texte", "REF-b")
    assert plane.put(originals(("b", "parks", "Plus ancien"))) == 0
    assert find_bytes(tmp_path, ["Texte singulier", "Autre texte", "REF-a", "REF-b"]) == []


def test_a_regime_forgets_its_days_and_leaves_the_other_alone(
    plane: SealedPlane, keys: Keeper
) -> None:
    for part in DAYS:
        plane.put(originals((f"a{part}", "police", "x"), (f"b{part}", "parks", "y"), part=part))
    copies = {p: p.read_bytes() for p in plane.folder.iterdir()}
    one = plane.originals("offences")
    assert one.before(DAYS[1]) == [(f"a{DAYS[0]}", DAYS[0])]
    assert one.days_before("2026-06-01") == {("police", part) for part in DAYS}
    assert [n for _, n in one.count_by_day(ZoneInfo("Europe/Paris"), 1 << 60)] == [1, 1]
    keys.destroy(OFFENCES, before=key_of("", DAYS[1]).day)
    assert one.erase([f"a{DAYS[0]}"], forget=False) == 1
    one.forget_deleted()
    assert plane.counts() == {"offences": 1, "missions": 2}
    for path, content in copies.items():
        path.write_bytes(content)
    assert plane.counts() == {"offences": 2, "missions": 2}, "an older copy is put back"
    assert plane.peek("offences", f"a{DAYS[0]}") is None
    assert plane.peek("offences", f"a{DAYS[1]}") is not None
    assert plane.peek("missions", f"b{DAYS[0]}") is not None
    assert plane.put(originals(("late", "police", "z"))) == 0
    assert plane.erase([f"a{DAYS[1]}", f"b{DAYS[0]}"]) == 2


def test_without_its_folder_nothing_is_kept_and_nothing_fails(plane: SealedPlane) -> None:
    plane.put(originals(("a", "police", "x")))
    shutil.rmtree(plane.folder)
    assert plane.put(originals(("b", "police", "y"))) == 0
    assert plane.peek("offences", "a") is None
    assert plane.counts() == {"offences": 0, "missions": 0}
    assert plane.originals("offences").before("2027-01-01") == []
    plane.originals("offences").forget_deleted()
    assert plane.erase(["a"]) == 0
    assert not plane.folder.exists()


def test_taken_away_while_it_is_written_it_is_missed_by_nobody(
    plane: SealedPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vigie.lake import sealed

    real = sealed.open_database

    def open_then_gone(path: Path, *, synchronous: str) -> sqlite3.Connection:
        shutil.rmtree(plane.folder)
        return real(path, synchronous=synchronous)

    monkeypatch.setattr(sealed, "open_database", open_then_gone)
    assert plane.put(originals(("a", "police", "x"))) == 0


def test_a_plane_that_is_there_and_broken_is_told(plane: SealedPlane) -> None:
    (plane.folder / "offences.db").write_bytes(b"no database at all" * 99)
    with pytest.raises(Unavailable):
        plane.put(originals(("a", "police", "x")))
