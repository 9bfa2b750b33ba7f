"""A person's rights on pseudonyms: found in every epoch, told in numbers, erased everywhere."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from vigie.audit.reading import Query, lines_before
from vigie.base.clock import FixedClock, from_us, now_us
from vigie.base.errors import (
    Forbidden,
    ReasonRepeated,
    ReasonRequired,
    TooManyRequests,
    Unavailable,
    WrongUsage,
)
from vigie.keys.keeper import PSEUDONYMS, Keeper
from vigie.lake.erasure import find_bytes
from vigie.lake.sealed import SealedPlane
from vigie.privacy.pseudonyms import DAY_US
from vigie.situation.caller import Caller
from vigie.situation.home import Home, init_home, open_home
from vigie.situation.retention.holding import Act, add_hold
from vigie.situation.rights_requests import DATASET, PER_DAY, answer_request

NOON = from_us(20_600 * DAY_US + DAY_US // 2)
HEADER = "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT"
ME, OTHER = "06 39 98 40 17", "06 39 98 55 21"
PLATE = "GK-417-ZB"
_NUMBERS = iter(range(1_000_000))


def dpo(role: str = "dpo") -> Caller:
    return Caller("os:dpo", role, reason=f"Demande d'accès reçue au guichet, n° {next(_NUMBERS)}")


def fill(home: Home, source: str, first: int, *texts: str) -> None:
    day = home.clock.now().strftime("%d/%m/%Y")
    rows = [
        f"{first + n};{day};08:{n:02};TN;Tapage;5,3700;43,2960;2;VERT;{text}"
        for n, text in enumerate(texts)
    ]
    content = "\r\n".join([f"{HEADER};OBSERVATIONS", *rows, ""]).encode()
    home.intake.accept(source, "export.csv", content, "text/csv")
    home.intake.drain()


def ask(home: Home, *pairs: tuple[str, str], act: Any = "access", **kw: Any) -> dict[str, Any]:
    return answer_request(home, kw.pop("caller", dpo()), act, pairs, beat_s=0, **kw)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a home that keeps originals of two feeds over three epochs."""
    folder, clock = tmp_path_factory.mktemp("rights") / "home", FixedClock(NOON)
    init_home(folder, {"sealed": {"keep": True, "offences": ["police"]}})
    with open_home(folder, clock=clock) as home:
        for source in ("police", "parcs"):
            home.intake.register(source, "main_courante")
        for epoch in range(3):
            text = f"Appel de M. Dupont au {ME}, véhicule {PLATE}" if epoch != 1 else f"tel {OTHER}"
            fill(home, "police", 10 * epoch, text, "rien à signaler")
            fill(home, "parcs", 10 * epoch, f"rappeler le {ME.replace(' ', '')}", "banc cassé")
            clock.advance(timedelta(days=30))
    return folder


@pytest.fixture
def home(told: Path, tmp_path: Path) -> Iterator[Home]:
    shutil.copytree(told, tmp_path / "home")
    with open_home(tmp_path / "home", clock=FixedClock(NOON + timedelta(days=90))) as one:
        yield one


def test_an_identifier_finds_its_texts_in_every_living_epoch_and_no_text_is_told(
    home: Home,
) -> None:
    """Requirement: AIA-7."""
    found = ask(home, ("phone", f"+33{ME.replace(' ', '')[1:]}"))
    numbers = {one["source"]: (one["regime"], one["records"]) for one in found["sources"]}
    assert numbers == {"police": ("led", 2), "parcs": ("gdpr", 3)}
    assert all(one["epochs"] >= 3 for one in found["sources"])
    assert found["records"] == 5
    assert ask(home, ("plate", "gk 417 zb"))["records"] == 2
    assert ask(home, ("plate", PLATE), ("phone", ME), ("phone", OTHER))["records"] == 6
    said = json.dumps(found)
    assert not any(one in said for one in (ME, "Dupont", "fact", "5.37"))
    # No pseudonym of an epoch that is not kept: what its key was for cannot be found again.
    home.keys.destroy(PSEUDONYMS["sealed"], before=10**6)
    assert ask(home, ("phone", ME))["records"] == 0


def test_whether_anything_was_found_shows_in_no_form_no_work_and_no_time(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requirement: AIA-7."""
    asked: list[str] = []
    statements: list[str] = []
    pauses: list[float] = []
    real = Keeper._ask

    def seen(self: Keeper, head: dict[str, Any], items: Any = ()) -> Any:
        asked.append(head["ask"])
        return real(self, head, items)

    opened = SealedPlane.opened

    @contextmanager
    def watched(self: SealedPlane, regime: Any) -> Iterator[Any]:
        with opened(self, regime) as database:
            assert database is not None
            database.set_trace_callback(lambda text: statements.append(text.split("'")[0]))
            yield database

    monkeypatch.setattr(Keeper, "_ask", seen)
    monkeypatch.setattr(SealedPlane, "opened", watched)
    told = []
    for text in (ME, "07 11 22 33 44"):
        asked.clear()
        statements.clear()
        one = answer_request(home, dpo(), "access", [("phone", text)], beat_s=50.0,
                             pause=pauses.append)  # fmt: skip
        told.append((shape(one), list(asked), list(statements), one["records"]))
    (hit, miss) = told
    assert hit[3] == 5
    assert miss[3] == 0
    assert hit[:3] == miss[:3]
    assert hit[1].count("tokens") >= 6
    assert all(0 < one <= 50 for one in pauses)


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    return [shape(one) for one in value] if isinstance(value, list) else type(value).__name__


def test_what_names_a_person_goes_sealed_and_scrubbed_but_not_what_an_act_holds(
    home: Home,
) -> None:
    """Requirement: AIA-7, REQ-5."""
    clock = home.clock
    facts, texts = home.lake.count("facts"), home.lake.narratives.count()
    act = Act(
        case="PV 2026/114", authority="Parquet", act="Réquisition 114",
        stores=("sealed_offences", "narratives"), from_us=now_us(clock) - 91 * DAY_US,
        to_us=now_us(clock) - 80 * DAY_US, until_us=now_us(clock) + 90 * DAY_US,
        sources=("police",),
    )  # fmt: skip
    add_hold(home, dpo(), act)
    done = ask(home, ("phone", ME), act="erase")
    assert (done["records"], done["held"], done["erased"]) == (5, 1, 4)
    assert home.lake.count("facts") == facts, "an incident without its words names nobody"
    assert home.lake.narratives.count() == texts - 4
    left = ask(home, ("phone", ME))
    assert left["records"] == 1
    proofs = {one["rule"]: one["n"] for one in home.retention.proofs()}
    assert (proofs["sealed_missions"], proofs["sealed_offences"]) == (3, 1)
    again = ask(home, ("phone", "07 11 22 33 44"), act="erase")
    assert shape(again) == shape(done)
    assert (again["records"], again["erased"]) == (0, 0)


def test_an_older_copy_forgets_again_what_a_person_had_erased(told: Path, tmp_path: Path) -> None:
    """Requirement: AIA-7, P-SHR-3."""
    folder, clock = tmp_path / "home", FixedClock(NOON + timedelta(days=90))
    shutil.copytree(told, folder)
    with open_home(folder, clock=clock) as home:
        ask(home, ("phone", ME), act="erase")
    for name in ("lake", "sealed"):
        shutil.rmtree(folder / name)
        shutil.copytree(told / name, folder / name)
    with open_home(folder, clock=clock) as home:
        assert ask(home, ("phone", ME))["records"] == 0
        assert ask(home, ("phone", OTHER))["records"] == 1
        assert find_bytes(folder / "sealed", [ME, ME.replace(" ", "")]) == []


def test_only_oversight_asks_with_a_new_reason_written_first_and_a_few_times_a_day(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requirement: AIA-7, REQ-3, LED-2."""
    before = home.audit.count()
    for role in ("investigator", "admin", "shift_head", "operator", "analyst", "elected"):
        with pytest.raises(Forbidden):
            ask(home, ("phone", ME), caller=dpo(role))
    with pytest.raises(ReasonRequired):
        ask(home, ("phone", ME), caller=Caller("os:dpo", "dpo"))
    caller = dpo()
    assert ask(home, ("phone", ME), ("plate", PLATE), caller=caller)["records"] == 5
    with pytest.raises(ReasonRepeated):
        ask(home, ("phone", ME), caller=caller)
    page = lines_before(home.audit, Query(dataset=DATASET), home.audit.count())
    lines = [line for index, line in page.lines if index >= before]
    assert [line.outcome for line in lines].count("refused") == 8
    (line,) = [line for line in lines if line.outcome == "allowed"]
    assert (line.verb, line.purpose, line.recipient) == ("disclose", "oversight", "data_subject")
    assert (line.subject["kinds"], line.subject["n"]) == (["phone", "plate"], 2)
    assert find_bytes(home.path / "audit", [ME, ME.replace(" ", ""), "639984017", "417"]) == []
    for wrong in ([], [("phone", ME)] * 9, [("phone", "demain")], [("face", "x")]):
        with pytest.raises(WrongUsage):
            answer_request(home, dpo(), "access", wrong, beat_s=0)
    for _ in range(PER_DAY - 1):
        ask(home, ("phone", ME))
    with pytest.raises(TooManyRequests):
        ask(home, ("phone", ME))
    # Where the line cannot be written nothing is searched.
    home.clock.advance(timedelta(hours=25))
    monkeypatch.setattr(SealedPlane, "opened", lambda *_: pytest.fail("searched"))
    monkeypatch.setattr(home.rights, "_audit", _Full())
    with pytest.raises(Unavailable):
        ask(home, ("phone", ME))


class _Full:
    """An audit on a full disk."""

    def append(self, _: object) -> int:
        raise Unavailable(what="audit")


def test_texts_sealed_by_an_older_version_are_found_too(home: Home) -> None:
    """Requirement: AIA-7."""
    for regime in ("missions", "offences"):
        with sqlite3.connect(home.path / "sealed" / f"{regime}.db") as database:
            database.execute("DROP TABLE pointers")
    assert ask(home, ("phone", ME))["records"] == 5


def test_a_home_that_keeps_no_original_answers_in_the_same_words(tmp_path: Path) -> None:
    init_home(tmp_path / "home")
    with open_home(tmp_path / "home", clock=FixedClock(NOON)) as home:
        found = ask(home, ("phone", ME))
    assert (found["keeps_originals"], found["sources"], found["records"]) == (False, [], 0)
    assert [one["store"] for one in found["unsearched"]] == ["journal", "quarantine"]
