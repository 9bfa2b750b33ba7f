"""The content of an event file: read strictly, written back the same."""

import json
import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.foresight.dossier.files import at, contents, whole

from vigie.foresight.dossier.model import STEPS, Content, State
from vigie.foresight.dossier.shapes import LineShape, PointShape, PolygonShape, apart_m


@given(contents())
def test_a_content_comes_back_from_its_json(content: Content) -> None:
    assert (
        Content.model_validate(json.loads(json.dumps(content.model_dump(mode="json")))) == content
    )


def test_every_list_of_a_whole_content_is_walked() -> None:
    assert {name for name, items in whole().lists() if items} == {
        *("posts", "shifts", "barriers", "closures", "diversions", "messages", "contacts"),
        *("reflex_cards", "documents", "checklist", "figures"),
    }


@pytest.mark.parametrize(
    ("part", "value"),
    [
        (
            "shifts",
            [{"id": "x", "post": "absent", "from_at": at(0), "to_at": at(1), "headcount": 1}],
        ),
        ("checklist", [{"id": "x", "text": "a"}, {"id": "x", "text": "b"}]),
        ("closures", [{"id": "x", "street": "Rue", "from_at": at(1), "to_at": at(1)}]),
        ("closures", [{"id": "x", "street": "Rue", "from_at": "2026-03-28T19:00", "to_at": at(1)}]),
        ("documents", [{"id": "x", "name": "a", "sha256": "not a hash"}]),
        ("summary", "a\x00b"),
        ("checklist", [{"id": "X!", "text": "a"}]),
        ("owner", "nobody asked"),
    ],
)
def test_what_is_incoherent_is_refused(part: str, value: object) -> None:
    with pytest.raises(ValidationError):
        whole(**{part: value})


def test_nothing_is_validated_that_was_not_under_review() -> None:
    assert [
        state
        for state, after in STEPS.items()
        if State.VALIDATED in after and state not in {State.VALIDATED, State.CLOSED}
    ] == [State.UNDER_REVIEW]
    assert set(STEPS) == set(State)


def test_an_open_ring_is_closed_and_a_crossed_one_refused() -> None:
    ring = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]
    assert PolygonShape.model_validate({"coordinates": [ring]}).coordinates[0][-1] == (0.0, 0.0)
    with pytest.raises(ValidationError, match="crosses itself"):
        PolygonShape.model_validate({"coordinates": [[(0, 0), (1, 1), (1, 0), (0, 1)]]})


@given(st.floats() | st.integers(-400, 400).map(float), st.floats())
def test_a_position_lies_on_earth_or_is_refused(lon: float, lat: float) -> None:
    fits = math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 85
    if fits:
        point = PointShape.model_validate({"coordinates": [lon, lat]})
        assert shapely.distance(point.geometry(), shapely.Point(lon, lat)) < 1e-6
    else:
        with pytest.raises(ValidationError):
            PointShape.model_validate({"coordinates": [lon, lat]})


def test_lengths_are_metres_on_the_sphere() -> None:
    line = LineShape.model_validate({"coordinates": [(5.0, 43.0), (5.0, 44.0), (5.0, 43.0)]})
    assert line.length_m() == pytest.approx(2 * 111_195, rel=1e-4)
    moved = LineShape.model_validate({"coordinates": [(5.0, 43.001), (5.0, 44.001)]})
    assert apart_m(line, moved) == pytest.approx(111.2, rel=0.01)
