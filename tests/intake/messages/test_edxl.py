"""An envelope is opened and checked by name; what it carries can be put back into one."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import to_rfc3339
from vigie.intake.messages.edxl import ENVELOPE, HEADER, MODES, Carried, carried, check_sent
from vigie.intake.messages.reading import RowRefused

ZONE = "Europe/Paris"
HEAD = {
    "distributionID": "1",
    "senderID": "a",
    "dateTimeSent": "2026-11-23T09:55:00+01:00",
    "dateTimeExpires": "2026-11-24T09:55:00+01:00",
    "distributionStatus": "Actual",
    "distributionKind": "Report",
    "descriptor": {
        "language": "fr-FR",
        "explicitAddress": {"explicitAddressScheme": "hubex", "explicitAddressValue": "b"},
    },
}
MESSAGE = {
    "messageId": "1",
    "sender": {"name": "a"},
    "sentAt": "2026-11-23T09:56:00+01:00",
    "kind": "Update",
    "status": "Actual",
    "recipient": [{"name": "b"}],
    "body": {"x": 1},
}
FORMS = {
    "json": {"content": [{"jsonContent": {"embeddedJsonContent": {"message": MESSAGE}}}]},
    "json object": {
        "content": {"contentObject": {"jsonContent": {"embeddedJsonContent": {"message": MESSAGE}}}}
    },
    "xml": {
        "content": {
            "contentObject": {"contentXML": {"embeddedXMLContent": {"message": MESSAGE}}},
            "@type": "resource",
        }
    },
}


def without(tree, path):
    tree = copy.deepcopy(tree)
    *way, last = path.split(".")
    node = tree
    for name in way:
        node = node[name]
    del node[last]
    return tree


def refusal(one, **options):
    with pytest.raises(RowRefused) as caught:
        check_sent(one, ZONE, **options)
    return caught.value.code, caught.value.params


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("named", [False, True])
def test_every_form_of_envelope_opens(form, named):
    tree = HEAD | FORMS[form]
    (one,) = carried({"edxlDistribution": tree} if named else tree)

    assert (one.message, one.head, one.enveloped) == (MESSAGE, HEAD, True)
    sent = check_sent(one, ZONE)
    assert (to_rfc3339(sent.at_us), sent.kind) == ("2026-11-23T08:56:00Z", "Update")


def test_an_envelope_may_carry_several_messages():
    content = [FORMS["json"]["content"][0]] * 2

    assert len(carried(HEAD | {"content": content})) == 2


def test_a_bare_message_is_no_envelope():
    (one,) = carried({"body": {"x": 1}})

    assert (one.message, one.enveloped) == ({"body": {"x": 1}}, False)
    assert check_sent(one, ZONE).at_us is None
    assert one.bodies() == ["body"]


def test_the_status_of_a_bare_message_counts_too():
    (one,) = carried({"message": MESSAGE | {"status": "Test"}})

    assert refusal(one) == ("not_actual", {"mode": "Test"})


@pytest.mark.parametrize("path", ENVELOPE)
def test_what_the_envelope_lacks_is_named(path):
    (one,) = carried(without(HEAD, path) | FORMS["json"])

    assert refusal(one) == ("missing_required", {"column": path})


@pytest.mark.parametrize("path", HEADER)
def test_what_the_header_lacks_is_named_unless_it_may_lack_it(path):
    one = Carried(without(MESSAGE, path), HEAD, enveloped=True)

    assert refusal(one) == ("missing_required", {"column": path})
    assert check_sent(one, ZONE, header=False).at_us is not None


@pytest.mark.parametrize("content", [{}, {"content": []}, {"content": "x"}, {"content": [{}]}])
def test_an_envelope_of_nothing_is_named(content):
    (one,) = carried(HEAD | content)

    assert refusal(one) == ("missing_required", {"column": "content"})


@pytest.mark.parametrize("mode", [*MODES, "actual", "Jean Untel"])
def test_only_what_is_actual_passes_and_no_other_word_is_shown(mode):
    one = Carried(MESSAGE, HEAD | {"distributionStatus": mode}, enveloped=True)

    assert refusal(one) == ("not_actual", {"mode": mode if mode in MODES else "?"})


@pytest.mark.parametrize("name", ["dateTimeSent", "dateTimeExpires"])
def test_a_time_needs_its_offset(name):
    one = Carried(MESSAGE, HEAD | {name: "2026-11-23T09:55:00"}, enveloped=True)

    assert refusal(one)[0] == "naive_time"


@pytest.mark.parametrize("tree", [None, 1, "x", True])
def test_what_is_no_object_is_refused(tree):
    with pytest.raises(RowRefused) as caught:
        carried(tree)

    assert caught.value.code == "bad_row"


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from([*HEAD, *MESSAGE, "content", "message"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(TREES)
def test_any_tree_opens_or_is_refused_by_name(tree):
    codes = set()
    try:
        for one in carried(tree):
            check_sent(one, ZONE)
    except RowRefused as refused:
        codes.add(refused.code)

    assert codes <= {"bad_row", "missing_required", "bad_time", "naive_time", "not_actual"}


@given(TREES)
def test_what_is_put_back_into_its_envelope_opens_the_same(tree):
    """But for a message of nothing, and for a bare one that looks like an envelope."""
    if not isinstance(tree, dict):
        return
    for one in carried(tree):
        if one.enveloped and one.message:
            (again,) = carried(json.loads(one.as_json()))
            assert again.message == one.message
            assert again.head == one.head or "edxlDistribution" in one.head
