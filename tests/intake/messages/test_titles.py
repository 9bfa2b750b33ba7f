"""Titles name things, never persons; kinds come from words; venues from the options."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import to_us
from vigie.intake.connector import Context
from vigie.intake.messages.rows import Rows
from vigie.intake.messages.titles import (
    MAX_TITLE,
    OURS,
    Kinds,
    Venues,
    holds_person,
    not_ahead,
    title_of,
)
from vigie.model.taxonomy import TAXONOMY

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WORDS = {
    "event.market.flea": ["brocante", "vide grenier"],
    "event.market": ["marché"],
    "event.culture.show": ["spectacle"],
}


def context(**options) -> Context:
    return Context("agenda", "Europe/Paris", NOW, options=options)


def remarks(rows: Rows) -> list[str]:
    return [notice.code for chunk in rows.parsed() for notice in chunk.notices]


@pytest.mark.parametrize(
    "text",
    [
        "Concert de Patrick Quelconque",
        "Match OM - PSG",
        "Fête de la Saint-Jean",
        "Vide-grenier 12 rue de Rome",
        "10 km de la Corniche",
    ],
)
def test_a_title_that_names_a_thing_stays(text):
    rows = Rows("plans")

    assert title_of(f"  {text}\n", "event.other", rows) == text
    assert remarks(rows) == []


@pytest.mark.parametrize(
    "text",
    [
        "Loto, réserver au 06 39 98 12 34",
        "Infos : asso@exemple.invalid",
        "Mariage de Mme Durandal",
        "Chez M. Tournesac",
        "Voiture AB-123-CD",
        "Obsèques de Monsieur Durandal",
        "suivez @barnabe_t",
    ],
)
def test_a_title_that_seems_personal_is_the_kind_instead(text):
    rows = Rows("plans")

    assert title_of(text, "event.market", rows) == "Marché"
    assert holds_person(text)
    assert remarks(rows) == ["title_replaced"]


@pytest.mark.parametrize("kind", sorted(OURS))
def test_a_cause_or_a_guest_is_never_a_title(kind):
    assert title_of("Contre le gros radis", kind, Rows("plans")) == TAXONOMY.get(kind).fr


def test_a_title_without_text_is_the_kind_and_markup_goes():
    rows = Rows("plans")

    assert (
        title_of(None, "event.market", rows) == title_of(" <br> ", "event.market", rows) == "Marché"
    )
    assert title_of("<b>Bal</b> des pompiers", "event.other", rows) == "Bal des pompiers"
    assert len(title_of("a" * 1_000, "event.other", rows)) == MAX_TITLE
    assert remarks(rows) == []


@given(before=st.text(max_size=40), phone=st.from_regex(r"0[67]( [0-9]{2}){4}", fullmatch=True))
def test_no_phone_number_stands_in_a_title(before, phone):
    assert phone not in title_of(f"{before} tél. {phone}", "event.other", Rows("plans"))


@pytest.mark.parametrize(
    ("categories", "title", "kind"),
    [
        (["Brocantes"], "Spectacle", "event.market.flea"),
        ([], "Grand VIDE-GRENIER du quartier", "event.market.flea"),
        ([], "Marchés de nuit", "event.market"),
        ([], "Supermarché", "event.other"),
        (["x", "spectacle"], "Marché", "event.culture.show"),
        ([], None, "event.other"),
    ],
)
def test_the_kind_is_told_by_categories_then_by_the_title(categories, title, kind):
    assert Kinds(WORDS, context()).find(categories, title) == kind


def test_options_state_kinds_and_only_kinds_of_events():
    kinds = Kinds(
        WORDS,
        context(
            kinds={"Marché": "event.festivity", "spectacle": "rescue.fire"},
            default_kind="event.culture",
        ),
    )

    assert kinds.find(["MARCHE"], None) == "event.festivity"
    assert kinds.find(["Spectacle"], None) == "event.culture.show"
    assert kinds.find(["autre"], None) == "event.culture"
    assert Kinds(WORDS, context(kinds=7, default_kind="nonsense")).find([], None) == "event.other"


def test_a_venue_gives_what_the_source_does_not_say():
    venues = Venues(
        context(
            venues={
                "Le Dôme": {"capacity": 8_500, "lon": 5.4, "lat": 43.3, "place_id": "p1"},
                "Rien": 3,
            }
        )
    )

    assert venues.fill({"lon": None}, None, "le dome") == {
        "lon": 5.4,
        "lat": 43.3,
        "attendance_high": 8_500.0,
        "place_id": "p1",
    }
    own = venues.fill({"lon": 1.0, "lat": 2.0, "attendance_high": 10.0}, "LE DOME")
    assert own == {"lon": 1.0, "lat": 2.0, "attendance_high": 10.0, "place_id": "p1"}
    assert venues.fill({"lon": None}, "Rien", "ailleurs") == {"lon": None}
    assert venues.point("Le dôme") == (5.4, 43.3)
    assert venues.point("Rien") is None


def test_a_venue_with_an_impossible_position_or_capacity_gives_none():
    venues = Venues(context(venues={"A": {"capacity": "beaucoup", "lon": 500.0, "lat": True}}))

    assert venues.fill({"title": "x"}, "A") == {
        "title": "x",
        "attendance_high": None,
        "place_id": None,
    }
    assert Venues(context(venues=["A"])).fill({}, "A") == {}


def test_a_change_from_the_future_counts_as_of_receipt_and_is_said():
    rows, now_us = Rows("plans"), to_us(NOW)
    near = now_us + 3_600_000_000

    assert not_ahead(near, context(), rows) == near
    assert not_ahead(-5, context(), rows) == 0
    assert not_ahead(to_us(NOW + timedelta(days=2)), context(), rows) == now_us
    assert remarks(rows) == ["clock_skew"]
