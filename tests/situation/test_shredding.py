"""What has reached its term cannot be read again: not in the home, not in an old copy of it."""

from __future__ import annotations

import secrets
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from vigie.base.clock import FixedClock, from_us, now_us
from vigie.base.errors import Unavailable
from vigie.base.ids import record_ids
from vigie.keys.keeper import DOMAINS, INTAKE, MISSIONS, NARRATIVES, day_of
from vigie.lake.erasure import find_bytes
from vigie.lake.sealed import SealedPlane
from vigie.model.contracts import CONTRACTS
from vigie.privacy.pseudonyms import DAY_US
from vigie.situation.home import Home, init_home, open_home

NOON = from_us(20_600 * DAY_US + DAY_US // 2)
HEADER = "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT;"
REFUSED = "ZZZ"
ORDINARY = [
    "valise",
    "arbre",
    "trottoir",
    "ballon",
    "musique",
    "bruit",
    "voiture",
    "ronde",
    "fumée",
    "lampe",
    "banc",
    "poubelle",
    "trottinette",
    "fenêtre",
    "verre",
    "chien",
    "plage",
    "terrasse",
    "portail",
    "barrière",
    "pluie",
    "vent",
    "soir",
    "matin",
    "groupe",
    "dispersion",
    "scooter",
    "moteur",
    "klaxon",
    "travaux",
    "camion",
    "livraison",
]


def export(first: int, canaries: list[str], code: str = "TN") -> bytes:
    """Return a police log export whose free texts hold a canary each."""
    day = NOON.strftime("%d/%m/%Y")
    rows = [
        f"{first + n};{day};0{n % 8}:{n % 60:02};{code};Tapage;5,3700;43,2960;2;VERT;vu {canary}"
        for n, canary in enumerate(canaries)
    ]
    return "\r\n".join([f"{HEADER}OBSERVATIONS", *rows, ""]).encode()


def fact_ids(n: int, first: int = 0) -> list[str]:
    return record_ids("log", [str(first + i) for i in range(n)])


def fill(home: Home, first: int, canaries: list[str], code: str = "TN") -> None:
    home.intake.accept("log", "export.csv", export(first, canaries, code), "text/csv")
    home.intake.drain()


@pytest.mark.parametrize("apart", ["keys elsewhere", "ledger elsewhere"])
def test_an_old_copy_of_a_whole_home_opens_nothing_past_its_term(
    tmp_path: Path, apart: str
) -> None:
    """Requirement: P-SHR-1, P-SHR-3."""
    folder, elsewhere, clock = tmp_path / "home", tmp_path / "elsewhere", FixedClock(NOON)
    elsewhere.mkdir()
    keys = {
        "keys elsewhere": {"folder": str(elsewhere / "keys")},
        "ledger elsewhere": {"ledger": str(elsewhere / "destroyed.jsonl")},
    }[apart]
    init_home(folder, {"keys": keys, "sealed": {"keep": True}})
    ids = fact_ids(1_000)
    with open_home(folder, clock=clock) as home:
        home.intake.register("log", "main_courante")
        fill(home, 0, [f"texte {n}" for n in range(1_000)])
        assert readable(home, ids) == (1_000, 1_000)
    shutil.copytree(folder, tmp_path / "backup")
    clock.advance(timedelta(days=40))
    with open_home(folder, clock=clock) as home:
        destroy_all(home, day_of(now_us(clock)))
        assert readable(home, ids) == (0, 0)
    shutil.rmtree(folder)
    (tmp_path / "backup").rename(folder)
    with open_home(folder, clock=clock) as home:
        assert home.lake.count("facts") == 1_000, "the copy is back"
        assert plane(home).counts()["missions"] == 1_000
        assert readable(home, ids) == (0, 0)
        (message,) = home.intake._journal.processed("log", 0, 10)
        with pytest.raises(Unavailable):
            home.intake._journal.open(message).read()


def readable(home: Home, ids: list[str]) -> tuple[int, int]:
    """Return how many live texts and how many originals can be read."""
    sealed = plane(home)
    return (
        sum(home.lake.narrative(one) is not None for one in ids),
        sum(sealed.peek("missions", one) is not None for one in ids),
    )


def plane(home: Home) -> SealedPlane:
    return SealedPlane(home.path / "sealed", home.keys, home.settings.sealed.offences)


def destroy_all(home: Home, before: int) -> None:
    for domain in DOMAINS:
        home.keys.destroy(domain, before=before)


def test_no_byte_of_a_thousand_canaries_outlives_its_term(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Requirement: P-SHR-2, PM-3."""
    mark = " ".join(secrets.choice(ORDINARY) for _ in range(9))  # nothing that a scrubber takes
    canaries = [f"{mark} {ORDINARY[n // 32]} {ORDINARY[n % 32]}" for n in range(1_000)]
    folder, clock = tmp_path / "home", FixedClock(NOON)
    init_home(folder, {"sealed": {"keep": True}})
    with open_home(folder, clock=clock) as home:
        home.intake.register("log", "main_courante")
        fill(home, 0, canaries[:500])  # a large file: by the spool
        for n in range(0, 300, 3):  # small ones: in the journal
            fill(home, 1_000 + n, canaries[500 + n : 503 + n])
        fill(home, 2_000, canaries[800:], REFUSED)  # refused: in quarantine
        assert sum(home.intake.quarantine_count(source="log").values()) == 200
        ids = [*fact_ids(500), *fact_ids(300, 1_000)]
        texts = [home.lake.narrative(one) for one in ids]
        assert all(text is not None and mark in text for text in texts)
        raw = [row.raw for row in home.intake._quarantine.open_rows(source="log")]
        assert all(mark.encode() in one for one in raw)
        assert analytic_traces(home, mark) == 0
        while_there = find_bytes(folder, [mark])
        assert while_there == [], "sealed: not even before its term can a text be read on disk"

        clock.advance(timedelta(days=400))
        home.retention.run()
        assert all(home.lake.narrative(one) is None for one in ids)
        assert plane(home).counts() == {"missions": 0, "offences": 0}
        keys = {one.domain: one.keys for one in home.keys.status()}
        assert [keys[domain] for domain in (INTAKE, NARRATIVES, MISSIONS)] == [0, 0, 0]
        assert find_bytes(folder, [mark]) == []
    assert find_bytes(folder, [mark]) == []
    said = capfd.readouterr()
    assert mark not in said.out + said.err
    (folder / "leak.log").write_text(f"... {canaries[7]} ...")
    assert len(find_bytes(folder, [mark])) == 1, "the scan finds what is there"


def analytic_traces(home: Home, mark: str) -> int:
    """Return how many tables of the lake hold the mark in any column."""
    held: list[Any] = [home.lake.scan(kind).to_pydict() for kind in CONTRACTS]
    return sum(mark in str(one) for one in held)
