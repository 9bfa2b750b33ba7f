"""What disrupts now is a fact; what is announced is a plan whose title names nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import from_us, to_us
from vigie.intake.messages.disruptions import Disruption, Period, add_disruption
from vigie.intake.messages.rows import Rows

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
US = to_us(START)
DAY_US = 86_400_000_000
TOLD = Disruption(
    source_ref="S1",
    revision=7,
    kind="road.transit.detour",
    planned=False,
    periods=(Period(US, US + DAY_US),),
    said_us=US - 60_000_000,
    cause="roadworks",
    effect="diverted",
    lines=("21", "M1"),
    text="Rue barrée, appeler Zélie",
    language="fr",
)


def made(told: Disruption):
    rows = Rows("facts", "plans")
    with rows.row(b""):
        add_disruption(rows, told)
    (parsed,) = rows.parsed()
    (row,) = parsed.table.to_pylist()
    return parsed, row


def test_a_fact_begins_with_its_period_and_its_text_goes_to_the_narratives():
    parsed, fact = made(TOLD)

    assert (parsed.kind, fact["kind"], fact["status"]) == ("facts", "road.transit.detour", "open")
    assert fact["earliest_at"] == fact["latest_at"] == START
    assert parsed.narratives.to_pylist() == [TOLD.text]
    assert dict(fact["attributes"]) == {
        "lines": "21,M1", "cause": "roadworks", "effect": "diverted",
        "until": "2026-11-24T09:00:00Z",
    }  # fmt: skip
    assert "Zélie" not in str(fact)


@pytest.mark.parametrize(
    ("language", "lines", "title"),
    [
        ("fr", ("21", "M1"), "Déviation de ligne : 21, M1"),
        ("en", ("21",), "Line detour: 21"),
        ("fr", (), "Déviation de ligne"),
        ("fr", tuple("abcdefgh"), "Déviation de ligne : a, b, c, d, e, f…"),
    ],
)
def test_a_plan_s_title_is_made_of_the_effect_and_the_lines(language, lines, title):
    parsed, plan = made(replace(TOLD, planned=True, language=language, lines=lines))

    assert (parsed.kind, plan["title"], plan["state"]) == ("plans", title, "declared")
    assert parsed.narratives is None
    assert "Zélie" not in str(plan)


@pytest.mark.parametrize("end", [None, US + 4_000 * DAY_US])
def test_an_end_that_nobody_knows_is_a_day_and_says_so(end):
    _, plan = made(replace(TOLD, planned=True, periods=(Period(US, end),)))
    _, fact = made(replace(TOLD, periods=(Period(US, end),)))

    assert plan["ends_at"] - plan["starts_at"] == timedelta(days=1)
    assert dict(plan["attributes"])["open_end"] == "true"
    assert "until" not in dict(fact["attributes"])


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=5),
    st.integers(-900, 1_800),
    st.booleans(),
)
def test_a_plan_spans_its_periods_and_never_ends_before_it_starts(periods, said, closed):
    spans = tuple(Period(US + start, US + start + length) for start, length in periods)
    told = replace(TOLD, planned=True, periods=spans, said_us=US + said, closed=closed)
    _, plan = made(told)
    starts_us = min(start for start, _ in spans)

    assert plan["starts_at"] == from_us(starts_us)
    assert plan["ends_at"] >= plan["starts_at"]
    assert (plan["state"] == "cancelled") == (closed and US + said < starts_us)
    if not closed:
        assert plan["ends_at"] == from_us(max(end for _, end in spans if end is not None))


def test_a_closed_fact_is_closed():
    assert made(replace(TOLD, closed=True))[1]["status"] == "closed"
