"""An EMSI message says what it is for, and where: a point, or the middle of an area."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.geo.distance import haversine_m
from vigie.intake.connector import Context, Payload
from vigie.intake.messages import emsi
from vigie.intake.messages.allowed import AllowList
from vigie.intake.messages.inbox import Inbox, Types, read_trees
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.rows import Rows

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
POINTS = st.tuples(st.floats(-170, 170), st.floats(-80, 80))


@pytest.fixture
def inbox():
    context = Context(source="hub", timezone="Europe/Paris", now=NOW)
    return Inbox(Rows("facts"), context, Types(frozenset()), AllowList(()))


def area(at="2026-11-23T09:00:00+01:00", **position):
    return {"DATIME": at, "POSITION": {"COORD": [{"LAT": 43.3, "LONG": 5.4}]} | position}


def test_an_actual_message_says_its_purpose():
    assert emsi.purpose({"CONTEXT": {"MODE": "ACTUAL", "MSGTYPE": "ALERT"}}) == "ALERT"


@pytest.mark.parametrize(
    ("context", "code"),
    [
        ({"MSGTYPE": "ALERT"}, "missing_required"),
        ({"MODE": "ACTUAL"}, "missing_required"),
        ({"MODE": "TEST", "MSGTYPE": "ALERT"}, "not_actual"),
        ({"MODE": "Jean Untel", "MSGTYPE": "ALERT"}, "not_actual"),
        ({"MODE": "ACTUAL", "MSGTYPE": "Jean Untel"}, "unknown_code"),
    ],
)
def test_any_other_is_refused_by_name(context, code):
    with pytest.raises(RowRefused) as caught:
        emsi.purpose({"CONTEXT": context})

    assert caught.value.code == code
    assert "Untel" not in str(caught.value.params)


def test_the_latest_area_with_a_position_counts(inbox):
    early, late = area("2026-11-23T09:00:00+01:00"), area("2026-11-23T09:30:00+01:00")

    assert emsi.latest(inbox, [early, late, {"DATIME": "2026-11-23T10:00:00+01:00"}]) is late
    assert emsi.latest(inbox, [late, early]) is late
    assert emsi.latest(inbox, []) is None


def test_a_point_has_no_accuracy_and_a_circle_its_radius(inbox):
    edge = [{"LAT": 43.3, "LONG": 5.4}, {"LAT": 43.31, "LONG": 5.4}]

    assert emsi.point(inbox, area()) == {"lon": 5.4, "lat": 43.3, "accuracy_m": None}
    circle = emsi.point(inbox, area(TYPE="CERCLE", COORD=edge))
    assert (circle["lon"], circle["lat"]) == (5.4, 43.3)
    assert circle["accuracy_m"] == pytest.approx(1_112, rel=0.01)


def test_another_grid_gives_no_point_and_says_so(inbox):
    assert emsi.point(inbox, area(COORDSYS="LAMBERT93")) == {}
    (parsed,) = inbox.rows.parsed()
    assert [(one.code, one.params["value"]) for one in parsed.notices] == [
        ("unknown_code", "LAMBERT93")
    ]


def test_half_a_point_is_refused(inbox):
    with pytest.raises(RowRefused) as caught:
        emsi.point(inbox, area(COORD=[{"LAT": 43.3}]))

    assert caught.value.params == {"column": "LONG"}


def test_a_text_of_nothing_is_none():
    assert emsi.stated(area(ADDRESS=["None"]), "ADDRESS") is None
    assert emsi.stated(area(ADDRESS=["8 quai"]), "ADDRESS") == "8 quai"
    assert emsi.stated(None, "ADDRESS") is None


@given(st.lists(POINTS, min_size=1, max_size=8), st.booleans())
def test_the_radius_holds_every_point(points, of_first):
    lon, lat, radius = emsi.centre(points, of_first=of_first)

    assert math.isfinite(lon)
    assert math.isfinite(lat)
    assert (radius is None) == (len(points) == 1)
    for point in points:
        assert float(haversine_m(lon, lat, *point)) <= (radius or 0.0) + 1e-6


def test_a_payload_is_read_whatever_its_form():
    trees, spaces = read_trees(
        Payload("x", io.BytesIO(b'<emsi xmlns="urn:e:1.9:emsi"><A>1</A></emsi>'))
    )

    assert (trees, spaces) == ([{"emsi": {"A": "1"}}], ["urn:e:1.9:emsi"])
    assert read_trees(Payload("x", io.BytesIO(b'[{"a": 1}, [{"b": 2}]]')))[0] == [
        {"a": 1},
        {"b": 2},
    ]
