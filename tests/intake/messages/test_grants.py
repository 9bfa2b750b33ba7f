"""A grant is whole or it is none, and opens nothing but what it names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import to_us
from vigie.intake.messages.grants import read_grant

TYPES = ("fall", "fire")
SAID = {
    "legal_basis": "loi 2023-380 art. 10",
    "order": "13-2026-VA-004",
    "model": "detecteur 2.1",
    "attestation": "ATT-19",
    "threshold": 0.8,
    "cameras": {"a": [5.37, 43.29], "b": "nowhere"},
    "types": ["fall"],
    "dated": "2026-11-01T00:00:00+01:00",
    "from": "2026-11-20T08:00:00+01:00",
    "to": "2026-11-24T08:00:00+01:00",
}
FROM, TO = 1_795_158_000_000_000, 1_795_503_600_000_000


@pytest.mark.parametrize("part", sorted(SAID))
@pytest.mark.parametrize("wrong", [None, "", [], {}, 0], ids=str)
def test_a_grant_without_one_of_its_parts_is_none(part, wrong):
    assert read_grant(SAID | {part: wrong}, TYPES) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"types": ["fall", "loitering"]},
        {"types": "fall"},
        {"from": "2026-11-20T08:00:00"},
        {"to": "demain"},
        {"from": SAID["to"], "to": SAID["from"]},
        {"to": SAID["from"]},
        {"dated": "0001-01-01T00:00:00+14:00"},
    ],
    ids=str,
)
def test_a_grant_that_means_nothing_is_none(changed):
    assert read_grant(SAID | changed, TYPES) is None


def test_cameras_have_a_position_where_it_is_one():
    assert read_grant(SAID, TYPES).cameras == {"a": (5.37, 43.29), "b": None}
    assert read_grant(SAID | {"cameras": ["a", "b"]}, TYPES).cameras == {"a": None, "b": None}


@given(st.integers(FROM - 10, FROM + 10) | st.integers(TO - 10, TO + 10), st.integers(0, 20))
def test_a_grant_holds_to_the_microsecond_for_the_event_and_for_its_receipt(at, late):
    grant = read_grant(SAID, TYPES)

    assert grant.allows("fall", "a", at, at + late) == (at >= FROM and at + late < TO)
    assert not grant.allows("fire", "a", at, at + late)
    assert not grant.allows("fall", "c", at, at + late)


@given(st.integers(-10, 10))
def test_a_grant_does_not_hold_before_it_was_signed(us):
    middle = (FROM + TO) // 2
    grant = read_grant(SAID, TYPES)
    signed = type(grant)(grant.texts, grant.cameras, grant.types, middle, FROM, TO)

    assert signed.allows("fall", "a", middle + us, middle + us) == (us >= 0)


def test_an_aware_instant_is_an_instant():
    from datetime import UTC, datetime

    at = datetime(2026, 11, 20, tzinfo=UTC)
    assert read_grant(SAID | {"from": at}, TYPES).from_us == to_us(at)
