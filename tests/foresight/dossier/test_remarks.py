"""What is to be looked at again in a file."""

from datetime import timedelta
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from tests.foresight.dossier.files import KICK_OFF, at, contents, plan, whole

from vigie.base.clock import to_us
from vigie.foresight.dossier.model import Content, Post, Shift
from vigie.foresight.dossier.remarks import least_cover, remarks
from vigie.foresight.dossier.texts import parts, remark_text, word


def codes(content: Content, *others: Any, **changes: Any) -> set[str]:
    return {one.code for one in remarks(content, plan(**changes), others)}


def test_a_coherent_file_of_an_authorised_event_needs_no_look() -> None:
    assert remarks(whole(), plan()) == []


@pytest.mark.parametrize(
    ("code", "content", "changes"),
    [
        ("no_perimeter", {"perimeter": None}, {}),
        ("no_posts", {"posts": [], "shifts": []}, {}),
        ("no_first_aid", {"first_aid": {}}, {}),
        ("no_contacts", {"contacts": []}, {}),
        ("documents_awaited", {"documents": [{"id": "a", "name": "Arrêté"}]}, {}),
        ("plan_cancelled", {}, {"state": "cancelled"}),
        ("plan_not_authorised", {}, {"state": "declared"}),
        ("gauge_changed", {"origin": {"plan_id": "o", "version": 1, "attendance": 40_000}}, {}),
        ("far_from_event", {}, {"starts_us": to_us(KICK_OFF) + 10 * 86_400_000_000}),
        (
            "closure_without_emergency",
            {
                "closures": [{"id": "c", "street": "Rue", "from_at": at(-1), "to_at": at(1)}],
            },
            {},
        ),
        (
            "message_one_language",
            {
                "messages": [
                    {"id": "m", "audience": "press", "channel": "web", "at": at(0), "fr": "A"}
                ]
            },
            {},
        ),
        ("may_name_person", {"checklist": [{"id": "x", "text": "Tribune Marcel Rousset"}]}, {}),
    ],
)
def test_each_thing_to_look_at_is_told(
    code: str, content: dict[str, Any], changes: dict[str, Any]
) -> None:
    if "starts_us" in changes:
        changes["ends_us"] = changes["starts_us"] + 7_200_000_000
    assert code in codes(whole(**content), **changes)


def test_what_reads_like_a_name_is_shown_in_its_own_words() -> None:
    text = "Tribune Marcel Rousset, " + "au pied de l’escalier " * 6
    content = whole(checklist=[{"id": "x", "text": text}])

    told = [one for one in remarks(content, plan()) if one.code == "may_name_person"]

    assert [one.item for one in told] == ["x"]
    assert told[0].params["passage"].startswith("Tribune Marcel Rousset, au pied")
    assert told[0].params["passage"].endswith(" …")
    assert told[0].params["passage"] in remark_text(told[0])["fr"]


def changed(part: str, **values: Any) -> Content:
    value = whole().model_dump(mode="json")
    value[part][0] |= values
    return Content.model_validate(value)


def test_too_few_barriers_for_a_line_are_told_and_enough_are_not() -> None:
    assert "barriers_short" in codes(changed("barriers", count=20))
    assert "barriers_short" not in codes(changed("barriers", count=56))
    assert "barriers_short" not in codes(changed("barriers", count=2, kind="vehicle"))


def test_a_post_outside_the_perimeter_is_told() -> None:
    away = {"type": "Point", "coordinates": [5.41, 43.27]}
    assert "post_outside" in codes(changed("posts", place=away))


def test_a_gap_between_two_shifts_is_found() -> None:
    assert "post_uncovered" in codes(changed("shifts", to_at=at(0.5)))
    assert "shift_outside_post" in codes(changed("shifts", from_at=at(-2.5)))


def test_works_on_the_ground_that_day_are_told_and_others_not() -> None:
    works = plan(
        plan_id="w",
        kind="event.works.network",
        title="Réseau",
        geometry=shapely.box(5.3939, 43.2699, 5.3941, 43.2701),
    )
    assert {"works_in_perimeter", "works_near"} <= codes(whole(), works)
    later = plan(
        plan_id="w",
        kind="event.works",
        geometry=works.geometry,
        starts_us=to_us(KICK_OFF + timedelta(days=3)),
        ends_us=to_us(KICK_OFF + timedelta(days=4)),
    )
    elsewhere = plan(plan_id="w", kind="event.works", geometry=shapely.box(5.5, 43.3, 5.51, 43.31))
    concert = plan(plan_id="w", kind="event.culture.concert", geometry=works.geometry)
    assert not {"works_in_perimeter", "works_near"} & codes(whole(), later, elsewhere, concert)


@given(contents(), st.lists(st.tuples(st.integers(-200, 200), st.integers(1, 300)), max_size=4))
def test_the_least_cover_is_that_of_the_worst_minute(
    content: Content, spans: list[tuple[int, int]]
) -> None:
    post = Post.model_validate(
        {
            "id": "p",
            "name": "p",
            "kind": "agents",
            "headcount": 1,
            "from_at": at(-1),
            "to_at": at(1),
        }
    )
    shifts = [
        Shift(
            id=f"s{n}",
            post="p",
            headcount=n + 1,
            from_at=KICK_OFF + timedelta(minutes=start),
            to_at=KICK_OFF + timedelta(minutes=start + length),
        )
        for n, (start, length) in enumerate(spans)
    ]
    worst = min(
        sum(one.headcount for one in shifts if one.from_at <= minute < one.to_at)
        for minute in (KICK_OFF + timedelta(minutes=m) for m in range(-60, 60))
    )
    assert least_cover(post, shifts) == worst
    assert remarks(content, plan()) == remarks(content, plan())


def test_every_remark_has_its_text_in_both_languages() -> None:
    found = remarks(changed("shifts", to_at=at(0.5)), plan(state="declared"))
    for one in found:
        texts = remark_text(one)
        assert texts["fr"] != texts["en"]
        assert "{" not in texts["fr"] + texts["en"]


def test_every_word_stands_in_both_languages() -> None:
    for part, texts in parts().items():
        for code, text in texts.items():
            assert set(text) == {"fr", "en"}, (part, code)
            assert word(part, code, "fr")
            assert "'" not in text["fr"], (part, code)
