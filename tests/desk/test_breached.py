"""Breached passwords: the set that comes with Vigie, and how it is packed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.errors import WrongUsage
from vigie.desk import breached
from vigie.desk.passwords import check_policy

TOP = 3_000


def test_the_set_holds_more_than_the_three_thousand_most_common_that_the_policy_would_allow():
    assert breached.how_many() > 10 * TOP


@pytest.mark.parametrize("known", ["1qaz2wsx3edc", "Q1w2e3r4t5y6", "leavemealone", "unbelievable"])
def test_a_breached_password_is_refused_in_whatever_case(known):
    with pytest.raises(WrongUsage) as caught:
        check_policy(known, login="amina")

    assert "breaches" in caught.value.params["reason"]


@pytest.mark.parametrize("own", ["neuf chevaux dans la rade", "Tilleul-Cabane-41-Ourse"])
def test_a_phrase_of_ones_own_is_not(own):
    check_policy(own, login="amina")


@given(st.lists(st.text(max_size=20), max_size=20))
def test_what_is_packed_is_sorted_once_and_long_enough(passwords):
    packed = breached.pack(passwords)
    parts = [packed[at : at + 5] for at in range(0, len(packed), 5)]
    kept = {one.strip().casefold() for one in passwords if "@" not in one}

    assert len(packed) % 5 == 0
    assert parts == sorted(set(parts))
    assert len(parts) <= sum(len(one) >= 6 for one in kept)
    assert breached.pack(["short", "an@address.example"]) == b""
