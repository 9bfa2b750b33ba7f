"""The charter is read strictly: what is unknown, double, missing or never allowed is refused."""

from __future__ import annotations

from datetime import date

import pytest
from tests.rows import for_each

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
    assert grant.why == "To answer."
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
    assert (charter.glass_datasets, charter.glass_min) == (frozenset(), 1)


OF_CHARTER = "keys: ['date', 'entry', 'roles', 'version']"
OF_ENTRY = "keys: ['datasets', 'fields', 'least', 'precision', 'purposes', 'roles', 'verbs', 'why']"
REFUSED = [
    ('version = "1"', 'version = "1', "charter: (at line 2, column 13)"),
    ('version = "1"', "version = 1", "1: str expected"),
    ('version = "1"', 'version = ""', "version, date: unusable"),
    ('version = "1"', "", f"charter: {OF_CHARTER}"),
    ("date = 2026-11-26", 'date = "2026-11-26"', "version, date: unusable"),
    ("date = 2026-11-26", "date = 2026-11-26T00:00:00", "version, date: unusable"),
    ("date = 2026-11-26", "date = 2026-11-26\nextra = 1", f"charter: {OF_CHARTER}"),
    ("[roles]", "[other]", f"charter: {OF_CHARTER}"),
    (
        'operator = ["live_response"]',
        'boss = ["live_response"]',
        "roles.boss: boss is unknown or not allowed here",
    ),
    ('operator = ["live_response"]', "operator = []", "roles.operator: purposes, each once"),
    (
        'operator = ["live_response"]',
        'operator = ["live_response", "live_response"]',
        "roles.operator: purposes, each once",
    ),
    (
        'operator = ["live_response"]',
        'operator = ["marketing"]',
        "roles.operator: marketing is unknown or not allowed here",
    ),
    (
        'operator = ["live_response"]',
        'operator = ["live_response", "oversight"]',
        "roles.operator: never for this role",
    ),
    (
        'operator = ["live_response"]',
        'operator = ["live_response", "inquiry"]',
        "roles.operator: never for this role",
    ),
    ('operator = ["live_response"]', "operator = 1", "1: list expected"),
    (
        'roles = ["operator"]',
        'roles = ["planner"]',
        "entry 1: planner is unknown or not allowed here",
    ),
    (
        'roles = ["operator"]',
        'roles = ["operator", "operator"]',
        "entry 1: operator / live_response / facts / consult was opened before",
    ),
    ('roles = ["operator"]', 'roles = "operator"', "operator: list expected"),
    ('roles = ["operator"]', "roles = [1]", "1: str expected"),
    (
        'purposes = ["live_response"]',
        'purposes = ["analysis"]',
        "entry 1: analysis is no purpose of operator",
    ),
    (
        'purposes = ["live_response"]',
        'purposes = ["sales"]',
        "entry 1: sales is unknown or not allowed here",
    ),
    (
        'datasets = ["facts", "means"]',
        'datasets = ["persons"]',
        "entry 1: persons is unknown or not allowed here",
    ),
    (
        'datasets = ["facts", "means"]',
        'datasets = ["audit"]',
        "entry 1: audit is for oversight alone (LED-3, AIA-7)",
    ),
    ('datasets = ["facts", "means"]', 'datasets = ["raw_rows"]', "entry 1: a reason is required"),
    ('verbs = ["consult"]', 'verbs = ["read"]', "entry 1: read is unknown or not allowed here"),
    ('fields = ["open", "lon"]', 'fields = ["lon"]', "entry 1: fields: open at least, and names"),
    (
        'fields = ["open", "lon"]',
        'fields = ["open", "LON"]',
        "entry 1: fields: open at least, and names",
    ),
    ('precision = "street"', 'precision = "house"', "entry 1: precision"),
    ("least = 5", "least = -1", "entry 1: least"),
    ("least = 5", "least = true", "entry 1: least"),
    ("least = 5", 'least = "5"', "entry 1: least"),
    ("least = 5", "", f"entry 1: {OF_ENTRY}"),
    (
        'zones = ["arrondissement:1"]',
        'zones = "arrondissement:1"',
        "arrondissement:1: list expected",
    ),
    ('zones = ["arrondissement:1"]', 'sources = ["@partner"]', "entry 1: operator is no partner"),
    ('zones = ["arrondissement:1"]', 'reason = "yes"', "entry 1: reason: a boolean; why: the need"),
    ('zones = ["arrondissement:1"]', "wildcard = true", f"entry 1: {OF_ENTRY}"),
    ('why = "To answer."', 'why = ""', "entry 1: reason: a boolean; why: the need"),
    ('why = "To answer."', "why = 1", "1: str expected"),
    # Of what stands there in place of a name, the first forty signs.
    (
        'verbs = ["consult"]',
        f'verbs = ["{"x" * 41}"]',
        f"entry 1: {'x' * 40} is unknown or not allowed here",
    ),
    ('verbs = ["consult"]', f'verbs = "{"x" * 41}"', f"{'x' * 40}: list expected"),
]
"""What stands in a charter, what is put in its place, where and why it is then refused."""


@for_each("row", REFUSED)
def test_a_charter_with_one_fault_is_refused_as_a_whole(row: tuple[str, str, str]) -> None:
    before, after, said = row
    assert before in SMALL
    with pytest.raises(CharterInvalid) as caught:
        read_charter(SMALL.replace(before, after, 1))
    key, _, reason = said.partition(": ")
    assert caught.value.key == key
    # What TOML calls an error is its own affair, not where it is.
    found = caught.value.reason
    assert found.endswith(reason) if reason.startswith("(at") else found == reason
    assert str(caught.value) == f"{key}: {found}"


NEVER = [
    (AUDIT.replace("reason = true", ""), "entry 2: a reason is required"),
    (
        AUDIT.replace('["dpo"]', '["operator"]').replace('["oversight"]', '["live_response"]'),
        "entry 2: audit is for oversight alone (LED-3, AIA-7)",
    ),
    (AUDIT + AUDIT, "entry 3: dpo / oversight / audit / consult was opened before"),
    (PARTNER.replace('sources = ["rescue"]', ""), "partners.rescue: keys: ['sources']"),
    (
        PARTNER.replace('sources = ["rescue"]', 'sources = ["rescue"]\nfields = ["open"]'),
        "partners.rescue: keys: ['sources']",
    ),
    ("[partners]\nrescue = 1\n", "1: dict expected"),
    (PARTNER.replace(', en = "Rescue"', ""), "partners.rescue.title: keys: ['en', 'fr']"),
    (PARTNER.replace('"Rescue"', "1"), "1: str expected"),
    (GLASS.replace("30", "0"), "breakglass: minutes: 1 to 60"),
    (GLASS.replace("30", "61"), "breakglass: minutes: 1 to 60"),
    (GLASS.replace('"narratives"', '"audit"'), "breakglass: audit is unknown or not allowed here"),
    (
        GLASS.replace('"narratives"', '"raw_rows"'),
        "breakglass: raw_rows is unknown or not allowed here",
    ),
    (GLASS.replace("minutes = 30", ""), "breakglass: keys: ['datasets', 'minutes']"),
    ('entry = "none"\n', f"entry 1: {OF_ENTRY}"),
]


@for_each("row", NEVER)
def test_what_no_charter_may_open_is_refused(row: tuple[str, str]) -> None:
    """Requirement: LED-3."""
    more, said = row
    with pytest.raises(CharterInvalid) as caught:
        read_charter(SMALL + more)
    assert str(caught.value) == said


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
