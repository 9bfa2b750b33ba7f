"""The dictionary names every term of the code, and no term that does not exist."""

from __future__ import annotations

import re

import pytest

from vigie.connectors import main_courante
from vigie.desk.roles import ROLES
from vigie.model import contracts
from vigie.model.taxonomy import TAXONOMY, THEMES

VALUES = (
    contracts.STATUSES
    + contracts.BASES
    + contracts.DISCOVERERS
    + contracts.PLAN_STATES
    + contracts.QUALITIES
    + contracts.MEANS_STATUSES
)


@pytest.fixture(scope="module")
def text(repo_root):
    return (repo_root / "docs" / "dictionary.md").read_text("utf-8")


@pytest.fixture(scope="module")
def terms(text):
    return set(re.findall(r"`([^`]+)`", text))


def test_every_column_of_every_record_has_a_french_word(terms):
    columns = {c.name for contract in contracts.CONTRACTS.values() for c in contract.columns}

    assert columns - terms == set()


def test_every_value_has_a_french_word(terms):
    assert set(VALUES) - terms == set()


def test_every_role_has_a_french_word(terms):
    assert ROLES.keys() - terms == set()


def test_every_kind_that_is_named_exists(terms):
    named = {term for term in terms if term.partition(".")[0] in THEMES and "." in term}

    assert [code for code in sorted(named) if TAXONOMY.find(code) is None] == []


def test_every_code_of_the_police_log_is_that_of_the_connector(text):
    rows = re.findall(r"^\| `([A-Z]{2,4})` \| [^|]+ \| `([a-z_.]+)` \|$", text, re.MULTILINE)

    assert dict(rows) == dict(main_courante.KINDS)


def test_every_field_of_the_police_log_is_named(terms):
    assert {field.name for field in main_courante.CONNECTOR.fields} - terms == set()
