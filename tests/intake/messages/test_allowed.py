"""What the allow-list does not let in is not there any more, and is counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.connector import Field
from vigie.intake.messages.allowed import OTHER, AllowList

BOTH = {"fr": "x", "en": "x"}
LIST = AllowList(
    (
        Field("id", BOTH),
        Field("place", BOTH, "place"),
        Field("place.access", BOTH, "personal"),
        Field("alert.caller", BOTH, "personal"),
        Field("alert.caller.kind", BOTH),
        Field("alert.note", BOTH, "free_text"),
    )
)


def test_the_longest_listed_path_decides():
    stripped = LIST.strip(
        {
            "id": 1,
            "place": {"lat": 43.3, "access": {"code": "A12"}},
            "alert": [{"caller": {"kind": "witness", "name": "N"}, "note": "t", "at": "x"}],
        }
    )

    assert stripped.tree == {
        "id": 1,
        "place": {"lat": 43.3},
        "alert": [{"caller": {"kind": "witness"}, "note": "t"}],
    }
    assert stripped.personal == {"place.access": 1, "alert.caller": 1}
    assert stripped.unknown == {"alert.at": 1}


def test_remarks_never_show_a_name_that_could_be_somebody():
    stripped = LIST.strip(
        {"0612345678": 1, "jean dupont": 2, "x" * 90: 3, "fine_1": 4, "a12345": 5}
    )

    assert stripped.unknown == {OTHER: 4, "fine_1": 1}
    assert stripped.tree == {}


def test_many_unknown_names_are_counted_as_one():
    stripped = LIST.strip({f"k{'a' * n}": 1 for n in range(75)})

    assert len(stripped.unknown) == 51
    assert sum(stripped.unknown.values()) == 75


def test_an_attribute_and_an_own_text_have_the_privacy_of_their_element():
    stripped = LIST.strip({"alert": {"caller": {"@role": "x", "#": "Jean"}, "note": {"#": "ok"}}})

    assert stripped.tree == {"alert": {"caller": {}, "note": {"#": "ok"}}}
    assert stripped.personal == {"alert.caller": 2}


def test_empty_values_are_no_matter():
    assert LIST.strip({"new": None, "other": "", "more": []}).notices() == []


def test_notices_say_which_and_how_often():
    told = {
        (n.code, n.params["column"]): n.count
        for n in LIST.strip({"a": 1, "alert": {"caller": "J"}}).notices()
    }

    assert told == {("unmapped_column", "a"): 1, ("dropped_personal", "alert.caller"): 1}


names = st.sampled_from(["id", "place", "access", "alert", "caller", "kind", "note", "x", "#"])
trees = st.recursive(
    st.just("SECRET") | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


def leaves(tree, path=""):
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from leaves(value, path if name == "#" else f"{path}.{name}".lstrip("."))
    elif isinstance(tree, list):
        for value in tree:
            yield from leaves(value, path)
    elif tree is not None:
        yield path


def test_a_value_in_a_list_where_only_parts_are_listed_is_dropped():
    stripped = LIST.strip({"alert": ["SECRET", {"note": "kept"}, ["SECRET"]]})

    assert stripped.tree == {"alert": [{"note": "kept"}, []]}
    assert stripped.unknown == {"alert": 2}


@given(trees)
def test_only_listed_leaves_are_left(tree):
    for path in leaves(LIST.strip(tree).tree if isinstance(tree, dict) else {}):
        open_paths = ("id", "place", "alert.caller.kind", "alert.note")
        assert any(path == name or path.startswith(f"{name}.") for name in open_paths), path
        assert not path.startswith("place.access")


@given(trees)
def test_stripping_twice_changes_nothing(tree):
    once = LIST.strip(tree).tree
    assert LIST.strip(once).tree == once
