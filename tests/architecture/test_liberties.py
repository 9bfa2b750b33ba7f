"""No person in the analytic plane: not in a column, not in a question, not in a route."""

from __future__ import annotations

import re
import tomllib

import pytest

import vigie.analyses
import vigie.connectors
from vigie.analyse.analysis import discover as discover_analyses
from vigie.intake.connector import discover as discover_connectors
from vigie.lake.cubing import DERIVED
from vigie.lake.statements import get_statement
from vigie.model.contracts import CONTRACTS, FACTS
from vigie.web.openapi import document

PERSON = re.compile(
    r"(^|_)(person|name|surname|firstname|phone|plate|face|body|gait|nir|email|birth|gender|sex"
    r"|victim|suspect|witness|caller|agent|officer|nationality|religion|opinion)(_|$)"
)
"""Words of a column or parameter that would be about somebody."""

PLACE_AND_HOUR = {
    "accuracy_m",
    "reported_at",
    "fact_id", "kind", "source", "earliest_us", "latest_us", "local_day", "local_hour", "weekday",
    "lon", "lat", "cell", "cell8", "severity", "status", "basis", "discovered_by", "quantity",
}  # fmt: skip
"""What an analysis may be given of a fact (law reference, AIA-1)."""

SOCIAL = ("tweepy", "praw", "facebook", "instagram", "snscrape", "mastodon", "telethon", "selenium")


def test_no_column_of_any_record_is_about_a_person():
    """Requirement: AIA-1, REQ-6."""
    about = [
        f"{kind}.{column}"
        for kind, contract in CONTRACTS.items()
        for column in contract.names()
        if PERSON.search(column)
    ]

    assert about == []


def test_no_query_file_reads_a_table_that_is_not_of_places_and_hours(repo_root):
    """Requirement: AIA-1, REQ-6."""
    for path in (repo_root / "src" / "vigie" / "lake" / "queries").glob("*.sql"):
        code = re.sub(r"--[^\n]*|'[^']*'", "", path.read_text("utf-8"))
        about = {word for word in re.findall(r"[a-z_]+", code) if PERSON.search(word)}
        about -= {"suspect"} if path.stem == "measure_series" else set()

        assert about == set(), path.name
        assert set(get_statement(path.stem).tables) <= {*CONTRACTS, *DERIVED}, path.name


@pytest.mark.parametrize("name", discover_analyses(vigie.analyses))
def test_an_analysis_is_given_places_hours_and_kinds_only(name):
    """Requirement: AIA-1."""
    analysis = discover_analyses(vigie.analyses)[name]

    assert set(analysis.reads) <= PLACE_AND_HOUR


def test_no_route_searches_for_somebody():
    """Requirement: REQ-3, PM-5."""
    searched = [
        f"{method} {path} {parameter['name']}"
        for path, item in document()["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict)
        for parameter in operation.get("parameters", ())
        if PERSON.search(parameter["name"]) and parameter["in"] != "path"
    ]
    words = {path: re.sub(r"\{\w+\}", "", path).replace("/", "_") for path in document()["paths"]}
    named = [path for path, word in words.items() if PERSON.search(word)]

    assert searched == []
    assert named == []


def test_nothing_collects_from_social_networks(repo_root):
    """Requirement: AIA-8."""
    project = tomllib.loads((repo_root / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    needed = [*project["dependencies"], *(one for extra in extras for one in extra)]
    read = " ".join(discover_connectors(vigie.connectors))

    assert not [one for one in needed for word in SOCIAL if one.lower().startswith(word)]
    assert not re.search("twitter|facebook|instagram|tiktok|telegram|mastodon|social", read)


def test_every_fact_says_on_what_it_rests():
    """Requirement: LED-5."""
    assert not FACTS.column("basis").nullable
