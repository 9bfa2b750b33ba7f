"""What this house tells the public as CAP, read by the connector of another house.

Requirement: R1.
"""

from __future__ import annotations

from datetime import timedelta

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.foresight.informing.sample import HOUR_US, NOW_US, entry, message, published

from vigie.base.clock import from_us
from vigie.foresight.informing import cap
from vigie.foresight.informing.issue import Speaker, issue_at
from vigie.foresight.informing.standing import fold
from vigie.intake.messages import cap as reader
from vigie.intake.messages.tree import read_xml

REAL = Speaker("Marseille", "vigie@ville.example", "Actual", "", "Europe/Paris")
TEST = Speaker("Marseille", "vigie@ville.example", "Test", "", "Europe/Paris")


def documents(speaker: Speaker = REAL) -> list[bytes]:
    """Return an alert, its update and its cancellation."""
    first = message(category="Met", title_fr="Vent violent", title_en="Strong wind")
    rows = published(first, message(category="Met", text_fr="Le vent forcit."))
    rows.append(entry(9, "withdraw", "b", NOW_US + HOUR_US, message(category="Met")))
    found = []
    for n, at in ((4, NOW_US + HOUR_US // 2), (8, NOW_US + HOUR_US // 2), (9, NOW_US + HOUR_US)):
        issue = issue_at(fold(rows[:n]), at)
        assert issue is not None
        found.append(cap.alert(issue, speaker))
    return found


def test_an_alert_becomes_one_plan_and_its_end_ends_it(lab) -> None:
    alert, update, cancel = documents()
    (told,) = lab.run("vigilance", alert).records["plans"]
    assert told["state"] == "authorised"
    assert told["starts_at"] == from_us(NOW_US + HOUR_US)
    assert told["ends_at"] - told["starts_at"] == timedelta(hours=7)
    newer = {one["source_ref"]: one for one in lab.run("vigilance", update).records["plans"]}
    assert newer[told["source_ref"]]["state"] == "cancelled"
    assert [one["state"] for ref, one in newer.items() if ref != told["source_ref"]] == [
        "authorised"
    ]
    ended = lab.run("vigilance", cancel).records["plans"]
    assert {one["source_ref"] for one in ended} == set(newer)
    assert {one["state"] for one in ended} == {"cancelled"}


def test_an_exercise_never_enters_as_if_it_were_meant(lab) -> None:
    for document in documents(TEST):
        outcome = lab.run("vigilance", document)
        assert outcome.counts == {}
        assert outcome.rejected == {"not_actual": 1}


@given(
    st.lists(
        st.tuples(
            st.floats(5.1, 5.6).map(lambda x: round(x, 5)),
            st.floats(43.1, 43.4).map(lambda y: round(y, 5)),
        ),
        min_size=3,
        max_size=3,
        unique=True,
    ).filter(lambda corners: shapely.Polygon(corners).area > 1e-6)
)
@settings(max_examples=40, deadline=None)
def test_a_ring_comes_back_where_it_was(corners) -> None:
    ring = (*corners, corners[0])
    issue = issue_at(fold(published(message(rings=(ring,)))), NOW_US + HOUR_US)
    assert issue is not None
    _, tree = read_xml(cap.alert(issue, REAL))
    alert = reader.read_alert(tree, "Europe/Paris")
    for info in alert.infos:
        ((shape,), unread) = reader.areas([info])
        assert unread == 0
        assert shape.equals(shapely.Polygon(ring))
        assert reader.interval(info, alert.sent_us, "UTC") == (
            NOW_US + HOUR_US,
            NOW_US + 8 * HOUR_US,
        )
