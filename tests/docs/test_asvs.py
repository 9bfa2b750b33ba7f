"""The table of ASVS 5.0 is whole, and what it names exists."""

from __future__ import annotations

import csv

import pytest
from tests.docs.generator import load_generator
from tests.rows import for_each

load_generator()
import asvs_page  # noqa: E402  loaded with the generator, from docs/

LEVELS = {"1", "2"}
LONG = 30
"""Characters of a title above which standing in the text is no accident."""


@for_each("number", asvs_page.requirements())
def test_each_line_says_what_shows_it_or_why_not(number, repo_root):
    one = asvs_page.requirements()[number]

    assert set(one) == {"state", "title", "by" if one["state"] == "pass" else "why"}
    assert one["state"] in asvs_page.WORDS
    assert [path for path in one.get("by", ()) if not (repo_root / path).exists()] == []
    assert one.get("by", one.get("why"))


@pytest.mark.shared
def test_every_requirement_of_levels_one_and_two_is_there(shared_dir):
    path = shared_dir / "data" / "security" / "asvs_5.0.0_en.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        asked = {row["req_id"][1:]: row for row in csv.DictReader(file)}

    assert len(asked) == 345
    known = {number for number, row in asked.items() if row["L"] in LEVELS}
    assert set(asvs_page.requirements()) == known


@pytest.mark.shared
def test_no_text_of_the_standard_is_copied(shared_dir):
    path = shared_dir / "data" / "security" / "asvs_5.0.0_en.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        texts = {row["req_id"][1:]: row["req_description"].lower() for row in csv.DictReader(file)}
    titles = {number: one["title"].lower() for number, one in asvs_page.requirements().items()}
    long = {number: title for number, title in titles.items() if len(title) > LONG}

    assert {number: title for number, title in long.items() if title in texts[number]} == {}
