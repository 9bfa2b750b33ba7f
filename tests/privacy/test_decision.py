"""The decision: every cell of the charter, every question beside it; reasons, glass, partners."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib.resources import files
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rows import for_each

from vigie.privacy.charter import (
    CLASSES,
    PLANES,
    ROLES,
    Grant,
    Limits,
    read_charter,
    shipped_charter,
)
from vigie.privacy.decision import LEAST_REASON, REVIEW_US, Ask, Decision, Glass, decide
from vigie.privacy.purposes import Purpose, Verb

CHARTER = shipped_charter()
REASON = "Contrôle de la ligne 4"
EVERYTHING = list(product(ROLES, Purpose, PLANES, Verb))
HOUR_US = 3_600_000_000


def written() -> set[tuple[str, str, str, str]]:
    """The cells of the file itself, read without the code under test."""
    text = files("vigie.privacy").joinpath("charter.toml").read_text("utf-8")
    return {
        cell
        for entry in tomllib.loads(text)["entry"]
        for cell in product(entry["roles"], entry["purposes"], entry["datasets"], entry["verbs"])
    }


def test_every_cell_is_open_and_every_other_question_is_refused() -> None:
    """Role x purpose x dataset x verb, all of them, against the file."""
    cells = written()
    assert len(EVERYTHING) > 9_000
    for role, purpose, dataset, verb in EVERYTHING:
        ask = Ask(role, dataset, verb, purpose=purpose, reason=REASON, partner="rescue")
        found = decide(CHARTER, ask)
        assert (found.grant is not None) == ((role, purpose, dataset, verb) in cells), ask
        assert (found.why == "granted") == (found.grant is not None)


def test_without_a_purpose_the_first_that_opens_is_taken() -> None:
    for role, dataset, verb in product(ROLES, PLANES, Verb):
        ask = Ask(role, dataset, verb, reason=REASON, partner="rescue")
        found = decide(CHARTER, ask)
        purposes = CHARTER.who_may(verb, dataset).get(role, ())
        assert (found.grant is not None) == bool(purposes)
        if purposes:
            assert found.purpose is purposes[0]


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (Ask("boss", "facts", "consult"), "role_unknown"),
        (Ask("", "facts", "consult"), "role_unknown"),
        (Ask("operator", "persons", "consult"), "dataset_unknown"),
        (Ask("operator", "facts", "peek"), "verb_unknown"),
        (Ask("operator", "facts", "consult", purpose="sales"), "purpose_unknown"),
        (Ask("operator", "facts", "consult", purpose="analysis"), "purpose_not_of_role"),
        (Ask("operator", "audit", "consult"), "not_in_charter"),
        (Ask("investigator", "facts", "consult"), "not_in_charter"),
        (Ask("partner", "facts", "consult"), "partner_unknown"),
        (Ask("partner", "facts", "consult", partner="nobody"), "partner_unknown"),
        (Ask("dpo", "audit", "consult"), "reason_required"),
        (Ask("dpo", "audit", "consult", reason="x" * (LEAST_REASON - 1)), "reason_required"),
        (Ask("dpo", "audit", "consult", reason=" x" * LEAST_REASON), "granted"),
        (Ask("dpo", "audit", "consult", reason="x" * LEAST_REASON), "granted"),
        (
            Ask("dpo", "audit", "consult", reason=REASON, last_reason=f" {REASON.upper()}  "),
            "reason_repeated",
        ),
        (Ask("dpo", "audit", "consult", reason=REASON, last_reason="another"), "granted"),
    ],
)
def test_a_refusal_is_named(ask: Ask, why: str) -> None:
    """Requirement: LED-2, LED-3."""
    assert decide(CHARTER, ask).why == why


@for_each(
    "row",
    [
        (Ask("partner", "facts", "consult"), Decision("partner_unknown", Purpose.LIVE_RESPONSE)),
        (Ask("dpo", "audit", "consult"), Decision("reason_required", Purpose.OVERSIGHT)),
        (
            Ask("dpo", "audit", "consult", reason=REASON, last_reason=REASON),
            Decision("reason_repeated", Purpose.OVERSIGHT),
        ),
        (Ask("dpo", "persons", "consult", purpose="oversight"), Decision("dataset_unknown")),
    ],
)
def test_a_refusal_tells_the_purpose_it_was_judged_by(row: tuple[Ask, Decision]) -> None:
    """The audit's line of it says what for."""
    ask, refused = row
    assert decide(CHARTER, ask) == refused


def test_spaces_are_no_reason() -> None:
    assert decide(CHARTER, Ask("dpo", "audit", "consult", reason=" " * 40)).why == "reason_required"


def test_counting_for_statistics_opens_nothing_live_and_live_nothing_statistical() -> None:
    """Requirement: ALG-6."""
    ask = Ask("shift_head", "facts", "consult", purpose="analysis")
    assert decide(CHARTER, ask).why == "not_in_charter"
    ask = Ask("shift_head", "figures", "combine", purpose="live_response")
    assert decide(CHARTER, ask).why == "not_in_charter"


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_anything_unknown_is_refused(role: str, purpose: str, dataset: str, verb: str) -> None:
    """Deny by default, whatever the words."""
    found = decide(CHARTER, Ask(role, dataset, verb, purpose=purpose, reason=REASON))
    assert (found.grant is not None) == ((role, purpose, dataset, verb) in written())


# --- Partners and delegation ---------------------------------------------------------------------


def test_a_partner_sees_the_feeds_of_its_service() -> None:
    found = decide(CHARTER, Ask("partner", "facts", "consult", partner="rescue"))
    assert found.grant is not None
    assert found.grant.limits.sources == {"rescue", "rescue_means"}


@given(
    st.none() | st.frozensets(st.sampled_from(["rescue", "rescue_means", "police", "reports"])),
    st.none() | st.frozensets(st.sampled_from(["sector:1", "sector:2"])),
    st.sampled_from(["rescue", "transport"]),
)
def test_a_delegation_only_takes_away(
    sources: frozenset[str] | None, zones: frozenset[str] | None, partner: str
) -> None:
    whole = decide(CHARTER, Ask("partner", "facts", "consult", partner=partner))
    ask = Ask("partner", "facts", "consult", partner=partner, limits=Limits(sources, zones))
    part = decide(CHARTER, ask)
    assert whole.grant is not None
    assert part.grant is not None
    assert part.grant.limits.sources is not None
    assert part.grant.limits.sources <= (whole.grant.limits.sources or frozenset())
    assert part.grant.limits.zones == zones


# --- Break-glass -------------------------------------------------------------------------------

ZONE = Glass("narratives", 10 * HOUR_US, 11 * HOUR_US, zone="arrondissement:1")
FACT = Glass("narratives", 10 * HOUR_US, 11 * HOUR_US, fact="fact-1")
THROUGH = Ask("planner", "narratives", "consult", at_us=10 * HOUR_US, glasses=(ZONE,))


def test_a_broken_glass_opens_one_dataset_in_one_zone() -> None:
    found = decide(CHARTER, THROUGH)
    assert found.why == "break_glass"
    assert found.grant is not None
    assert found.grant == Grant(
        frozenset(CLASSES), "exact", 0, Limits(zones=frozenset({"arrondissement:1"}))
    )


def test_several_glasses_open_what_each_opens() -> None:
    other = replace(ZONE, zone="arrondissement:2")
    found = decide(CHARTER, replace(THROUGH, glasses=(ZONE, other, FACT)))
    assert found.grant is not None
    assert found.grant.limits.zones == {"arrondissement:1", "arrondissement:2"}
    by_fact = decide(CHARTER, replace(THROUGH, glasses=(ZONE, FACT), fact="fact-1"))
    assert by_fact.grant is not None
    assert by_fact.grant.limits.zones is None


def test_a_broken_glass_opens_one_fact() -> None:
    ask = replace(THROUGH, glasses=(FACT,))
    assert decide(CHARTER, replace(ask, fact="fact-1")).why == "break_glass"
    assert decide(CHARTER, replace(ask, fact="fact-2")).grant is None
    assert decide(CHARTER, ask).grant is None


@pytest.mark.parametrize(
    "ask",
    [
        replace(THROUGH, verb="disclose"),
        replace(THROUGH, dataset="facts", role="elected"),
        replace(THROUGH, at_us=10 * HOUR_US - 1),
        replace(THROUGH, at_us=11 * HOUR_US),
        replace(THROUGH, glasses=()),
        replace(THROUGH, glasses=(Glass("narratives", 0, 24 * HOUR_US),)),
    ],
)
def test_a_broken_glass_opens_nothing_else(ask: Ask) -> None:
    assert decide(CHARTER, ask) == Decision("not_in_charter", CHARTER.roles[ask.role][0])


@given(
    at_us=st.integers(0, 200 * HOUR_US),
    opened_us=st.integers(0, 100 * HOUR_US),
    minutes=st.integers(1, 60),
)
def test_a_glass_is_open_exactly_while_it_lasts(at_us: int, opened_us: int, minutes: int) -> None:
    until = opened_us + minutes * 60_000_000
    glass = Glass("narratives", opened_us, until, zone="arrondissement:1")
    found = decide(CHARTER, replace(THROUGH, glasses=(glass,), at_us=at_us))
    assert (found.grant is not None) == (opened_us <= at_us < until)


@given(
    at_us=st.integers(0, 200 * HOUR_US),
    opened_us=st.integers(0, 100 * HOUR_US),
    reviewed_us=st.just(0) | st.integers(1, 200 * HOUR_US),
)
def test_a_glass_nobody_reviewed_is_overdue_after_a_day(
    at_us: int, opened_us: int, reviewed_us: int
) -> None:
    glass = Glass("narratives", opened_us, opened_us + 1, zone="z:1", reviewed_us=reviewed_us)
    assert glass.overdue(at_us) == (reviewed_us == 0 and at_us - opened_us >= REVIEW_US)
    last = opened_us + REVIEW_US
    assert [glass.overdue(at) for at in (last - 1, last)] == [False, not reviewed_us]


def test_where_the_charter_opens_it_no_glass_is_needed() -> None:
    ask = replace(THROUGH, role="operator")
    assert decide(CHARTER, ask).why == "granted"


def test_the_purpose_named_holds_through_the_glass() -> None:
    ask = replace(THROUGH, purpose="analysis")
    assert decide(CHARTER, ask).purpose is Purpose.ANALYSIS


def test_an_own_charter_decides_in_place_of_the_one_that_ships() -> None:
    text = files("vigie.privacy").joinpath("charter.toml").read_text("utf-8")
    narrower = text.replace('roles = ["operator", "shift_head"]', 'roles = ["shift_head"]')
    assert decide(read_charter(narrower), Ask("operator", "facts", "consult")).grant is None
