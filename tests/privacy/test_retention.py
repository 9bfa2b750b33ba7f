"""The kernel's terms: exact ends, no term beyond its ceiling, one regime for each store."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.rows import for_each

from vigie.base.clock import from_us, to_us
from vigie.privacy.retention import (
    DAY_US,
    Rule,
    RuleInvalid,
    Term,
    cutoff,
    expires_at,
    read_rules,
    rule_of,
)

PARIS = ZoneInfo("Europe/Paris")
TEXT = resources.files("vigie.privacy").joinpath("retention.toml").read_text(encoding="utf-8")
RULES = read_rules(TEXT)

instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(
    lambda at: to_us(at.replace(tzinfo=UTC))
)
zones = st.sampled_from(["Europe/Paris", "America/Martinique", "Pacific/Noumea", "Pacific/Apia"])
terms = st.one_of(
    st.builds(Term, st.integers(1, 800), st.just("days")),
    st.builds(Term, st.integers(1, 60), st.just("months")),
)


def rule(term: Term, *, by_day: bool = True) -> Rule:
    held = RULES["facts"]
    return Rule(
        "x", "x", "", (), "live", "led", "commune", held.purposes, term, term, "event", by_day,
        "erase", True, held.title, held.basis,
    )  # fmt: skip


def us(*parts: int) -> int:
    return to_us(datetime(*parts, tzinfo=PARIS))


@pytest.mark.parametrize(
    ("term", "by_day", "instant", "ends"),
    [
        # Thirty days of video: exact hours, through the change of hour and in a month of 31 days.
        ("30 days", False, us(2026, 3, 10, 8), us(2026, 4, 9, 9)),
        ("30 days", False, us(2026, 10, 10, 8), us(2026, 11, 9, 7)),
        ("30 days", False, us(2026, 1, 31, 23, 59), us(2026, 3, 2, 23, 59)),
        # A local day ends at its midnight, an hour early rather than late when winter comes.
        ("30 days", True, us(2026, 10, 10, 8), us(2026, 11, 8, 23)),
        ("30 days", True, us(2026, 3, 10, 8), us(2026, 4, 9)),
        # Months and years of the calendar; the last day of a month that is shorter.
        ("1 month", True, us(2026, 1, 31, 12), us(2026, 2, 28)),
        ("1 month", True, us(2028, 1, 31, 12), us(2028, 2, 29)),
        ("1 year", True, us(2028, 2, 29, 12), us(2029, 2, 28)),
        ("3 years", True, us(2026, 7, 14, 23), us(2029, 7, 14)),
        ("12 months", False, us(2026, 12, 31, 23), us(2027, 12, 31)),
    ],
)
def test_the_end_of_a_term_is_exact(term: str, by_day: bool, instant: int, ends: int) -> None:
    """Requirement: PM-2, LED-4."""
    found = expires_at(rule(Term.read(term, "x"), by_day=by_day), instant, PARIS)
    assert type(found) is int
    assert from_us(found) == from_us(ends)


@given(terms, st.booleans(), instants, zones)
def test_nothing_outlives_its_term_and_a_day_is_the_most_given_away(
    term: Term, by_day: bool, instant: int, name: str
) -> None:
    """Requirement: PM-2."""
    zone = ZoneInfo(name)
    end = expires_at(rule(term, by_day=by_day), instant, zone)
    local = from_us(instant).astimezone(zone).replace(tzinfo=None)
    if term.unit == "days":
        latest = instant + term.n * DAY_US
        earliest = latest if not by_day else latest - DAY_US - 2 * 3_600_000_000
    else:
        months = local.year * 12 + local.month - 1 + term.n
        first = date(months // 12, months % 12 + 1, 1)
        after = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
        day = min(local.date().day, (after - first).days)
        wall = datetime.combine(first.replace(day=day), local.time(), zone)
        latest = to_us(wall.replace(fold=1))
        earliest = latest - DAY_US - 2 * 3_600_000_000
    assert earliest <= end <= latest


@given(terms, st.booleans(), instants, instants, zones)
def test_what_is_older_never_ends_later(
    term: Term, by_day: bool, one: int, other: int, name: str
) -> None:
    first, second = sorted((one, other))
    of = rule(term, by_day=by_day)
    assert expires_at(of, first, ZoneInfo(name)) <= expires_at(of, second, ZoneInfo(name))


@given(terms, st.booleans(), instants, st.integers(-3 * DAY_US, 3 * DAY_US), zones)
@example(Term(1, "months"), True, us(2026, 3, 31), 0, "Europe/Paris")
def test_before_the_cutoff_all_has_ended_and_after_it_nothing(
    term: Term, by_day: bool, instant: int, shift: int, name: str
) -> None:
    """Nothing early, nothing late."""
    of, zone = rule(term, by_day=by_day), ZoneInfo(name)
    now = expires_at(of, instant, zone) + shift
    before = cutoff(of, now, zone)
    assert type(before) is int
    assert expires_at(of, before - 1, zone) <= now < expires_at(of, before, zone)
    assert (instant < before) == (expires_at(of, instant, zone) <= now)


@given(terms, terms, instants)
def test_a_term_within_another_never_ends_later(one: Term, other: Term, instant: int) -> None:
    if one.within(other):
        ends = [expires_at(rule(term), instant, PARIS) for term in (one, other)]
        assert ends[0] <= ends[1]


@given(terms)
def test_a_term_reads_as_it_is_written(term: Term) -> None:
    assert Term.read(str(term), "x") == term
    assert term.within(term)


@for_each(
    "row",
    [
        *(("60 days", "3 months"), ("28 days", "1 month"), ("365 days", "1 year")),
        *(("730 days", "2 years"), ("421 days", "14 months"), ("31 days", "31 days")),
        *(("1 month", "31 days"), ("1 year", "366 days"), ("14 months", "428 days")),
        *(("2 years", "732 days"), ("11 months", "1 year")),
    ],
)
def test_terms_of_days_and_of_months_are_compared_on_the_safe_side(row: tuple[str, str]) -> None:
    """Whatever the months and years it runs through: the shortest and the longest there are."""
    one, other = (Term.read(text, "x") for text in row)
    assert one.within(other)
    if {one.unit, other.unit} == {"days", "months"} and row[0] != "60 days":
        longer = replace(one, n=one.n + 1) if one.unit == "days" else one
        shorter = replace(other, n=other.n - 1) if other.unit == "days" else other
        assert not longer.within(shorter)


@for_each(
    "text",
    [
        *("1 day", "2 days", "12 days", "24 days", "1 month", "11 months", "13 months"),
        *("1 year", "2 years", "10 years"),
    ],
)
def test_a_term_is_written_as_it_was_read(text: str) -> None:
    assert str(Term.read(text, "x")) == text


@pytest.mark.parametrize("text", ["", "0 days", "a month", "3 weeks", "-1 days", "30days", 30])
def test_a_term_that_is_none_is_refused_with_its_key(text: object) -> None:
    with pytest.raises(RuleInvalid) as refused:
        Term.read(text, "facts")
    assert str(refused.value) == f"facts: {text!r}: 30 days, 12 months, 3 years"
    assert f"{refused.value.key}: {refused.value.reason}" == str(refused.value)


def test_the_terms_of_the_law_are_ceilings() -> None:
    """Requirement: PM-2, LED-4."""
    assert str(RULES["facts"].ceiling) == "3 years"
    assert RULES["audit"].term == Term(12, "months")
    assert str(RULES["audit"].ceiling) == "3 years"
    assert not RULES["journal"].holdable
    assert not RULES["quarantine"].holdable


def test_a_rule_of_the_house_that_is_none_is_refused_with_its_name() -> None:
    for key in ("term", "ceiling"):
        text = re.sub(rf'^{key} = ".*"$', f'{key} = "for ever"', TEXT, count=1, flags=re.MULTILINE)
        with pytest.raises(RuleInvalid) as refused:
            read_rules(text)
        assert refused.value.key == next(iter(RULES))


def test_a_home_may_forget_sooner() -> None:
    rules = read_rules(TEXT, '"facts" = "1 year"\n"facts.accidents" = "2 years"')
    assert str(rule_of(rules, "facts", "main_courante").term) == "1 year"
    assert str(rule_of(rules, "facts", "accidents").term) == "2 years"
    assert rules["means"] == RULES["means"]


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        *(
            (f'"{name}" = "{term}"', name, f"{term} > {most}: {RULES[name].basis['fr']}")
            for name, term, most in (
                ("facts", "4 years", "3 years"),
                ("means", "3 months", "60 days"),
            )
        ),
        ('"facts.main" = "1 year"', "facts.main", f"no such rule: {', '.join(RULES)}"),
        ('"facts" = 12', "facts", "12: 30 days, 12 months, 3 years"),
        ("facts = ", "retention.toml", "Invalid value"),
    ],
)
def test_a_home_may_not_keep_longer_than_the_law(text: str, key: str, reason: str) -> None:
    """Requirement: PM-2, LED-4."""
    with pytest.raises(RuleInvalid) as refused:
        read_rules(TEXT, text)
    assert refused.value.key == key
    assert refused.value.reason.startswith(reason)


def test_each_store_has_one_regime_one_controller_and_one_term_per_feed() -> None:
    """Requirement: LED-6."""
    by_store: dict[str, list[Rule]] = {}
    for one in RULES.values():
        by_store.setdefault(one.store, []).append(one)
    for rules in by_store.values():
        assert len({(one.regime, one.controller, one.covers) for one in rules}) == 1
        assert len({one.connector for one in rules}) == len(rules)
        assert rules[0].regime in {"gdpr", "led"}
        assert all(set(one.title) == set(one.basis) == {"fr", "en"} for one in rules)
    covered = [pattern for rules in by_store.values() for pattern in rules[0].covers]
    assert len(covered) == len(set(covered))


def test_the_whole_of_a_day_ends_at_once() -> None:
    of = rule(Term.read("3 years", "x"))
    day = us(2026, 3, 29)
    ends = {expires_at(of, day + hour * 3_600_000_000, PARIS) for hour in range(23)}
    assert ends == {us(2029, 3, 29)}
    assert timedelta(hours=23) == from_us(us(2026, 3, 30)) - from_us(day)
