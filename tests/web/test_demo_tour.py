"""The tour of a demonstration walks the real system, and says each step in both languages."""

from __future__ import annotations

import re

import httpx
import pytest

from vigie.base.clock import FixedClock
from vigie.base.errors import WrongUsage
from vigie.cli.main import run as command
from vigie.jobs.tour import KEEPER, Tour
from vigie.jobs.tour_words import WORDS
from vigie.situation.home import Home, init_home

PASSWORD = "correct-horse-battery"
Own = tuple[Home, FixedClock, httpx.Client]


def tour(own: Own, **more: object) -> tuple[Tour, list[str], list[int]]:
    """A tour of a served home, what it says, and how often it waits."""
    home, _, client = own
    said: list[str] = []
    waits: list[int] = []
    given = {"language": "en", "password": PASSWORD} | more
    wait = lambda: waits.append(len(said))  # noqa: E731 - a callback
    return Tour(str(client.base_url), home.path, say=said.append, wait=wait, **given), said, waits  # type: ignore[arg-type]


def test_the_tour_walks_to_a_package_that_its_own_verifier_accepts(own: Own) -> None:
    """Requirement: REQ-2, REQ-4."""
    home, _, _ = own
    walk, said, waits = tour(own)
    found = walk.walk()
    assert found["said"].endswith("OK\n")
    assert found["counts"]["facts"] >= 0
    text = "\n".join(said)
    assert re.findall(r"^(\d+)\. ", text, re.MULTILINE) == [str(n) for n in range(1, 11)]
    assert "never trimmed" in text
    assert not re.search(r"\{[a-z]+\}", text)
    assert waits == list(range(1, len(said)))
    assert home.desk.accounts.get(KEEPER).role == "investigator"


def test_an_account_whose_password_is_another_stops_the_tour(own: Own) -> None:
    walk, _, _ = tour(own, password="not the one of anybody here")
    with pytest.raises(WrongUsage):
        walk.walk()


def test_both_languages_have_the_same_steps_and_values() -> None:
    french, english = WORDS["fr"], WORDS["en"]
    assert french.keys() == english.keys()
    for step, text in french.items():
        assert set(re.findall(r"\{[a-z]+\}", text)) == set(re.findall(r"\{[a-z]+\}", english[step]))


def test_a_home_that_is_no_demonstration_has_no_tour(tmp_path) -> None:
    init_home(tmp_path / "home")
    assert command(["demo", "--tour", "--no-wait", "--home", str(tmp_path / "home")]) != 0
