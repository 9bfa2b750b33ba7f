"""The map shows points exactly when there are few enough, however it finds out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.situation.test_views import OPERATOR, filters_strategy, list_all

from vigie.situation import mapview
from vigie.situation.filters import Filters
from vigie.situation.home import Home
from vigie.situation.mapview import view_map


@settings(max_examples=30)
@given(filters=filters_strategy(), most=st.integers(1, 60))
def test_points_are_shown_exactly_when_there_are_not_too_many(
    seen_home: Home, filters: Filters, most: int
) -> None:
    """Also where cells are counted first, and what they count decides without reading the facts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mapview, "MAX_POINTS", most)
        patch.setattr(mapview, "FEW_POINTS", 0)
        view = view_map(seen_home, OPERATOR, filters, 17)
    placed = [row for row in list_all(seen_home, filters) if row["lon"] is not None]
    assert (view.mode == "points") == (len(placed) <= most)
