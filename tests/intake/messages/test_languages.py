"""The city's language first, then a text that names none, then the first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.messages.languages import in_language


@pytest.mark.parametrize(
    ("given_texts", "found"),
    [
        ([("en", "Road"), ("fr", "Rue")], "Rue"),
        ([("en", "Road"), ("fr-FR", "Rue")], "Rue"),
        ([("en", "Road"), ("FR", " Rue ")], "Rue"),
        ([("en", "Road"), (None, "Straße")], "Straße"),
        ([("en", "Road"), ("de", "Straße")], "Road"),
        ([("fr", " "), ("en", "Road")], "Road"),
        ([("fr", None)], None),
        ([], None),
    ],
)
def test_the_city_s_language_comes_first(given_texts, found):
    assert in_language(given_texts, "fr") == found


@given(st.lists(st.tuples(st.none() | st.text(max_size=4), st.none() | st.text(max_size=4))))
def test_what_is_found_was_given(texts):
    found = in_language(texts, "fr")

    shown = [text.strip() for _, text in texts if text and text.strip()]
    assert (found in shown) if shown else (found is None)
