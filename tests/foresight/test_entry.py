"""What may be entered by hand: every bad value is an error of its field, in both languages."""

import math
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import mapping

from vigie.foresight.entry import (
    EMPTY,
    FIELDS,
    Entered,
    EntryInvalid,
    changed_fields,
    check,
    scrubbed_reason,
)
from vigie.model.taxonomy import TAXONOMY

BOUNDS = (5.10, 43.10, 5.62, 43.46)
HOUR = 3_600_000_000
START = 1_775_000_000_000_000
SQUARE = mapping(shapely.box(5.37, 43.29, 5.371, 43.291))


def entered(**values: Any) -> Entered:
    base = {"kind": "event.culture.concert", "starts_us": START, "ends_us": START + HOUR}
    return check({**base, "geometry": SQUARE, **values}, BOUNDS)


def faults(**values: Any) -> set[tuple[str, str]]:
    with pytest.raises(EntryInvalid) as caught:
        entered(**values)
    told = caught.value.params["errors"]
    assert all(one["fr"] and one["en"] and "{" not in one["fr"] + one["en"] for one in told)
    return {(one["field"], one["code"]) for one in told}


def test_what_is_not_said_is_empty_and_the_record_is_whole() -> None:
    found = entered()
    assert set(found.values) == set(FIELDS)
    assert found.values["title"] == "Concert"
    assert found.values["state"] == "declared"
    assert found.notices == ()
    assert {name: found.values[name] for name in ("means", "closes", "attributes")} == {
        "means": {},
        "closes": [],
        "attributes": {},
    }


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"kind": None}, ("kind", "entry_required")),
        ({"kind": "offence.property"}, ("kind", "entry_kind")),
        ({"kind": "event.none"}, ("kind", "entry_kind")),
        ({"title": "x" * 300}, ("title", "entry_long")),
        ({"starts_us": None}, ("starts_at", "entry_required")),
        ({"starts_us": -5}, ("starts_at", "entry_instant")),
        ({"ends_us": START}, ("ends_at", "entry_ends_before")),
        ({"ends_us": START + 401 * 24 * HOUR}, ("ends_at", "entry_too_long")),
        ({"setup_s": -1}, ("setup_s", "entry_number")),
        ({"teardown_s": True}, ("teardown_s", "entry_number")),
        ({"attendance_likely": math.nan}, ("attendance_likely", "entry_number")),
        ({"attendance_low": 5.0}, ("attendance_likely", "entry_required")),
        ({"attendance_low": 5, "attendance_likely": 4}, ("attendance_low", "entry_order")),
        ({"attendance_likely": 4, "attendance_high": 3}, ("attendance_high", "entry_order")),
        ({"geometry": {"type": "Point", "coordinates": [43.29, 5.37]}}, ("geometry", "entry_far")),
        ({"geometry": {"type": "Polygon"}}, ("geometry", "entry_shape")),
        ({"geometry": "POINT EMPTY"}, ("geometry", "entry_shape")),
        ({"state": "perhaps"}, ("state", "entry_state")),
        ({"declared": False}, ("attributes", "entry_known_from")),
        ({"declared": "no"}, ("declared", "entry_state")),
        ({"closes": ["rue"] * 31}, ("closes", "entry_many")),
        ({"means": {"Agents !": "3"}}, ("means", "entry_name")),
        ({"means": {"agents": "3" * 300}}, ("means", "entry_long")),
        ({"attributes": [1]}, ("attributes", "entry_many")),
        ({"place_id": "x" * 90}, ("place_id", "entry_long")),
        ({"organiser": "someone"}, ("organiser", "entry_unknown")),
    ],
)
def test_a_bad_value_is_an_error_of_its_field(
    values: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert fault in faults(**values)


def test_every_fault_is_told_at_once() -> None:
    found = faults(kind="x", ends_us=START - 1, state="?")
    assert {field for field, _ in found} == {"kind", "ends_at", "state"}


def test_a_title_tells_no_person_and_no_cause() -> None:
    found = entered(title="Concert de Mme Martin, 06 12 34 56 78")
    assert found.values["title"] == "Concert"
    assert [one.code for one in found.notices] == ["entry_title_replaced"]
    march = entered(kind="event.demonstration", title="Marche contre la réforme")
    assert march.values["title"] == TAXONOMY.get("event.demonstration").fr
    assert entered(title="Fête de la rue Paradis").values["title"] == "Fête de la rue Paradis"


def test_free_texts_lose_what_tells_a_person_and_streets_keep_their_name() -> None:
    found = entered(
        declared=False,
        attributes={"known_from": "appel de jean.dupont@example.org"},
        closes=["rue Paradis, côté pair", "06 12 34 56 78"],
    )
    assert "dupont" not in found.values["attributes"]["known_from"]
    assert found.values["closes"] == ["rue Paradis  côté pair"]
    assert {one.field for one in found.notices} == {"attributes", "closes"}
    assert "0612345678" not in scrubbed_reason("Rappeler le 0612345678")
    with pytest.raises(EntryInvalid):
        scrubbed_reason("x" * 501)


def test_a_footprint_out_of_the_frame_is_remarked_on() -> None:
    outside = entered(geometry={"type": "Point", "coordinates": [5.7, 43.29]})
    assert [one.code for one in outside.notices] == ["entry_outside"]
    assert [one.code for one in entered(geometry=None).notices] == ["entry_nowhere"]
    large = entered(geometry=mapping(shapely.box(5.1, 43.1, 5.6, 43.4)))
    assert [one.code for one in large.notices] == ["entry_large"]
    bow = {"type": "Polygon", "coordinates": [[[5.3, 43.2], [5.4, 43.3], [5.4, 43.2], [5.3, 43.3]]]}
    bow["coordinates"][0].append([5.3, 43.2])
    twisted = entered(geometry=bow)
    assert twisted.shape is not None
    assert twisted.shape.is_valid


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_values_are_kept_or_refused_and_never_break(values: dict[str, Any]) -> None:
    try:
        found = check(values, BOUNDS)
    except EntryInvalid:
        return
    again = check(found.values, BOUNDS)
    assert changed_fields(found.values, again.values) == ()


@given(
    st.sampled_from(sorted(set(EMPTY) - {"geometry"})),
    st.integers(min_value=0, max_value=5_000),
    st.lists(st.floats(0, 1e6), min_size=3, max_size=3).map(sorted),
)
def test_what_stands_stands_again(name: str, seconds: int, crowd: list[float]) -> None:
    low, likely, high = crowd
    found = entered(
        setup_s=seconds, attendance_low=low, attendance_likely=likely, attendance_high=high
    )
    assert check(found.values, BOUNDS).values == found.values
    assert changed_fields(found.values, {**found.values, name: "other"}) == (name,)
    assert found.window == (START - seconds * 1_000_000, START + HOUR)


def test_the_same_shape_drawn_again_is_no_change() -> None:
    one = entered().values
    moved = {**one, "geometry": shapely.to_wkt(shapely.box(5.37, 43.29, 5.3710000001, 43.291), 10)}
    assert changed_fields(one, moved) == ()
