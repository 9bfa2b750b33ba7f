"""Last year's file for this year's event."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.foresight.dossier.files import KICK_OFF, contents, plan, whole

from vigie.base.clock import from_us, to_us
from vigie.foresight.dossier.model import Content, Origin
from vigie.foresight.dossier.reusing import (
    PastFile,
    Span,
    likeness,
    moved,
    proposals,
    taken_over,
)

DAY_US = 86_400_000_000
MINUTE_US = 60_000_000
SPANS = st.tuples(st.integers(0, 10**7), st.integers(1, 10**4)).map(
    lambda one: Span(one[0] * MINUTE_US, (one[0] + one[1]) * MINUTE_US)
)
"""Events on whole minutes."""

ORIGIN = Origin(plan_id="old", version=3)


def past(plan_id: str = "old", **changes: object) -> PastFile:
    values = {
        "plan_id": plan_id,
        "version": 1,
        "kind": "event.sport.match",
        "title": "Football : Marseille - Nice",
        "place_id": "stadium",
        "starts_us": to_us(KICK_OFF) - 30 * DAY_US,
        "state": "closed",
    }
    return PastFile(**values | changes)


def test_same_kind_and_venue_come_first_and_say_why() -> None:
    files = [
        past("elsewhere", place_id="other"),
        past("same"),
        past("fireworks", kind="event.culture.fireworks", title="Feu", place_id=None),
        past("match"),
        past("later", starts_us=to_us(KICK_OFF) + DAY_US),
    ]
    found = proposals(plan(), files)
    assert [one.file.plan_id for one in found] == ["same", "elsewhere"]
    assert found[0].same_kind
    assert found[0].same_venue
    assert not found[1].same_venue
    assert 0 < found[0].title < 1


def test_of_equals_the_newer_comes_first() -> None:
    older = past("older", starts_us=to_us(KICK_OFF) - 400 * DAY_US)
    assert [one.file.plan_id for one in proposals(plan(), [older, past("newer")])] == [
        *("newer", "older"),
    ]


def test_titles_are_compared_without_years_accents_and_small_words() -> None:
    assert likeness("Fête de la musique 2025", "fete de musique, 2026") == 1.0
    assert likeness("", "") == 0.0


@given(SPANS, SPANS, st.lists(st.integers(-(10**12), 2 * 10**15), min_size=2, max_size=2))
def test_order_is_kept_and_the_start_and_end_meet_theirs(
    was: Span, now: Span, times: list[int]
) -> None:
    first, second = (moved(from_us(at), was, now) for at in sorted(times))
    assert first <= second + timedelta(minutes=1)
    assert to_us(moved(from_us(was.starts_us), was, now)) == now.starts_us
    assert to_us(moved(from_us(was.ends_us), was, now)) == now.ends_us


@given(SPANS, st.integers(-(10**14), 10**14), st.integers(0, 10**15))
def test_an_event_of_equal_length_moves_everything_alike(was: Span, by: int, at: int) -> None:
    now = Span(was.starts_us + by, was.ends_us + by)
    shift = to_us(moved(from_us(at), was, now)) - at
    assert abs(shift - by) <= 30_000_000


@given(contents(), SPANS)
def test_what_is_taken_over_is_coherent_and_keeps_its_places(content: Content, now: Span) -> None:
    was = Span(to_us(KICK_OFF), to_us(KICK_OFF) + 7_200_000_000)
    taken = taken_over(content, ORIGIN, was, now)
    assert Content.model_validate(taken.model_dump(mode="json")) == taken
    assert [post.place for post in taken.posts] == [post.place for post in content.posts]
    assert [post.id for post in taken.posts] == [post.id for post in content.posts]


def test_what_belongs_to_that_day_alone_is_emptied() -> None:
    content = whole(after={"lessons": "Bien."})
    was = Span(to_us(KICK_OFF), to_us(KICK_OFF) + 7_200_000_000)
    taken = taken_over(content, ORIGIN, was, Span(was.starts_us + DAY_US, was.ends_us + DAY_US))
    assert taken.after.lessons == ""
    assert taken.figures == ()
    assert not taken.checklist[0].done
    assert taken.documents[0].sha256 == ""
    assert taken.origin == ORIGIN
    assert taken.posts[0].from_at - content.posts[0].from_at == timedelta(days=1)
    assert taken.messages[0].at - content.messages[0].at == timedelta(days=1)
