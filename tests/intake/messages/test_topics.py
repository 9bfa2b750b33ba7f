"""A topic is one name, and comes back from it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.messages.topics import label_of, topic_of


@given(st.text(alphabet="ab/%2F5é ", max_size=20))
def test_a_topic_comes_back_from_its_name(topic):
    label = label_of(topic, 200)

    assert "/" not in label
    assert topic_of(label) == topic


def test_a_name_is_as_long_as_it_may_be():
    assert len(label_of("a/" * 500, 200)) == 200
