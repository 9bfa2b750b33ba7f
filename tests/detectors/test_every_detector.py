"""Every detector: one of the eight, told in two languages, silent on an empty scene."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest
from tests.detectors.scenes import found, render

import vigie.detectors
from vigie.model.legal_events import TITLES, LegalEvent
from vigie.model.taxonomy import TAXONOMY
from vigie.watch.vision.detector import discover
from vigie.watch.vision.geometry import WHOLE, Zone

DETECTORS = discover(vigie.detectors)
ZONE = Zone("lane", WHOLE.ring, (0.0, 1.0))


def test_the_list_is_that_of_the_decree_and_of_the_camera_feed() -> None:
    """Requirement: ALG-2."""
    told = tomllib.loads(
        files("vigie.connectors").joinpath("onvif_events.toml").read_text("utf-8")
    )["types"]

    assert {str(one) for one in LegalEvent} == set(told)
    assert all(TAXONOMY.find(kind) is not None for kind in told.values())
    assert set(TITLES) == set(LegalEvent)
    assert len(LegalEvent) == 8


def test_a_ninth_type_does_not_exist() -> None:
    """Requirement: ALG-2."""
    for label in ("loitering", "face", "plate", "running", "begging", "intrusion", "group", ""):
        with pytest.raises(ValueError, match="is not a valid"):
            LegalEvent(label)


@pytest.mark.parametrize("name", DETECTORS)
def test_a_detector_says_what_it_does_not_show_and_what_its_score_is(name: str) -> None:
    detector = DETECTORS[name]

    assert detector.event in LegalEvent
    assert detector.name == str(detector.event)
    for told in (detector.title, detector.limits, detector.unit):
        assert set(told) == {"fr", "en"}
    assert len(detector.limits["fr"]) > 80
    assert detector.proof in {"fitted", "not_validated"}, "no field footage has been seen"


@pytest.mark.parametrize("name", DETECTORS)
def test_every_setting_is_bounded_and_explained(name: str) -> None:
    schema = DETECTORS[name].parameters.model_json_schema()

    assert all(one.get("description") for one in schema["properties"].values())
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("name", DETECTORS)
def test_an_empty_noisy_scene_is_silent(name: str) -> None:
    assert found(DETECTORS[name], render([], 14.0, rain=15), ZONE) == []


@pytest.mark.parametrize("event", [LegalEvent.WEAPON, LegalEvent.FIRE, LegalEvent.FALL])
def test_nothing_is_offered_for_what_has_no_evidence(event: LegalEvent) -> None:
    assert event not in {one.event for one in DETECTORS.values()}
