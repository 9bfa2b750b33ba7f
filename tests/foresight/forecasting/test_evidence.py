"""What a patrol or a camera found is no evidence; some kinds are never forecast at all."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vigie
from vigie.base.errors import WrongUsage
from vigie.foresight.forecasting.evidence import (
    EXCLUDED,
    USUAL_KINDS,
    check_kinds,
    exclusion_of,
    weigh,
)
from vigie.model.contracts import DISCOVERERS
from vigie.model.taxonomy import TAXONOMY

CODES = [kind.code for kind in TAXONOMY if kind.theme in {"offence", "space", "road", "rescue"}]
WHO_FOUND = re.compile(r"discovered_by.{0,40}[\"'](patrol|camera)[\"']")


def facts(kinds: list[str], by: list[str | None]) -> pa.Table:
    return pa.table({"kind": pa.array(kinds), "discovered_by": pa.array(by, pa.string())})


@given(st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from((*DISCOVERERS, None)))))
def test_nothing_found_by_a_patrol_or_a_camera_counts_whatever_it_is(
    rows: list[tuple[str, str | None]],
) -> None:
    """Requirement: AIA-1."""
    found = weigh(facts([kind for kind, _ in rows], [by for _, by in rows]))

    for (kind, by), weight in zip(rows, found.weight, strict=True):
        barred = by in {"patrol", "camera"} or exclusion_of(kind) is not None
        assert weight == (0.0 if barred else 1.0)
    assert found.evidence + found.discovered + found.excluded == len(rows)
    assert found.evidence == np.count_nonzero(found.weight)


@pytest.mark.parametrize(
    "kind",
    [
        "offence.drugs",
        "offence.drugs.use",
        "offence.disorder.gathering",
        "offence.disorder.begging",
        "space.occupation.camp",
        "space.crowd.demonstration",
        "space.trade.peddling",
        "space.prevention.patrol",
    ],
)
def test_drugs_loitering_and_what_is_found_by_looking_are_never_forecast(kind: str) -> None:
    assert exclusion_of(kind) is not None
    assert weigh(facts([kind], ["public"])).weight.tolist() == [0.0]
    with pytest.raises(WrongUsage):
        check_kinds((kind,))


def test_a_theme_may_be_asked_for_and_its_barred_branches_count_nothing() -> None:
    assert check_kinds(("offence",)) == ("offence",)
    found = weigh(facts(["offence.property.theft", "offence.drugs.use"], ["public", "public"]))
    assert found.weight.tolist() == [1.0, 0.0]
    assert found.excluded == 1


def test_who_discovered_it_may_be_unknown_and_that_is_told() -> None:
    found = weigh(facts(["rescue.fire", "rescue.fire"], [None, "partner"]))
    assert (found.evidence, found.unknown) == (2, 1)
    assert found.by_discoverer == {"partner": 1, "unknown": 1}


def test_the_usual_kinds_are_none_of_the_excluded_and_none_holds_another() -> None:
    assert check_kinds(()) == USUAL_KINDS
    assert all(exclusion_of(kind) is None for kind in USUAL_KINDS)
    assert all(code in TAXONOMY for code in EXCLUDED)
    assert all(why["fr"] and why["en"] for why in EXCLUDED.values())


@pytest.mark.parametrize("kinds", [("nothing",), ("road", "road.accident"), ("offence.drugs",)])
def test_kinds_that_cannot_be_asked_for_are_refused(kinds: tuple[str, ...]) -> None:
    with pytest.raises(WrongUsage):
        check_kinds(kinds)


def test_no_other_module_says_what_is_no_evidence() -> None:
    """A second list would leave out less, or more, of the same facts."""
    root = Path(vigie.__file__).parent
    rule = root / "foresight" / "forecasting" / "evidence.py"
    found = [
        path.name
        for folder in ("foresight", "situation")
        for path in (root / folder).rglob("*.py")
        if path != rule and WHO_FOUND.search(path.read_text("utf-8"))
    ]
    assert found == []
    assert WHO_FOUND.search('pc.not_equal(table["discovered_by"], "patrol")')
