"""What may be told in public: no person, no small count, an end, a panel that fits.

Requirement: R1.
"""

from __future__ import annotations

from dataclasses import asdict

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import mapping
from tests.foresight.informing.sample import HOUR_US, NOW_US, message

from vigie.foresight.entry import EntryInvalid
from vigie.foresight.informing.checking import Bounds, Where, check, small_figure
from vigie.foresight.informing.geography import LEAST_M2, MOST_CORNERS, place_of, rings_of
from vigie.foresight.informing.message import Message
from vigie.geo.zonings import Zoning

BOUNDS = Bounds(longest_days=14, panel_lines=3, panel_characters=20, least=11)
HERE = Where("1er arrondissement", message().rings)
BOX = (5.1, 43.1, 5.62, 43.46)
DAY_US = 24 * HOUR_US
ZONE = shapely.box(5.3, 43.2, 5.4, 43.3)
ZONINGS = {
    "arrondissement": Zoning(
        "arrondissement", {"fr": "x", "en": "x"}, ("1", "2"), ("1er", "2e"),
        (ZONE, shapely.box(5.4, 43.2, 5.5, 43.3)),
    )
}  # fmt: skip


def values(**changes: object) -> dict[str, object]:
    return asdict(message()) | changes


def faults(where: Where = HERE, **changes: object) -> set[tuple[str, str]]:
    try:
        check(values(**changes), where, BOUNDS, NOW_US)
    except EntryInvalid as error:
        return {(one["field"], one["code"]) for one in error.params["errors"]}
    return set()


def test_a_whole_message_stands_and_comes_back_from_json() -> None:
    kept = check(values(), HERE, BOUNDS, NOW_US)
    assert kept == message()
    assert Message.of_json(kept.to_json()) == kept


@pytest.mark.parametrize(
    "text",
    ["M. Jean Dupont est recherché", "Appelez le 06 12 34 56 78", "Écrivez à jean@exemple.fr"],
)
@pytest.mark.parametrize("name", ["title_fr", "text_en", "advice_fr", "panel", "streets"])
def test_a_person_is_refused_wherever_it_is_written(name: str, text: str) -> None:
    told = [text[:20], text[20:]] if name == "panel" else [text] if name == "streets" else text
    assert {field for field, _ in faults(**{name: told})} >= {name}


@pytest.mark.parametrize(
    ("text", "few"),
    [
        ("3 blessés rue de Rome", "3 blessés"),
        ("Deux interpellations", "Deux interpellations"),
        ("4 jeunes hommes interpellés", "4 jeunes"),
        ("two injured people", "two injured"),
        ("10 vols", "10 vols"),
        ("11 vols", ""),
        ("120 personnes", ""),
        ("Aidez une personne en difficulté", ""),
        ("Ligne 2 interrompue 3 heures", ""),
        ("Appelez le 18 ou le 112", ""),
    ],
)
def test_small_counts_of_persons_and_facts_are_found(text: str, few: str) -> None:
    assert small_figure(text, 11) == few
    assert (("text_fr", "inform_few") in faults(text_fr=text)) == bool(few)


@settings(deadline=None)
@given(st.integers(-30 * 24, 30 * 24), st.integers(-30 * 24, 30 * 24))
def test_the_end_is_after_now_after_the_beginning_and_not_too_far(onset: int, end: int) -> None:
    onset_us, expires_us = NOW_US + onset * HOUR_US, NOW_US + end * HOUR_US
    found = faults(onset_us=onset_us, expires_us=expires_us)
    fits = 0 < end <= 14 * 24 and end > onset
    assert (not found) == fits
    assert {field for field, _ in found} <= {"expires_at"}


def test_an_end_is_required_and_seconds_are_cut_never_rounded_up() -> None:
    assert faults(expires_us=None) == {("expires_at", "entry_required")}
    kept = check(values(expires_us=NOW_US + 2 * HOUR_US + 999_999), HERE, BOUNDS, NOW_US)
    assert kept.expires_us == NOW_US + 2 * HOUR_US


@settings(deadline=None)
@given(st.lists(st.integers(0, 24), max_size=5))
def test_a_panel_fits_or_is_refused(lengths: list[int]) -> None:
    found = faults(panel=["A" * n for n in lengths])
    fits = len(lengths) <= 3 and all(n <= 20 for n in lengths)
    assert (not found) == fits


@pytest.mark.parametrize("sign", ["\u202e", "\x00", "\u200b", "\x1b"])
def test_signs_that_turn_or_hide_text_are_refused(sign: str) -> None:
    assert ("title_fr", "inform_sign") in faults(title_fr=f"Feu{sign}artifice")


def test_a_panel_shows_no_sign_it_has_not() -> None:
    assert ("panel", "inform_sign") in faults(panel=["FERMÉ ☂"])
    assert faults(panel=["FERMÉ À 20H"]) == set()


def test_both_languages_and_known_codes_are_asked_for() -> None:
    found = faults(title_en="", advice_en="", category="Sport", urgency="soon", about="x")
    assert found == {
        ("title_en", "entry_required"),
        ("advice_en", "entry_required"),
        ("category", "inform_code"),
        ("urgency", "inform_code"),
        ("about", "inform_about"),
    }


def test_a_place_is_a_zone_the_city_a_ring_or_streets() -> None:
    def where(**asked: object) -> Where:
        return place_of(asked, ZONINGS, "Marseille", BOX)

    assert where(zone="arrondissement:2").words == "2e"
    assert where(zone="city").rings[0][0] == where(zone="city").rings[0][-1]
    assert where(streets=["rue Paradis", "la Canebière"]).words == "rue Paradis, la Canebière"
    assert where(zone="arrondissement:1", streets=["rue Paradis"]).words == "1er – rue Paradis"
    drawn = where(zone="arrondissement:1", ring=mapping(shapely.box(5.31, 43.21, 5.32, 43.22)))
    assert shapely.Polygon(drawn.rings[0]).area == pytest.approx(1e-4)
    for bad in ("arrondissement:9", "nothing:1", 5):
        assert [one.code for one in where(zone=bad).faults] == ["inform_zone"]
    assert faults(where()) == {("zone", "inform_nowhere")}


@pytest.mark.parametrize(
    "ring",
    [
        mapping(shapely.box(5.3, 43.2, 5.30001, 43.20001)),
        mapping(shapely.box(2.3, 48.8, 2.4, 48.9)),
        mapping(shapely.Point(5.3, 43.2).buffer(0.1, quad_segs=MOST_CORNERS)),
        {"type": "Polygon", "coordinates": [[[5.3, 43.2], [5.4, 43.3], [5.4, 43.2], [5.3, 43.3]]]},
        {"type": "Point", "coordinates": [5.3, 43.2]},
        {"type": "Polygon", "coordinates": "x"},
        {"type": "Polygon", "coordinates": [[[float("nan"), 43.2]] * 4]},
    ],
)
def test_a_ring_that_points_at_a_door_or_is_none_is_refused(ring: object) -> None:
    found = place_of({"ring": ring}, ZONINGS, "Marseille", BOX)
    assert [one.code for one in found.faults] == ["inform_ring"]
    assert LEAST_M2 > 1


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 400), st.floats(0.001, 0.2))
def test_rings_are_closed_short_and_turn_left(corners: int, radius: float) -> None:
    round_ = shapely.Point(5.37, 43.3).buffer(radius, quad_segs=max(1, corners // 4))
    for ring in rings_of(shapely.union_all([round_, shapely.box(5.0, 43.0, 5.02, 43.02)])):
        assert ring[0] == ring[-1]
        assert 4 <= len(ring) <= MOST_CORNERS
        assert shapely.LinearRing(ring).is_ccw
