"""Many texts shared with children come back as if scrubbed alone, whatever becomes of these."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from vigie.intake.texts import Scrubbed, TextScrubber, scrub_here
from vigie.scrub import Scrubber

pytestmark = pytest.mark.usefixtures("forked_programs")
ENOUGH = 150
"""From so many on they are shared here; of two thousand, as shipped, one pass takes seconds."""

TEXTS = [
    f"Appel n° {i} de Mme Jeanne Dupont, 06 12 34 56 {i % 90 + 10}, chien à l'écart — été."
    if i % 3
    else f"Rien à signaler, passage {i}."
    for i in range(ENOUGH + 11)
]


@pytest.fixture(autouse=True)
def _few_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigie.intake.texts.MANY", ENOUGH)


@pytest.fixture(scope="module")
def alone() -> Scrubbed:
    """The texts as one process scrubs them."""
    return scrub_here(Scrubber(), TEXTS)


@pytest.fixture(params=[0, 1, 3])
def scrubber(request: pytest.FixtureRequest) -> Iterator[TextScrubber]:
    one = TextScrubber(children=request.param)
    yield one
    one.close()


def test_shared_or_not_the_answer_is_the_same(scrubber: TextScrubber, alone: Scrubbed) -> None:
    assert scrubber(TEXTS) == alone
    assert scrubber(TEXTS[:5]) == (alone[0][:5], alone[1][:5])
    assert scrubber([]) == ([], [])
    assert not any("Dupont" in text for text in alone[0])


def test_a_child_that_dies_costs_nothing_but_time(alone: Scrubbed) -> None:
    scrubber = TextScrubber(children=2)
    assert scrubber(TEXTS) == alone
    os.kill(scrubber._children[1].process.pid, signal.SIGKILL)
    assert scrubber(TEXTS) == alone
    assert scrubber._children == []
    assert scrubber(TEXTS) == alone
    scrubber.close()


def test_children_end_with_their_scrubber() -> None:
    scrubber = TextScrubber(children=1)
    scrubber(TEXTS)
    (child,) = scrubber._children
    scrubber.close()
    assert child.process.poll() is not None
