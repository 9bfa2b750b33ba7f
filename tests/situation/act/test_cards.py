"""Reflex cards: every one that comes with Vigie is whole, a wrong one of a city is only told."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vigie.rules
from vigie.foresight.dossier.model import ReflexCard
from vigie.judge.rule import discover
from vigie.model.taxonomy import TAXONOMY
from vigie.scrub import Scrubber
from vigie.situation.act.cards import functions, load_cards, read_card
from vigie.situation.home import Home

FOLDER = files("vigie.situation.act") / "cards"
NAMES = sorted(one.name.removesuffix(".toml") for one in FOLDER.iterdir())
RULES = frozenset(discover(vigie.rules))
GOOD = """
id = "flood"
title = { fr = "Crue", en = "Flood" }
kinds = ["environment.weather"]
source = "La ville"
[[steps]]
id = "look"
who = "operator"
within_s = 60
fr = "Regarder les berges"
en = "Look at the banks"
"""
FIRST_S = 300
SERIOUS = {
    "rescue.fire.building": "fire",
    "offence.person.brawl": "brawl",
    "rescue.person.missing": "lost-child",
    "offence.security.suspicious_object": "suspicious-parcel",
    "event.gathering": "undeclared-gathering",
    "space.crowd.movement": "crowd-surge",
    "offence.disorder.noise.night": "night-noise",
    "road.accident.injury": "road-accident",
    "space.equipment.sensor_fault": "camera-power-cut",
    "rescue.person.illness": "illness",
    "environment.weather.rain": "weather-red",
    "road.parking.obstructive": "blocked-fire-lane",
    "rescue.hazard.gas": "gas-leak",
    "offence.security.active_attack": "armed-attack",
    "road.offence.rodeo": "street-racing",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_card_that_comes_with_vigie_is_whole(name: str) -> None:
    """Asked as R11 of the requirements: who does what within how long, by category."""
    card = read_card((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), name, RULES)
    assert len(card.steps) >= 5
    assert card.steps[0].within_s <= FIRST_S
    assert card.steps[-1].id == "end"
    assert card.title.fr != card.title.en
    texts = [step.fr for step in card.steps]
    assert len(set(texts)) == len(texts)
    assert all("'" not in text for text in (*texts, card.title.fr))
    assert [Scrubber().scrub(text).text for text in texts] == texts
    for language in ("fr", "en"):
        taken = card.for_event(language)
        assert isinstance(taken, ReflexCard)
        assert len(taken.steps) == len(card.steps)


@pytest.mark.parametrize(("kind", "card"), SERIOUS.items())
def test_what_happens_finds_its_card_first(tmp_path: Path, kind: str, card: str) -> None:
    assert load_cards(tmp_path).fitting([kind])[0].id == card


def test_a_rule_finds_its_card_before_any_kind(tmp_path: Path) -> None:
    found = load_cards(tmp_path, RULES).fitting(["rescue.fire"], "source_silent")
    assert [one.id for one in found][:2] == ["camera-power-cut", "fire"]


def test_nothing_that_comes_with_vigie_is_left_out(seen_home: Home) -> None:
    assert seen_home.cards.faults == ()
    assert sorted(seen_home.cards.by_id) == NAMES
    assert len(NAMES) >= 12


def test_a_city_adds_cards_and_puts_its_own_in_place(tmp_path: Path) -> None:
    folder = tmp_path / "cards"
    folder.mkdir()
    (folder / "flood.toml").write_text(GOOD)
    (folder / "fire.toml").write_text(GOOD.replace('"flood"', '"fire"'))
    (folder / "notes.txt").write_text("rien")
    found = load_cards(tmp_path)
    assert found.faults == ()
    assert found.by_id["fire"].title.fr == "Crue"
    assert found.own == {"flood", "fire"}
    assert len(found.by_id) == len(NAMES) + 1


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (GOOD.replace("environment.weather", "environment.dragons"), "dragons"),
        (GOOD.replace('"operator"', '"mayor"'), "mayor"),
        (GOOD.replace("within_s = 60", "within_s = 0"), "within_s"),
        (GOOD.replace('en = "Look at the banks"', ""), "en"),
        (GOOD.replace('kinds = ["environment.weather"]', ""), "for nothing"),
        (GOOD.replace('"flood"', '"other"'), "the file is flood"),
        (GOOD.replace("kinds", 'rules = ["no_such_rule"]\nkinds'), "no_such_rule"),
        (GOOD + GOOD[GOOD.index("[[steps]]") :], "twice"),
        (
            GOOD
            + '[[steps]]\nid = "b"\nwho = "operator"\nwithin_s = 5\nfr = "Avant"\nen = "Before"\n',
            "order",
        ),
        ("id = [", "flood.toml"),
    ],
)
def test_a_wrong_card_is_a_notice_and_the_others_stay(
    tmp_path: Path, wrong: str, where: str
) -> None:
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "flood.toml").write_text(wrong)
    found = load_cards(tmp_path, RULES)
    (fault,) = found.faults
    told = fault.told()
    assert where in f"{told['file']} {told['fr']}"
    assert told["fr"] != told["en"]
    assert sorted(found.by_id) == NAMES


@given(raw=st.binary(max_size=300))
def test_no_file_stops_the_room(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    home = tmp_path_factory.mktemp("cards")
    (home / "cards").mkdir()
    (home / "cards" / "x.toml").write_bytes(raw)
    found = load_cards(home)
    assert [one.file for one in found.faults] == ["x.toml"]


def test_functions_are_named_in_both_languages_and_used() -> None:
    used = set()
    for name in NAMES:
        card = read_card((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), name)
        used |= {step.who for step in card.steps}
        assert set(card.kinds) <= set(TAXONOMY.codes)
    assert used == set(functions())
    assert all(set(words) == {"fr", "en"} for words in functions().values())
