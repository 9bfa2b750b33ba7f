"""What everybody may read: stored releases and the noise budget; reading draws nothing."""

from __future__ import annotations

import httpx
import pytest

import vigie.detectors
from vigie.base.clock import FixedClock
from vigie.cli.publish import publisher_of
from vigie.situation.home import Home
from vigie.watch.vision.detector import discover
from vigie.web.answers.civic import RegisterAnswer

Own = tuple[Home, FixedClock, httpx.Client]


def test_nobody_needs_to_sign_in_to_read_a_release_and_its_price(own: Own) -> None:
    home, _, client = own
    release = publisher_of(home).publish("zone_themes")

    listed = client.get("/api/public/figures").json()["items"]
    read = client.get("/api/public/figures/zone_themes/2026-W12")
    budget = client.get("/api/budget").json()

    assert {one["table"]: one["weeks"] for one in listed}["zone_themes"] == ["2026-W12"]
    assert read.json() == release
    assert all(one["half_width"] > 0 for one in read.json()["figures"])
    assert (budget["week_limit"], budget["year_limit"]) == (1.0, 20.0)
    assert budget["items"][0]["week_left"] == pytest.approx(0.75)


def test_a_release_that_was_never_drawn_is_not_drawn_for_asking(own: Own) -> None:
    home, _, client = own

    assert client.get("/api/public/figures/zone_themes/2026-W11").status_code == 404
    assert client.get("/api/public/figures/zone_themes/now").status_code == 422
    assert client.get("/api/public/figures/persons/2026-W11").status_code == 404
    assert client.get("/api/budget").json()["items"] == []
    assert not (home.path / "civic" / "releases").exists()


def test_anybody_may_read_the_register_of_what_runs(own: Own) -> None:
    """Requirement: VID-8, AIA-6."""
    home, _, client = own
    register = client.get("/api/public/register").json()

    RegisterAnswer.model_validate(register)
    assert {one["name"] for one in register["algorithms"]} == {
        *home.analyses,
        *home.rules,
        *discover(vigie.detectors),
        *("tagger", "forecast", "event_effects", "what_if", "adequacy", "allocation"),
        *("linkage", "crowding", "danger_note"),
    }
    assert {one["source"] for one in register["sources"]} == {
        one.source for one in home.intake.sources()
    }
    cameras = home.lake.scan("places").to_pylist()
    shown = [one for one in cameras if one["kind"].startswith("place.camera")]
    assert len(register["cameras"]) == len(shown) > 0
