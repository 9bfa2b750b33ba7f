"""The database itself knows eight types and writes over nothing that was signed or said."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from vigie.base.clock import FixedClock, now_us
from vigie.desk.detection_tables import EIGHT
from vigie.desk.detections import Terms
from vigie.desk.store import Desk
from vigie.model.legal_events import LegalEvent

HOUR_US = 3_600_000_000


def terms(desk: Desk, clock: FixedClock, **changes: Any) -> Terms:
    at = now_us(clock)
    ring = ((5.0, 43.0), (5.1, 43.0), (5.1, 43.1))
    told = Terms(
        "text", "order", "att", "match", "place", ring, ("c1",), ("fire", "fall"), "by",
        at, at, at + HOUR_US,
    )  # fmt: skip
    return replace(told, **changes)


def detection(grant_id: str, **changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "grant_id": grant_id, "type": "density", "camera": "c1", "zone": "z", "detector": "density",
        "version": "1", "parameters": {"a": 1}, "from_us": 1, "raised_us": 2, "to_us": 3,
        "lasts": True, "score": 1.0, "level": "", "path": [[1, 0.0, 0.0, 1.0, 1.0]],
    }  # fmt: skip
    return told | changes


def run(desk: Desk, statement: str) -> None:
    with desk.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_grant_is_kept_as_signed_and_ended_once(desk: Desk, clock: FixedClock) -> None:
    """Requirement: ALG-1."""
    held = desk.detections.give(terms(desk, clock), who="ada", role="admin")
    clock.advance(timedelta(minutes=5))
    ended = desk.detections.end(held.grant_id, who="dpo", reason="no basis")

    assert held.terms.types == ("fire", "fall")
    assert desk.detections.grants() == [replace(ended, terms=ended.terms)]
    assert ended.ended_us == now_us(clock)
    assert sorted(ended.terms.types) == ["fall", "fire"]


@pytest.mark.parametrize("kind", ["face", "plate", "loitering", "FIRE", ""])
def test_the_database_refuses_a_ninth_type(desk: Desk, clock: FixedClock, kind: str) -> None:
    """Requirement: ALG-2."""
    with pytest.raises(IntegrityError):
        desk.detections.give(terms(desk, clock, types=(kind,)), who="ada", role="admin")
    with pytest.raises(IntegrityError):
        desk.detections.raised(detection("g1", type=kind))
    assert desk.detections.grants() == []


def test_all_eight_are_taken(desk: Desk, clock: FixedClock) -> None:
    """Requirement: ALG-2."""
    every = tuple(str(one) for one in LegalEvent)
    held = desk.detections.give(terms(desk, clock, types=every), who="ada", role="admin")

    assert set(desk.detections.grants()[0].terms.types) == set(every)
    for kind in every:
        desk.detections.raised(detection(held.grant_id, type=kind))


def test_a_detection_without_a_grant_cannot_be_stored(desk: Desk) -> None:
    """Requirement: ALG-1."""
    with pytest.raises(IntegrityError):
        desk.detections.raised(detection(""))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE detection_grants SET to_us = to_us + 1",
        "UPDATE detection_grants SET legal_basis = 'other'",
        "UPDATE detection_grant_types SET type = 'weapon'",
        "UPDATE detections SET camera = 'c2'",
        "UPDATE detections SET grant_id = 'g2'",
        "UPDATE detection_verdicts SET verdict = 'true'",
    ],
)
def test_what_was_signed_or_said_is_not_written_over(
    desk: Desk, clock: FixedClock, statement: str
) -> None:
    """Requirement: ALG-5."""
    held = desk.detections.give(terms(desk, clock), who="ada", role="admin")
    name = desk.detections.raised(detection(held.grant_id))
    desk.detections.judge(name, "false", who="op", role="operator")
    with pytest.raises(IntegrityError, match="append only"):
        run(desk, statement)


def test_a_detection_goes_on_until_it_ends(desk: Desk, clock: FixedClock) -> None:
    name = desk.detections.raised(detection("g1"))
    desk.detections.went_on(name, detection("g1", to_us=9, lasts=False, score=2.0))
    (row,) = desk.detections.between(0, 10, limit=5)

    assert (row["to_us"], row["lasts"], row["score"], row["verdict"]) == (9, False, 2.0, None)
    assert desk.detections.between(3, 10, limit=5) == []


def test_the_newest_verdict_stands_with_its_delay(desk: Desk, clock: FixedClock) -> None:
    """Requirement: ALG-5."""
    name = desk.detections.raised(detection("g1", raised_us=now_us(clock)))
    clock.advance(timedelta(seconds=20))
    desk.detections.judge(name, "false", who="op", role="operator")
    desk.detections.judge(name, "true", who="head", role="shift_head")

    (stands,) = desk.detections.verdicts(0)
    assert (stands.number, stands.verdict, stands.delay_us) == (2, "true", 20_000_000)
    assert desk.detections.get(name)["verdict"] == "true"
    with pytest.raises(IntegrityError):
        desk.detections.judge(name, "maybe", who="op", role="operator")


def test_the_check_is_the_same_in_code_and_in_the_migration() -> None:
    """Requirement: ALG-2."""
    versions = Path(__file__).parents[2] / "src/vigie/desk/migrations/versions"
    (path,) = versions.glob("*_detection.py")
    spec = importlib.util.spec_from_file_location("migration", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert module.EIGHT == EIGHT


def test_each_is_forgotten_by_its_own_term(desk: Desk, clock: FixedClock) -> None:
    """Requirement: VID-2."""
    held = desk.detections.give(terms(desk, clock), who="ada", role="admin")
    name = desk.detections.raised(detection(held.grant_id, to_us=3))
    desk.detections.judge(name, "false", who="op", role="operator")
    now = now_us(clock)

    assert desk.retention.ended("detections", 4) == [(name, 3)]
    assert desk.retention.ended("detection_verdicts", now) == []
    assert desk.retention.ended("detection_grants", now + 2 * HOUR_US)[0][0] == held.grant_id
    desk.retention.erase("detections", [name])
    assert desk.detections.between(0, 1 << 60, limit=9) == []
    assert len(desk.detections.verdicts(0)) == 1
    desk.retention.erase("detection_grants", [held.grant_id])
    assert desk.detections.grants() == []
