"""Rules and tagger together: what holds of every text."""

from __future__ import annotations

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.privacy.scrubber import PLACEHOLDERS
from vigie.privacy.scrubber import Scrubber as Rules
from vigie.scrub import LateScrubber, Scrubber
from vigie.scrub.reading import features, tokens
from vigie.scrub.tagger import Tagger, described

sys.path.append(str(Path(__file__).resolve().parents[1] / "privacy"))

import parts

SCRUBBER = Scrubber()
SAID = (
    "Mme Zoubira Kerlevan appelle le digicode est A 12 34 rue Curiol né en 1974 rappelle au "
    "zéro six [nom] [code] [ ] <b> 06 56 78 Le VSAV part . , ; : - / é ß 漢 İ _ @ snap"
)
WORDS = st.sampled_from([*SAID.split(), "\n", "\u0131", "\u0301"])
TEXTS = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=14).map(" ".join))


def test_a_scrubber_made_late_scrubs_alike() -> None:
    plain = (LateScrubber(), LateScrubber(("name",)), LateScrubber(but=("name", "code")))
    made = (Rules(), Rules(("name",)), Rules(set(PLACEHOLDERS) - {"name", "code"}))

    for late, scrubber in ((LateScrubber(tagged=True), SCRUBBER), *zip(plain, made, strict=True)):
        assert late.scrub(SAID) == scrubber.scrub(SAID)
        assert late.scrub_texts([SAID, None]) == scrubber.scrub_texts([SAID, None])
    with pytest.raises(ValueError, match="nobody"):
        LateScrubber(("nobody",)).scrub(SAID)


@given(TEXTS)
def test_scrubbing_twice_changes_nothing_and_words_only_go(text: str) -> None:
    """Requirement: PM-3."""
    done = SCRUBBER.scrub(text)

    assert SCRUBBER.scrub(done.text).text == done.text
    assert SCRUBBER.scrub(done.text).total == 0
    rest = done.text
    for mark in PLACEHOLDERS.values():
        rest = rest.replace(mark, " ")
    assert all(word in text for word in rest.split())
    assert done.total >= Rules().scrub(text).total or done.text != text


@given(TEXTS)
def test_passages_stand_apart_and_hold_words(text: str) -> None:
    passages = Tagger(threshold=0.05).passages(text)

    ends = [0, *(one.end for one in passages)]
    for before, one in zip(ends, passages, strict=False):
        assert before <= one.start < one.end <= len(text)
        assert one.kind in PLACEHOLDERS
        assert any(sign.isalnum() for sign in text[one.start : one.end])


@given(TEXTS)
def test_tokens_cover_all_that_is_said(text: str) -> None:
    read = tokens(text)

    covered = {place for one in read for place in range(one.start, one.end)}
    assert all(sign.isspace() or place in covered for place, sign in enumerate(text))
    assert [len(said) > 0 for said in features(text, read)] == [True] * len(read)


def test_what_no_rule_foresaw_goes_too() -> None:
    """A sentence that the rules leave as it is, by design of this test; the tagger does not."""
    text = "interphone puis sous le 5 quatre 84"

    assert "quatre 84" in Rules().scrub(text).text
    assert "[code]" in SCRUBBER.scrub(text).text


def test_only_the_classes_asked_for_go() -> None:
    text = "Mme Anouk Kerlevan, son snap anouk.kerlevan, code 45A7"

    only = Scrubber({"code"}).scrub(text)
    assert set(only.redactions) == {"code"}
    assert "Kerlevan" in only.text
    with pytest.raises(ValueError, match="no such classes: shoe"):
        Scrubber({"shoe"})


def test_nothing_goes_above_certainty_and_nulls_stay() -> None:
    idle = Scrubber(tagger=Tagger(threshold=1.0))
    text = "interphone puis sous le 5 quatre 84"

    assert idle.scrub(text) == Rules().scrub(text)
    assert SCRUBBER.scrub_texts([None, "Rien à signaler.", "Rien à signaler.", None]) == (
        [None, "Rien à signaler.", "Rien à signaler.", None],
        [0, 0, 0, 0],
    )


def test_threads_share_one_scrubber() -> None:
    texts = [
        f"Appel de Mme Zoubira Kerlevan, appartement {n}, son snap zoubi.{n}" for n in range(60)
    ]
    alone = [SCRUBBER.scrub(text).text for text in texts]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: SCRUBBER.scrub(text).text, texts)) == alone


def test_the_shipped_weights_are_those_that_are_described() -> None:
    weights = files("vigie.scrub").joinpath("model.bin").read_bytes()

    assert hashlib.sha256(weights).hexdigest() == described()["sha256"]
    assert set(parts.BLIND).isdisjoint(described()["learnt_from"])
