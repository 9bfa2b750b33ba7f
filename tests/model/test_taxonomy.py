from __future__ import annotations

import itertools

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.errors import NotFound
from vigie.model.taxonomy import FACT_THEMES, TAXONOMY, THEMES, Taxonomy

CODES = st.sampled_from(TAXONOMY.codes)


SPOKEN = [
    "environment.noise",
    "event.culture.concert",
    "event.decree",
    "event.demonstration",
    "event.film",
    "event.market",
    "event.patrol",
    "event.sport.match",
    "event.visit",
    "event.works",
    "means.patrol",
    "means.rescue.ambulance",
    "means.transport.bus",
    "offence.disorder.drunkenness",
    "offence.disorder.gathering",
    "offence.disorder.noise.day",
    "offence.disorder.noise.night",
    "offence.disorder.nuisance",
    "offence.drugs",
    "offence.person.assault",
    "offence.person.assault.battery",
    "offence.person.assault.threat",
    "offence.person.brawl",
    "offence.person.threat",
    "offence.property.burglary",
    "offence.property.damage",
    "offence.property.damage.graffiti",
    "offence.property.theft",
    "offence.property.theft.from_vehicle",
    "offence.property.theft.snatch",
    "offence.property.theft.vehicle",
    "offence.security.suspicious_object",
    "place.camera",
    "place.fire_station",
    "place.hospital",
    "place.school",
    "place.station",
    "place.stop",
    "place.street_light",
    "place.venue",
    "rescue.fire.building",
    "rescue.fire.start",
    "rescue.fire.vehicle",
    "rescue.hazard.gas",
    "rescue.operation.elevator",
    "rescue.person.assistance",
    "rescue.person.cardiac.arrest",
    "rescue.person.distress",
    "rescue.person.missing",
    "road.accident",
    "road.accident.fatal",
    "road.accident.injury",
    "road.offence.rodeo",
    "road.parking.dangerous",
    "road.parking.obstructive",
    "road.parking.wreck",
    "road.traffic.debris",
    "road.traffic.disabled_vehicle",
    "road.traffic.hazard",
    "road.traffic.obstruction",
    "road.transit.disruption",
    "space.animal.dangerous",
    "space.cleanliness.dumping",
    "space.crowd.demonstration",
    "space.occupation",
    "space.prevention.patrol",
    "space.prevention.school",
    "space.trade.market",
    "space.trade.peddling",
]
"""The codes connectors map to: renaming one would orphan stored records."""


def test_the_three_themes_of_public_tranquillity_come_first():
    assert [kind.code for kind in TAXONOMY.children()] == list(THEMES)
    assert THEMES[:3] == ("offence", "space", "road")


@given(CODES)
def test_every_kind_hangs_under_its_parent(code: str):
    kind = TAXONOMY.get(code)
    path = TAXONOMY.path(code)
    assert path[0].code == kind.theme
    assert path[-1] is kind
    for above, below in itertools.pairwise(path):
        assert below.parent == above.code
        assert below in TAXONOMY.children(above.code)
        assert TAXONOMY.is_within(below.code, above.code)
        assert not TAXONOMY.is_within(above.code, below.code)


def test_labels_stand_in_both_languages_and_differ_between_kinds_of_one_parent():
    for parent in (None, *TAXONOMY.codes):
        siblings = TAXONOMY.children(parent)
        for language in ("fr", "en"):
            labels = [kind.label(language) for kind in siblings]
            assert all(label == label.strip() and label for label in labels)
            assert len(set(labels)) == len(labels)


def test_leaves_are_the_kinds_without_children():
    leaves = {kind.code for kind in TAXONOMY.leaves}
    assert leaves == {code for code in TAXONOMY.codes if not TAXONOMY.children(code)}
    assert "offence.property.theft.snatch" in leaves
    assert "offence.property.theft" not in leaves


def test_is_within_goes_by_whole_segments():
    assert TAXONOMY.is_within("road.parking.wreck", "road.parking")
    assert not TAXONOMY.is_within("road.parkingmeter", "road.parking")


def test_descendants_of_a_theme_start_with_it():
    found = TAXONOMY.descendants("road")
    assert found[0].code == "road"
    assert {kind.theme for kind in found} == {"road"}
    assert len(found) == sum(1 for kind in TAXONOMY if kind.theme == "road")


def test_an_unknown_kind_is_named_in_the_error():
    assert TAXONOMY.find("offence.nothing") is None
    with pytest.raises(NotFound) as caught:
        TAXONOMY.get("offence.nothing")
    assert caught.value.params["name"] == "offence.nothing"


@given(st.lists(st.one_of(st.none(), CODES, st.text(max_size=12)), max_size=40), st.booleans())
def test_known_mask_agrees_with_membership(codes: list[str | None], encoded: bool):
    array = pa.array(codes, pa.string())
    mask = TAXONOMY.known_mask(array.dictionary_encode() if encoded else array)
    assert mask.null_count == 0
    assert mask.to_pylist() == [code in TAXONOMY for code in codes]


@given(st.lists(st.one_of(st.none(), CODES), max_size=40), CODES)
def test_within_mask_agrees_with_is_within(codes: list[str | None], prefix: str):
    mask = TAXONOMY.within_mask(pa.array(codes, pa.string()), prefix)
    expected = [code is not None and TAXONOMY.is_within(code, prefix) for code in codes]
    assert mask.to_pylist() == expected


def test_the_whole_tree_can_be_walked():
    assert [kind.code for kind in TAXONOMY] == list(TAXONOMY.codes)
    assert len(TAXONOMY) == len(TAXONOMY.codes) > 250


def test_known_mask_takes_chunks():
    chunks = pa.chunked_array([["road"], ["nothing", None]], pa.string())
    assert TAXONOMY.known_mask(chunks).to_pylist() == [True, False, False]


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ({"road.parking": {"fr": "a", "en": "b"}}, "no parent"),
        ({"Road": {"fr": "a", "en": "b"}}, "malformed"),
        ({"road..x": {"fr": "a", "en": "b"}}, "malformed"),
        ({"weather": {"fr": "a", "en": "b"}}, "malformed"),
        ({"road": {"fr": "a"}}, "lacks"),
        ({"road": {"fr": "a", "en": " "}}, "lacks"),
    ],
)
def test_a_broken_tree_is_refused(labels: dict[str, dict[str, str]], reason: str):
    with pytest.raises(ValueError, match=reason):
        Taxonomy(labels)


def test_the_tree_names_what_the_sources_speak_of():
    assert [code for code in SPOKEN if code not in TAXONOMY] == []


def test_fact_themes_are_themes():
    assert set(FACT_THEMES) < set(THEMES)
