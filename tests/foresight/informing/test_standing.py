"""Nothing is public that another hand did not approve as it stands, nor a moment too long.

Requirement: R1.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.foresight.informing.sample import HOUR_US, NOW_US, entry, message, published

from vigie.desk.public_messages import MessageEntry
from vigie.foresight.informing.standing import ACTS, MessageStepRefused, Standing, fold

HANDS = ("a", "b", "c")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.sampled_from(HANDS),
        st.integers(-2, 12),
        st.integers(0, 2),
        st.integers(1, 10),
    ),
    max_size=14,
)
"""Act, hand, hour of the clock (it may go back), which text, hour of expiry."""


def walk(steps: list[tuple[str, str, int, int, int]]) -> list[MessageEntry]:
    """Return the acts among some that are let in, each tried on what stands then."""
    standing, kept = Standing(), []
    for act, hand, hour, text, expiry in steps:
        told = message(title_fr=f"Texte {text}", expires_us=NOW_US + expiry * HOUR_US)
        one = entry(standing.number + 1, act, hand, NOW_US + hour * HOUR_US, told)
        if act != "draft" and standing.last is not None:
            before = standing.working or standing.last
            one = replace(one, content=before.content, expires_us=before.expires_us)
        try:
            standing = standing.follow(one)
        except MessageStepRefused:
            continue
        kept.append(one)
    return kept


@given(STEPS, st.integers(-3, 14))
def test_what_is_public_was_approved_by_another_hand_and_is_not_over(steps, hour) -> None:
    """Whatever is tried by whom at whatever clock: the rules hold of what may be read."""
    kept, at = walk(steps), NOW_US + hour * HOUR_US
    standing = fold(kept)
    told, cancelled = standing.public_at(at), standing.cancelled_at(at)
    assert told is None or cancelled is None
    if told is not None:
        assert at < told.expires_us
        assert told.at_us < told.expires_us
        assert not any(one.act == "withdraw" for one in kept)
        before = kept[: told.number - 1]
        approval = next(one for one in reversed(before) if one.act == "approve")
        draft = next(one for one in reversed(before) if one.act == "draft")
        assert draft.number < approval.number
        assert approval.content == told.content == draft.content
        wrote = {one.hand for one in kept[draft.number - 1 : told.number] if one.act == "submit"}
        assert approval.hand not in wrote | {draft.hand}
    if cancelled is not None:
        assert any(one.act == "publish" for one in kept)
        assert at < cancelled.expires_us


@given(STEPS)
def test_folding_again_what_was_let_in_gives_the_same(steps) -> None:
    kept = walk(steps)
    assert [one.number for one in kept] == list(range(1, len(kept) + 1))
    assert fold(kept) == fold(list(kept))


@given(st.integers(0, 3), st.sampled_from(ACTS), st.sampled_from(HANDS), st.booleans())
def test_a_row_that_another_hand_slipped_in_is_refused(at, act, hand, other_text) -> None:
    """A publication whose text, number or order is not what was approved is never told."""
    rows = published(message())
    slipped = entry(at + 1, act, hand, NOW_US, message(title_fr="Autre") if other_text else None)
    forged = [*rows[:at], slipped, *rows[at + 1 :]]
    try:
        standing = fold(forged)
    except MessageStepRefused:
        return
    told = standing.public_at(NOW_US + HOUR_US)
    if told is not None:
        assert told.content == message().to_json() == forged[2].content
        assert forged[2].hand not in {forged[0].hand, forged[1].hand}


def test_the_moment_of_expiry_is_already_too_late() -> None:
    standing = fold(published(message()))
    over = message().expires_us
    assert standing.public_at(over - 1) is not None
    assert standing.public_at(over) is None
    assert (standing.state_at(over - 1), standing.state_at(over)) == ("published", "expired")
    with pytest.raises(MessageStepRefused):
        standing.follow(entry(5, "draft", "a", over))


def test_one_hand_is_not_two_even_after_others_wrote() -> None:
    rows = [entry(1, "draft", "a"), entry(2, "draft", "b"), entry(3, "submit", "b")]
    standing = fold(rows)
    for hand, why in (("a", "same_hand"), ("b", "same_hand"), ("c", "")):
        assert standing.refusal("approve", hand, NOW_US) == why


def test_what_was_sent_back_needs_a_new_approval() -> None:
    rows = published(message())[:3]
    sent_back = fold([*rows, entry(4, "refuse", "c")])
    assert sent_back.state_at(NOW_US) == "draft"
    assert sent_back.refusal("publish", "c", NOW_US) == "state"


def test_an_update_is_prepared_beside_what_is_public() -> None:
    first, second = message(), message(title_fr="Feu d’artifice reporté")
    rows = [*published(first), entry(5, "draft", "a", told=second)]
    told = fold(rows).public_at(NOW_US + HOUR_US)
    assert told is not None
    assert told.content == first.to_json()
    whole = fold(published(first, second)).public_at(NOW_US + HOUR_US)
    assert whole is not None
    assert whole.content == second.to_json()


def test_a_message_that_was_withdrawn_is_cancelled_until_it_would_have_been_over() -> None:
    standing = fold([*published(message()), entry(5, "withdraw", "a")])
    over = message().expires_us
    assert standing.public_at(NOW_US) is None
    assert standing.cancelled_at(over - 1) is not None
    assert standing.cancelled_at(over) is None
    assert standing.refusal("draft", "a", NOW_US) == "closed"
