"""The law before the pictures: second by second, metre by metre, type by type."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.errors import DetectionClosed
from vigie.model.legal_events import LegalEvent
from vigie.model.times import SECOND_US
from vigie.watch.vision.permit import Permit, UnderGrants

FROM, TO = 1_000 * SECOND_US, 2_000 * SECOND_US
RING = ((5.36, 43.29), (5.38, 43.29), (5.38, 43.30), (5.36, 43.30))
METRE = 1.0 / 111_320.0
INSIDE = (5.37, 43.295)
PERMIT = Permit(
    "g1", frozenset({LegalEvent.WRONG_WAY}), frozenset({"cam-1"}), RING, FROM - 10, FROM, TO
)


@given(st.integers(-5_000_000, 5_000_000), st.sampled_from([FROM, TO]))
def test_it_opens_and_closes_on_the_microsecond(offset: int, border: int) -> None:
    """Requirement: ALG-1, ALG-7."""
    open_now = PERMIT.refusal("wrong_way", "cam-1", INSIDE, border + offset) == ""

    assert open_now == (FROM <= border + offset < TO)


@pytest.mark.parametrize(("north", "allowed"), [(43.30 - METRE, True), (43.30 + METRE, False)])
def test_it_opens_and_closes_on_the_metre(north: float, allowed: bool) -> None:
    """Requirement: ALG-1."""
    assert (PERMIT.refusal("wrong_way", "cam-1", (5.37, north), FROM) == "") == allowed


@pytest.mark.parametrize(
    ("event", "camera", "point", "why"),
    [
        ("density", "cam-1", INSIDE, "other_type"),
        ("face", "cam-1", INSIDE, "other_type"),
        ("wrong_way", "cam-2", INSIDE, "other_camera"),
        ("wrong_way", "cam-1", None, "other_place"),
    ],
)
def test_it_opens_for_its_camera_place_and_type_alone(event, camera, point, why) -> None:
    """Requirement: ALG-1, ALG-2."""
    assert PERMIT.refusal(event, camera, point, FROM) == why


def test_it_opens_nothing_before_it_is_signed_or_after_it_is_ended() -> None:
    """Requirement: ALG-1."""
    late = replace(PERMIT, signed_us=FROM + 5)
    ended = replace(PERMIT, ended_us=FROM + 9)

    assert late.refusal("wrong_way", "cam-1", INSIDE, FROM + 4) == "not_yet"
    assert late.refusal("wrong_way", "cam-1", INSIDE, FROM + 5) == ""
    assert ended.refusal("wrong_way", "cam-1", INSIDE, FROM + 8) == ""
    assert ended.refusal("wrong_way", "cam-1", INSIDE, FROM + 9) == "over"


def test_without_a_grant_nothing_is_chosen_and_nothing_unchosen_opens() -> None:
    """Requirement: ALG-1."""
    for permits, why in (((), "no_grant"), ((replace(PERMIT, to_us=FROM + 1),), "over")):
        with pytest.raises(DetectionClosed) as refused:
            UnderGrants(permits, "cam-1", INSIDE).chosen(LegalEvent.WRONG_WAY, FROM + 5, FROM + 5)
        assert refused.value.params["why"] == why
    with pytest.raises(DetectionClosed):
        UnderGrants((PERMIT, PERMIT), "cam-1", INSIDE).check(LegalEvent.WRONG_WAY, FROM, FROM)


def test_recorded_pictures_and_the_clock_must_both_be_within() -> None:
    """Requirement: ALG-1."""
    under = UnderGrants((PERMIT,), "cam-1", INSIDE)

    assert under.chosen(LegalEvent.WRONG_WAY, FROM, FROM).grant_id == "g1"
    for at_us, now_us in ((FROM - 1, FROM), (FROM, TO)):
        with pytest.raises(DetectionClosed):
            under.chosen(LegalEvent.WRONG_WAY, at_us, now_us)
