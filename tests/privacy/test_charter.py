"""The charter is read strictly: what is unknown, double, missing or never allowed is refused."""

from __future__ import annotations

from datetime import date

import pytest

from vigie.privacy.charter import (
    ANYWHERE,
    OWN,
    PLANES,
    ROLES,
    CharterInvalid,
    Limits,
    read_charter,
    shipped_charter,
)
from vigie.privacy.purposes import Purpose, Verb

SMALL = """
version = "1"
date = 2026-11-26
[roles]
operator = ["live_response"]
partner = ["live_response"]
dpo = ["oversight"]
[[entry]]
roles = ["operator"]
purposes = ["live_response"]
datasets = ["facts", "means"]
verbs = ["consult"]
fields = ["open", "lon"]
precision = "street"
least = 5
zones = ["arrondissement:1"]
why = "To answer."
"""
AUDIT = """
[[entry]]
roles = ["dpo"]
purposes = ["oversight"]
datasets = ["audit"]
verbs = ["consult"]
fields = ["open"]
precision = "public"
least = 0
reason = true
why = "To check."
"""
PARTNER = """
[[entry]]
roles = ["partner"]
purposes = ["live_response"]
datasets = ["facts"]
verbs = ["consult"]
fields = ["open"]
precision = "exact"
least = 0
sources = ["@partner"]
why = "Its own."
[partners.rescue]
title = { fr = "Secours", en = "Rescue" }
sources = ["rescue"]
zones = ["sector:3"]
"""
GLASS = """
[breakglass]
datasets = ["narratives"]
minutes = 30
"""


def test_an_entry_opens_its_cells_and_no_other() -> None:
    charter = read_charter(SMALL + AUDIT + PARTNER + GLASS)
    live, consult = Purpose.LIVE_RESPONSE, Verb.CONSULT
    assert set(charter.cells) == {
        ("operator", live, "facts", consult),
        ("operator", live, "means", consult),
        ("dpo", Purpose.OVERSIGHT, "audit", consult),
        ("partner", live, "facts", consult),
    }
    grant = charter.cells["operator", live, "facts", consult]
    assert grant.fields == {"open", "lon"}
    assert (grant.precision, grant.least, grant.reason) == ("street", 5, False)
    assert grant.limits == Limits(zones=frozenset({"arrondissement:1"}))
    assert charter.cells["partner", live, "facts", consult].limits.sources == OWN
    assert charter.partners == {"rescue": Limits(frozenset({"rescue"}), frozenset({"sector:3"}))}
    assert charter.titles == {"rescue": {"fr": "Secours", "en": "Rescue"}}
    assert (charter.glass_datasets, charter.glass_min) == ({"narratives"}, 30)
    assert (charter.version, charter.dated_on) == ("1", date(2026, 11, 26))
    assert charter.who_may(consult, "facts") == {"operator": (live,), "partner": (live,)}


def test_without_partners_and_glass_there_are_none() -> None:
    charter = read_charter(SMALL)
    assert charter.partners == charter.titles == {}
    nameless = PARTNER.replace('title = { fr = "Secours", en = "Rescue" }\n', "")
    assert read_charter(SMALL + nameless).titles == {}
    assert charter.glass_datasets == frozenset()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('version = "1"', 'version = "1'),
        ('version = "1"', "version = 1"),
        ('version = "1"', 'version = ""'),
        ('version = "1"', ""),
        ("date = 2026-11-26", 'date = "2026-11-26"'),
        ("date = 2026-11-26", "date = 2026-11-26T00:00:00"),
        ("date = 2026-11-26", "date = 2026-11-26\nextra = 1"),
        ("[roles]", "[other]"),
        ('operator = ["live_response"]', 'boss = ["live_response"]'),
        ('operator = ["live_response"]', "operator = []"),
        ('operator = ["live_response"]', 'operator = ["live_response", "live_response"]'),
        ('operator = ["live_response"]', 'operator = ["marketing"]'),
        ('operator = ["live_response"]', 'operator = ["live_response", "oversight"]'),
        ('operator = ["live_response"]', 'operator = ["live_response", "inquiry"]'),
        ('operator = ["live_response"]', "operator = 1"),
        ('roles = ["operator"]', 'roles = ["planner"]'),
        ('roles = ["operator"]', 'roles = ["operator", "operator"]'),
        ('roles = ["operator"]', 'roles = "operator"'),
        ('roles = ["operator"]', "roles = [1]"),
        ('purposes = ["live_response"]', 'purposes = ["analysis"]'),
        ('purposes = ["live_response"]', 'purposes = ["sales"]'),
        ('datasets = ["facts", "means"]', 'datasets = ["persons"]'),
        ('datasets = ["facts", "means"]', 'datasets = ["audit"]'),
        ('datasets = ["facts", "means"]', 'datasets = ["raw_rows"]'),
        ('verbs = ["consult"]', 'verbs = ["read"]'),
        ('fields = ["open", "lon"]', 'fields = ["lon"]'),
        ('fields = ["open", "lon"]', 'fields = ["open", "LON"]'),
        ('precision = "street"', 'precision = "house"'),
        ("least = 5", "least = -1"),
        ("least = 5", "least = true"),
        ("least = 5", 'least = "5"'),
        ("least = 5", ""),
        ('zones = ["arrondissement:1"]', 'zones = "arrondissement:1"'),
        ('zones = ["arrondissement:1"]', 'sources = ["@partner"]'),
        ('zones = ["arrondissement:1"]', 'reason = "yes"'),
        ('zones = ["arrondissement:1"]', "wildcard = true"),
        ('why = "To answer."', 'why = ""'),
        ('why = "To answer."', "why = 1"),
    ],
)
def test_a_charter_with_one_fault_is_refused_as_a_whole(before: str, after: str) -> None:
    assert before in SMALL
    with pytest.raises(CharterInvalid) as caught:
        read_charter(SMALL.replace(before, after, 1))
    assert caught.value.key
    assert caught.value.reason


@pytest.mark.parametrize(
    "more",
    [
        AUDIT.replace("reason = true", ""),
        AUDIT.replace('["dpo"]', '["operator"]').replace('["oversight"]', '["live_response"]'),
        AUDIT + AUDIT,
        PARTNER.replace('sources = ["rescue"]', ""),
        PARTNER.replace('sources = ["rescue"]', 'sources = ["rescue"]\nfields = ["open"]'),
        "[partners]\nrescue = 1\n",
        PARTNER.replace(', en = "Rescue"', ""),
        PARTNER.replace('"Rescue"', "1"),
        GLASS.replace("30", "0"),
        GLASS.replace("30", "61"),
        GLASS.replace('"narratives"', '"audit"'),
        GLASS.replace('"narratives"', '"raw_rows"'),
        GLASS.replace("minutes = 30", ""),
        'entry = "none"\n',
    ],
)
def test_what_no_charter_may_open_is_refused(more: str) -> None:
    """Requirement: LED-3."""
    with pytest.raises(CharterInvalid):
        read_charter(SMALL + more)


def test_limits_meet() -> None:
    one = Limits(frozenset("ab"), None, frozenset("x"))
    other = Limits(frozenset("bc"), frozenset("z"))
    assert one.within(other) == Limits(frozenset("b"), frozenset("z"), frozenset("x"))
    assert one.within(ANYWHERE) == ANYWHERE.within(one) == one


def test_the_charter_that_ships_opens_to_the_investigator_nothing_but_cases_and_the_vault() -> None:
    """Requirement: REQ-1, REQ-3."""
    charter = shipped_charter()
    assert set(charter.roles) == set(ROLES)
    opened = {role for role, *_ in charter.cells}
    assert opened == set(ROLES)
    mine = {dataset for role, _, dataset, _ in charter.cells if role == "investigator"}
    assert mine == {"cases", "requisitions", "vault"}
    assert {role for role, _, dataset, _ in charter.cells if dataset == "vault"} == {"investigator"}
    assert {dataset for *_, dataset, _ in charter.cells} <= set(PLANES)


def test_only_oversight_reads_the_audit_in_the_charter_that_ships() -> None:
    """Requirement: LED-3."""
    readers = {key for key in shipped_charter().cells if key[2] == "audit"}
    assert readers == {("dpo", Purpose.OVERSIGHT, "audit", Verb.CONSULT)}


def test_exact_places_of_incidents_are_for_the_answer_alone() -> None:
    """Requirement: MIN-1."""
    for (role, purpose, dataset, _), grant in shipped_charter().cells.items():
        if PLANES[dataset] == "live" and grant.precision == "exact":
            assert purpose is Purpose.LIVE_RESPONSE, (role, dataset)
