"""What fields add: up to the log-odds, and each from what it is about."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.judge.test_linkage_spans import _reports

from vigie.judge.linkage import NAMES, candidates, log_odds, shipped_weights
from vigie.judge.linkage_fields import FIELDS, explained, field_of


@given(st.integers(0, 10_000))
def test_fields_add_up_to_the_log_odds(seed: int) -> None:
    reports = _reports(seed, 60)
    left, right = candidates(reports)
    found = explained(reports, left, right)

    assert tuple(found) == FIELDS
    assert sum(found.values()) == pytest.approx(log_odds(reports, left, right, shipped_weights()))


def test_every_comparison_has_its_field() -> None:
    fields = {name: field_of(name) for name in NAMES}

    assert fields["intercept"] == "base"
    assert fields["distance_z_from_2"] == fields["spread"] == "place"
    assert fields["gap_from_0"] == fields["reported_apart"] == "time"
    assert fields["kind_same"] == fields["one_source_kind_same"] == "kind"


def test_distance_never_speaks_for_one_incident() -> None:
    reports = _reports(3, 60)
    left, right = candidates(reports)
    near = np.abs(reports.x[left] - reports.x[right]) < 5
    place = explained(reports, left, right)["place"]

    assert place[near].mean() > place[~near].mean()
