"""What changed between two versions."""

from hypothesis import given
from tests.foresight.dossier.files import contents, whole

from vigie.foresight.dossier.comparing import changes
from vigie.foresight.dossier.model import Content


@given(contents())
def test_a_content_does_not_differ_from_itself(content: Content) -> None:
    assert changes(content, content) == []


@given(contents(), contents())
def test_what_is_added_one_way_is_removed_the_other(one: Content, other: Content) -> None:
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    there = {(c.part, c.item, c.what) for c in changes(one, other)}
    back = {(c.part, c.item, turned[c.what]) for c in changes(other, one)}
    assert there == back
    assert (one == other) == (not there)


def test_a_post_moved_and_strengthened_is_told_field_by_field() -> None:
    before = whole()
    value = before.model_dump(mode="json")
    value["posts"][0]["place"]["coordinates"] = [5.396, 43.2725]
    value["posts"][0]["headcount"] = 25
    (change,) = changes(before, Content.model_validate(value))
    assert (change.part, change.item, change.label, change.what) == (
        *("posts", "nord", "Parvis nord"),
        "changed",
    )
    fields = {one.field: one for one in change.fields}
    assert (fields["headcount"].before, fields["headcount"].after) == (20, 25)
    assert fields["place"].moved_m is not None
    assert 105 < fields["place"].moved_m < 118


def test_another_order_is_no_change() -> None:
    content = whole()
    turned = content.model_copy(update={"posts": content.posts[::-1]})
    assert changes(content, turned) == []


def test_parts_that_are_no_lists_are_told_too() -> None:
    before, after = (
        whole(),
        whole(
            perimeter=None, summary="Autre", first_aid={"responders": 4}, after={"lessons": "Bien."}
        ),
    )
    assert [change.part for change in changes(before, after)] == [
        *("summary", "perimeter", "first_aid", "after.lessons"),
    ]
    assert {field.field for field in changes(before, after)[2].fields} == {
        *("level", "responders", "risk"),
    }
