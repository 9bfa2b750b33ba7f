"""Tables beside a connector say its allow-list."""

from __future__ import annotations

from vigie.intake.messages.tables import fields_of, read_tables


def test_the_tables_of_a_connector_are_read_from_beside_it():
    assert "fields" in read_tables("vigie.connectors", "weather")


def test_a_line_is_a_field_that_passes_and_is_optional_unless_it_says_otherwise():
    one, two = fields_of(
        {
            "fields": {
                "a.b": {"fr": "Un", "en": "One"},
                "c": {"fr": "Deux", "en": "Two", "privacy": "personal", "required": True},
            }
        }
    )

    assert (one.name, one.privacy, one.required) == ("a.b", "none", False)
    assert (two.meaning, two.privacy, two.required) == (
        {"fr": "Deux", "en": "Two"},
        "personal",
        True,
    )
