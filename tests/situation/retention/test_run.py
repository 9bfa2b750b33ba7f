"""The run deletes what has ended, all of it and nothing else, and proves it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.situation.retention.homes import (
    DAY_US,
    HOUR_US,
    NOW,
    facts,
    ids,
    make_home,
    texts,
    there,
    us,
)

import vigie.city.mappings
from vigie.audit.reading import Query, Reader, read
from vigie.base.clock import FixedClock, from_us, now_us, to_rfc3339, to_us
from vigie.base.errors import SettingsInvalid, Unavailable, WrongUsage
from vigie.desk.reads import LEAST_BITS, hashes, mark
from vigie.desk.retention import digest_of
from vigie.intake.mappings import read_mapping
from vigie.lake.erasure import find_bytes
from vigie.lake.narratives import key_of
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home, open_home

DPO = Caller("dpo", "dpo")
MAPPING = Path(vigie.city.mappings.__file__).parent / "places.toml"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def home(tmp_path: Path, clock: FixedClock) -> Iterator[Home]:
    with make_home(tmp_path / "home", clock) as opened:
        yield opened


def test_facts_go_with_their_day_and_no_byte_of_them_stays(home: Home) -> None:
    """Requirement: PM-2, LED-4."""
    last = us(2023, 3, 21) - 1
    old = facts([last - 40 * DAY_US, last - HOUR_US, last], prefix="OLD-")
    young = facts([last + 1, to_us(NOW) - DAY_US], prefix="YOUNG-")
    home.lake.commit("facts", old)
    home.lake.commit("facts", young)
    home.lake.commit_narratives(texts(young.slice(1)))

    assert home.retention.look().erased == {"facts": 3}
    assert home.retention.run().erased == {"facts": 3}

    assert there(home) == set(ids(young))
    assert home.lake.query("map_cube").num_rows == 1
    assert find_bytes(home.path / "lake", [*ids(old), "OLD-"]) == []
    assert find_bytes(home.path / "intake", [*ids(old), "OLD-"]) == []
    line = home.desk.retention.destructions()[0]
    assert (line.rule, line.n, line.first_us, line.last_us) == (
        "facts", 3, last - 40 * DAY_US, last,
    )  # fmt: skip
    assert line.before_us == last + 1
    assert line.done_us is not None
    assert line.digest == digest_of(ids(old))
    assert line.rules_version == home.retention.rulebook.version


def test_the_audit_tells_who_had_what_destroyed(home: Home) -> None:
    """The register of destructions is drawn from lines like these (for recordings: VID-3)."""
    home.lake.commit("facts", facts([us(2020, 1, 1), us(2020, 1, 2)]))
    home.retention.run(by=DPO)
    query = Query(verb=Verb.ERASE, dataset="facts")
    ((_, line),) = read(home.audit, query, Reader("dpo", "dpo")).lines
    assert (line.who, line.role, line.purpose) == ("dpo", "dpo", Purpose.OVERSIGHT)
    assert line.subject["n"] == 2
    assert line.subject["before"] == to_rfc3339(us(2023, 3, 21))


def test_lines_of_the_audit_are_shredded_at_their_term(home: Home, clock: FixedClock) -> None:
    """Requirement: LED-4."""
    home.retention.erase("facts", ["nobody-of-that-name"], by=DPO, reason="canari de l'audit")
    assert find_bytes(home.path / "audit", ["canari de l'audit"]) != []
    clock.advance(timedelta(days=364))
    home.retention.run()
    assert find_bytes(home.path / "audit", ["canari de l'audit"]) != []
    clock.advance(timedelta(days=3))
    assert home.retention.run().erased["audit"] > 0
    assert find_bytes(home.path / "audit", ["canari de l'audit"]) == []


def test_an_older_copy_of_intake_forgets_before_it_is_served(
    tmp_path: Path, clock: FixedClock
) -> None:
    """Requirement: P-SHR-3."""
    path = tmp_path / "home"
    with make_home(path, clock) as home:
        home.intake.register("police", "main_courante")
        home.intake.accept("police", "x.csv", b"NUMERO;DATE\n1;2\n")
        home.intake.drain()
        (row,) = home.intake.quarantine_list()
    shutil.copytree(path / "intake", tmp_path / "copy")
    clock.advance(timedelta(days=7))
    with open_home(path, clock=clock) as home:
        assert {"journal", "quarantine"} <= set(home.retention.run().erased)
    shutil.rmtree(path / "intake")
    shutil.copytree(tmp_path / "copy", path / "intake")
    with open_home(path, clock=clock) as home:
        assert home.intake.quarantine_get(row.id).entry.state == "expired"
        assert home.intake.replay().messages == 0


def test_a_second_run_has_nothing_to_do(home: Home) -> None:
    home.lake.commit("facts", facts([us(2020, 1, 1)]))
    assert home.retention.run().total == 1
    ledger = home.retention.ledger.entries()
    assert home.retention.run().total == 0
    assert home.retention.ledger.entries() == ledger
    assert home.desk.retention.count() == 1


def test_what_arrives_when_it_has_ended_goes_at_the_next_run(home: Home) -> None:
    home.retention.run()
    home.lake.commit("facts", facts([us(2021, 5, 5)]))
    assert home.retention.run().erased == {"facts": 1}
    assert there(home) == set()


def test_texts_go_long_before_their_facts(home: Home) -> None:
    now = to_us(NOW)
    table = facts([now - 31 * DAY_US, now - 29 * DAY_US])
    home.lake.commit("facts", table)
    home.lake.commit_narratives(texts(table, "canari"))
    assert home.retention.run().erased == {"narratives": 1}
    first, second = ids(table)
    assert home.lake.narrative(first) is None
    assert home.lake.narrative(second) is not None
    assert find_bytes(home.path / "lake" / "live", [first, f"canari {first}"]) == []
    assert there(home) == {first, second}
    day = key_of("police", str(table["part"][0]))
    assert home.keys.destroyed(day)
    assert home.keys.exists(key_of("police", str(table["part"][1])))


def test_the_term_of_a_feed_is_that_of_its_connector(home: Home, clock: FixedClock) -> None:
    home.intake.register("baac", "accidents")
    home.intake.register("fichier", "table", mapping=read_mapping(MAPPING))
    received = us(2025, 6, 1, 10)
    for source in ("baac", "fichier", "police"):
        table = facts([us(2019, 1, 1, 9)], source=source, received_us=received)
        home.lake.commit("facts", table)
    assert home.retention.run().erased == {"facts": 1}
    clock.advance(from_us(us(2028, 6, 1)) - clock.now())
    assert home.retention.run().erased["facts.table"] == 1
    clock.advance(from_us(us(2035, 6, 1) - 1) - clock.now())
    assert "facts.accidents" not in home.retention.run().erased
    clock.advance(timedelta(microseconds=1))
    assert home.retention.run().erased["facts.accidents"] == 1


def test_a_home_that_forgets_sooner_does(tmp_path: Path) -> None:
    with make_home(tmp_path / "home", facts="1 month") as home:
        home.lake.commit("facts", facts([to_us(NOW) - 40 * DAY_US, to_us(NOW)]))
        assert home.retention.run().erased == {"facts": 1}


def test_a_home_that_would_keep_longer_does_not_open(tmp_path: Path) -> None:
    """Requirement: PM-2."""
    with pytest.raises(SettingsInvalid, match=r"facts"):
        make_home(tmp_path / "home", facts="10 years")


def test_two_runs_never_go_at_once(home: Home, tmp_path: Path) -> None:
    with home.retention._alone(), pytest.raises(Unavailable):
        home.retention.run()


def test_sessions_alerts_tokens_and_closed_accounts_go_in_their_turn(
    home: Home, clock: FixedClock
) -> None:
    accounts = home.desk.accounts
    accounts.create("gone", name="G", role="operator", password="correct-horse-battery")
    accounts.create("stays", name="S", role="operator", password="correct-horse-battery")
    _, token = home.desk.tokens.issue("old", "ingest", sources=("police",))
    home.desk.tokens.revoke(token.token_id)
    home.desk.sessions.open(accounts.get("stays").account_id, device="essai")
    home.desk.reads.add("stays", now_us(clock), mark(hashes(["a"]), LEAST_BITS))
    accounts.disable("gone")
    assert home.retention.run().total == 0
    clock.advance(timedelta(days=8))
    assert home.retention.run().erased == {"sessions": 2}
    clock.advance(timedelta(days=366))
    found = home.retention.run().erased
    assert (found["accounts"], found["tokens"]) == (1, 1)
    assert [one.login for one in accounts.list_all()] == ["stays"]
    assert home.desk.tokens.list_all() == []


# --- An older copy, a crash ----------------------------------------------------------------------


def test_a_lake_from_an_older_copy_forgets_again_before_it_is_served(
    tmp_path: Path, clock: FixedClock
) -> None:
    """Requirement: P-SHR-3."""
    path = tmp_path / "home"
    now = to_us(NOW)
    with make_home(path, clock) as home:
        table = facts([us(2020, 2, 2), us(2020, 2, 3), now - 40 * DAY_US, now - DAY_US])
        home.lake.commit("facts", table)
        home.lake.commit_narratives(texts(table))
    shutil.copytree(path / "lake", tmp_path / "copy")
    with open_home(path, clock=clock) as home:
        assert home.retention.run().erased == {"facts": 2, "narratives": 1}
        home.retention.erase("facts", ids(table)[3:], by=DPO, reason="inscrit par erreur")
        assert there(home) == {ids(table)[2]}
    shutil.rmtree(path / "lake")
    shutil.copytree(tmp_path / "copy", path / "lake")
    with open_home(path, clock=clock) as home:
        assert there(home) == {ids(table)[2]}
        assert home.lake.narratives.count() == 0
        gone = [*ids(table)[:2], ids(table)[3]]
        assert find_bytes(path / "lake", gone) == []
        assert home.retention.recover() == 0
        assert home.retention.run().total == 0


def test_the_ledger_is_small_and_says_nothing_of_anybody(home: Home, clock: FixedClock) -> None:
    for _ in range(30):
        clock.advance(timedelta(days=1))
        home.retention.run()
    table = facts([to_us(NOW)])
    home.lake.commit("facts", table)
    home.retention.erase("facts", ids(table), by=DPO, reason="x")
    entries = home.retention.ledger.entries()
    assert len(entries) == len({entry.rule for entry in entries})
    assert find_bytes(home.path / "retention", ids(table)) == []


@pytest.mark.parametrize("moment", ["begun", "stepped", "forgot"])
def test_a_run_that_was_killed_is_finished_by_the_next_opening(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The process ends after it wrote down, after it deleted, or before bytes were forgotten."""
    path = tmp_path / "home"

    class KilledError(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise KilledError

    with make_home(path, clock) as home:
        table = facts([us(2020, 2, 2), us(2020, 2, 3), to_us(NOW)])
        home.lake.commit("facts", table)
        place = {
            "begun": "vigie.lake.store.take_step",
            "stepped": "vigie.desk.retention.RetentionDesk.finish",
            "forgot": "vigie.lake.store.Lake.forget_expired",
        }[moment]
        with monkeypatch.context() as patch:
            patch.setattr(place, die)
            with pytest.raises(KilledError):
                home.retention.run()
    with open_home(path, clock=clock) as home:
        assert there(home) == set(ids(table)[2:])
        assert find_bytes(path / "lake", ids(table)[:2]) == []
        lines = home.desk.retention.destructions()
        assert [(line.n, line.done_us is not None) for line in lines] == [(2, True)]


def test_erasing_a_record_by_name_needs_a_reason(home: Home) -> None:
    with pytest.raises(WrongUsage):
        home.retention.erase("facts", ["x"], by=DPO, reason=" ")
    with pytest.raises(WrongUsage):
        home.retention.erase("narratives", ["x"], by=DPO, reason="x")
