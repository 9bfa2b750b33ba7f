"""Live texts are sealed by source and day, opened one at a time, and gone with their key."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from vigie.base.clock import SystemClock
from vigie.base.errors import StoreBroken, WrongUsage
from vigie.keys.keeper import NARRATIVES as DOMAIN
from vigie.keys.keeper import Keeper
from vigie.lake.erasure import find_bytes
from vigie.lake.narratives import VERSION, Narratives, key_of
from vigie.model.contracts import NARRATIVES

DAYS = ("2026-05-30", "2026-05-31", "2026-06-01")


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keeper]:
    with Keeper(tmp_path / "keys", SystemClock()) as one:
        yield one


def row(number: int, text: str, *, revision: int = 0, part: str = DAYS[0]) -> dict[str, object]:
    return {
        "fact_id": f"fact-{number}",
        "source": "log",
        "text": text,
        "redactions": 0,
        "revision": revision,
        "part": part,
    }


def rows(*some: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(some), schema=NARRATIVES)


def test_no_text_can_be_read_in_the_file(keys: Keeper, tmp_path: Path) -> None:
    texts = [f"Texte singulier n° {n} — été" for n in range(9)]
    kept = Narratives(tmp_path / "live" / "narratives.db", keys)
    assert kept.put(rows(*(row(n, t, part=DAYS[n % 3]) for n, t in enumerate(texts)))) == 9
    assert kept.put(rows(row(0, "Autre texte", revision=1))) == 1
    assert [kept.get(f"fact-{n}") for n in range(1, 9)] == texts[1:]
    assert kept.get("fact-0") == "Autre texte"
    assert find_bytes(tmp_path, ["Texte singulier", "Autre texte"]) == []
    kept.close()


def test_a_destroyed_day_takes_its_texts_and_no_other(keys: Keeper, tmp_path: Path) -> None:
    kept = Narratives(tmp_path / "live" / "narratives.db", keys)
    kept.put(rows(*(row(n, f"texte {n}", part=day) for n, day in enumerate(DAYS))))
    assert keys.destroy(DOMAIN, before=key_of("log", DAYS[1]).day) == [key_of("log", DAYS[0])]
    assert [kept.get(f"fact-{n}") for n in range(3)] == [None, "texte 1", "texte 2"]
    assert kept.put(rows(row(9, "trop tard"), row(10, "à temps", part=DAYS[2]))) == 1
    assert (kept.get("fact-9"), kept.get("fact-10")) == (None, "à temps")
    kept.close()


def test_a_text_moved_to_another_fact_or_changed_is_refused(keys: Keeper, tmp_path: Path) -> None:
    path = tmp_path / "live" / "narratives.db"
    kept = Narratives(path, keys)
    kept.put(rows(row(0, "un"), row(1, "deux")))
    with sqlite3.connect(path) as other:
        other.execute(
            "UPDATE narratives SET text = (SELECT text FROM narratives WHERE fact_id = 'fact-0')"
            " WHERE fact_id = 'fact-1'"
        )
    other.close()
    with pytest.raises(StoreBroken):
        kept.get("fact-1")
    kept.close()


def test_a_part_that_is_no_day_is_refused(keys: Keeper, tmp_path: Path) -> None:
    kept = Narratives(tmp_path / "live" / "narratives.db", keys)
    with pytest.raises(WrongUsage):
        kept.put(rows(row(0, "un", part="2026-05")))
    kept.close()


def test_an_older_file_is_sealed_whole_and_no_plain_text_stays(
    keys: Keeper, tmp_path: Path
) -> None:
    path = tmp_path / "live" / "narratives.db"
    texts = write_older(path, 500)
    assert find_bytes(path.parent, ["Ancien texte"]) != []
    for _ in range(2):
        kept = Narratives(path, keys)
        assert [kept.get(f"fact-{n}") for n in range(500)] == texts
        assert kept.count() == 500
        kept.close()
    assert find_bytes(tmp_path, ["Ancien texte"]) == []


def test_a_file_of_a_newer_version_is_left_alone(keys: Keeper, tmp_path: Path) -> None:
    path = tmp_path / "narratives.db"
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {VERSION + 1}")
    other.close()
    with pytest.raises(StoreBroken):
        Narratives(path, keys)


def write_older(path: Path, n: int) -> list[str]:
    """Write a file as the version before wrote it; returns its texts."""
    texts = [f"Ancien texte {number}" for number in range(n)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as older:
        older.execute("PRAGMA journal_mode=WAL")
        older.execute(
            "CREATE TABLE narratives (fact_id TEXT PRIMARY KEY, source TEXT NOT NULL,"
            " text TEXT NOT NULL, redactions INTEGER NOT NULL, revision INTEGER NOT NULL,"
            " part TEXT NOT NULL) WITHOUT ROWID"
        )
        older.executemany(
            "INSERT INTO narratives VALUES (?, 'log', ?, 0, 0, ?)",
            [(f"fact-{number}", text, DAYS[number % 3]) for number, text in enumerate(texts)],
        )
    older.close()
    return texts
