"""Messages of several types are told apart, stripped, and handed out only if they are sound."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.ids import record_id
from vigie.base.translations import codes
from vigie.intake.connector import Context, Field, Payload
from vigie.intake.messages.inbox import PART, VERSION, Inbox, Types, allow_list, joined, read_trees
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.rows import Rows
from vigie.intake.tabular.block import FileRefused

BOTH = {"fr": "x", "en": "x"}
TYPES = Types(
    read=frozenset({"case"}),
    others=frozenset({"file", "custom"}),
    without_header=frozenset({"custom"}),
    telling={"caseId": "case"},
    namespaces=frozenset({"1.9"}),
    references=frozenset({"1.3"}),
)
FIELDS = (
    Field("case.caseId", BOTH, required=True),
    Field("case.at", BOTH),
    Field("case.referenceVersion", BOTH),
    Field("case.item", BOTH),
    Field("case.caller", BOTH, "personal"),
)
ALLOWED = allow_list(FIELDS, TYPES)
CASE = {"caseId": "c1", "at": "2026-11-23T09:59:00+01:00", "caller": "N"}


class Box:
    """An inbox, and what it said at the end."""

    def __init__(self):
        context = Context(
            source="hub", timezone="Europe/Paris", now=datetime(2026, 11, 23, 9, tzinfo=UTC)
        )
        self.inbox = Inbox(Rows("facts"), context, TYPES, ALLOWED)

    def open(self, tree, namespace=None):
        return list(self.inbox.open(tree, namespace))

    def said(self):
        (parsed,) = self.inbox.rows.parsed()
        notices = {one.code: one.params for one in parsed.notices}
        return [(one.code, one.params, one.raw) for one in parsed.rejects], notices


@pytest.fixture
def box():
    return Box()


def test_a_message_that_is_read_is_handed_out_stripped(box):
    (message,) = box.open({"case": CASE | {"more": 1}})

    assert (message.name, message.body) == ("case", {"caseId": "c1", "at": CASE["at"]})
    rejects, notices = box.said()
    assert rejects == []
    assert notices == {
        "dropped_personal": {"column": "case.caller"},
        "unmapped_column": {"column": "case.more"},
    }


def test_a_name_in_a_list_where_an_object_is_expected_does_not_pass():
    types = Types(read=frozenset({"case"}))
    fields = (Field("case.place.lat", BOTH),)
    stripped = allow_list(fields, types).strip({"case": {"place": ["Jean Untel", {"lat": 1}]}})

    assert stripped.tree == {"case": {"place": [{"lat": 1}]}}
    assert stripped.unknown == {"case.place": 1}


def test_a_body_without_its_name_is_known_by_what_only_it_holds(box):
    (message,) = box.open(CASE)

    assert message.name == "case"


def test_a_message_that_is_known_and_left_unread_is_counted(box):
    assert box.open({"file": {"patient": "N"}}) == []
    assert box.said() == ([], {"not_used": {"what": "file"}})


@pytest.mark.parametrize(
    ("tree", "value"),
    [({"x": {"name": "N"}}, "x"), ({}, ""), ({"case": CASE, "file": 1}, "case, file")],
)
def test_another_message_is_refused_and_nothing_of_it_is_kept(box, tree, value):
    assert box.open(tree) == []
    ((code, params, raw),), _ = box.said()
    assert (code, params) == ("unknown_message", {"value": value})
    assert json.loads(raw) == dict.fromkeys(tree)


def test_what_is_no_object_is_refused_with_something_to_try_again(box):
    assert box.open("N") == []
    ((code, _, raw),), _ = box.said()
    assert (code, raw) == ("bad_row", b"0")


@pytest.mark.parametrize(
    ("tree", "namespace", "unknown"),
    [
        ({"case": CASE}, None, None),
        ({"case": CASE}, "1.9", None),
        ({"case": CASE}, "9.9", "9.9"),
        ({"case": CASE, VERSION: "9.9"}, None, "9.9"),
        ({"case": CASE | {"referenceVersion": "1.3"}}, None, None),
        ({"case": CASE | {"referenceVersion": "8"}}, None, "8"),
    ],
)
def test_versions_are_told_apart(box, tree, namespace, unknown):
    (message,) = box.open(tree, namespace)

    assert message.unknown == unknown
    assert box.said()[1].get("unknown_version") == (unknown and {"value": unknown})


def test_what_an_unknown_version_lacks_is_its_fault(box):
    for namespace in (None, "9.9"):
        (message,) = box.open({"case": CASE}, namespace)
        with box.inbox.row(message, message.body):
            raise RowRefused("missing_required", column="x")
    rejects, _ = box.said()

    assert [code for code, _, _ in rejects] == ["missing_required", "unknown_version"]
    assert json.loads(rejects[1][2])[VERSION] == "9.9"


def test_a_row_alone_is_a_payload_of_the_same_message(box):
    (message,) = box.open({"case": CASE | {"item": [1, 2]}})
    raw = message.raw({"caseId": "c1", "item": 2, PART: "item"})
    (again,) = Box().open(json.loads(raw))

    assert again.body == {"caseId": "c1", "item": 2, PART: "item"}


def test_a_list_of_nothing_is_refused_by_its_name(box):
    (message,) = box.open({"case": CASE})

    assert box.inbox.items(message, "item") == []
    ((code, params, _),), _ = box.said()
    assert (code, params) == ("missing_required", {"column": "item"})


def test_a_bare_message_was_sent_at_its_latest_instant(box):
    (message,) = box.open({"case": CASE})

    assert box.inbox.spoken_us(message, ("at",)) == 1_795_424_340_000_000
    with pytest.raises(RowRefused) as caught:
        box.inbox.spoken_us(message, ("other", "another"))
    assert caught.value.params == {"column": "other"}


def test_a_number_that_may_be_left_out_harms_nothing(box):
    tree = {"good": "4,5", "bad": "Jean", "huge": 900}

    assert [box.inbox.number(tree, name, 0, 100) for name in ("good", "bad", "huge", "none")] == [
        4.5, None, None, None,
    ]  # fmt: skip
    _, notices = box.said()
    assert notices["bad_number"] == {"value": "…", "column": "bad"}
    assert notices["out_of_range"] == {"value": "900", "column": "huge"}


def test_a_code_that_may_be_left_out_is_remarked_on(box):
    assert box.inbox.meaning({"A": "a"}, "A", "x") == "a"
    assert box.inbox.meaning({"A": "a"}, None, "x") is None
    assert box.said()[1] == {}
    assert box.inbox.meaning({"A": "a"}, "B", "x") is None
    assert box.said()[1] == {"unknown_code": {"value": "B", "column": "x"}}


def test_a_plate_never_names_a_unit(box):
    assert box.inbox.unit({"id": "VSAV2"}, "id") == "VSAV2"
    assert box.inbox.unit({"id": "GA-123-ZZ"}, "id") == record_id("hub", "GA-123-ZZ")


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("VSAV 1 caserne", "VSAV 1"),
        ("VSAV2", "VSAV2"),
        ("VSAV", None),
        ("UNTEL 12", None),
        ("GA-123-ZZ", None),
        ("Jean", None),
        (None, None),
    ],
)
def test_of_a_name_only_a_known_call_sign_is_taken(box, name, sign):
    assert box.inbox.call_sign({"name": name}, "name", {"VSAV", "GA"}) == sign


def test_free_texts_are_joined_once_each():
    tree = {"a": ["one", "two", "None", " "], "b": {"c": "one"}, "d": 3}

    assert joined(tree, ("a", "b.c", "d")) == "one\ntwo\n3"
    assert joined({}, ("a",)) is None


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty_file"), (b"[]", "empty_file"), (b"[null]", "empty_file"), (b"<", "unreadable")],
)
def test_a_payload_of_nothing_is_refused(data, code):
    with pytest.raises(FileRefused) as caught:
        read_trees(Payload("x", io.BytesIO(data)))

    assert caught.value.reject.code == code


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
NAMES = st.sampled_from(
    ["case", "file", "caseId", "at", "status", "message", VERSION, PART, "@x", ""]
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)


@given(TREES)
def test_any_tree_is_handed_out_counted_or_refused_by_name(tree):
    box = Box()
    handed = box.open(tree)
    rejects, notices = box.said()

    assert handed or rejects or notices
    assert {code for code, _, _ in rejects} | set(notices) <= set(codes())
