"""Lists that stand beside a connector become codes and fields."""

from __future__ import annotations

import pytest

from vigie.intake.connector import Field
from vigie.intake.messages.lists import fields_of, kinds_by_code, read_lists


def test_codes_are_found_by_kind_and_given_by_code():
    assert kinds_by_code({"road": ["a", "b"], "space": ["c"]}) == {
        "a": "road", "b": "road", "c": "space",
    }  # fmt: skip


def test_fields_stand_where_their_element_stands():
    listed = {
        "": {"id": ("Identifiant", "Identifier")},
        "both": {"phone": ("Téléphone", "Phone", "personal")},
    }

    assert list(fields_of(listed, {"both": ("a", "b.c")})) == [
        Field("id", {"fr": "Identifiant", "en": "Identifier"}),
        Field("a.phone", {"fr": "Téléphone", "en": "Phone"}, "personal"),
        Field("b.c.phone", {"fr": "Téléphone", "en": "Phone"}, "personal"),
    ]


def test_a_file_of_a_package_is_read():
    assert "occupancy" in read_lists("vigie.connectors", "siri.toml")
    with pytest.raises(FileNotFoundError):
        read_lists("vigie.connectors", "nothing.toml")
