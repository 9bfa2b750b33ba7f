"""Fewer posts than the grid asks for."""

from tests.rules.plan_views import DAY, NOON, plan, says

from vigie.rules.first_aid_missing import judge


def test_a_concert_without_a_post_is_told() -> None:
    found = judge(plan("a", kind="event.culture.concert"), NOON)

    assert found is not None
    assert says(
        found,
        "la grille demande 6 secouristes et 1 poste de secours",
        "the grid asks for 6 first-aiders and 1 first-aid post",
    )
    assert found.severity == 3
    assert found.numbers["ris"] == 4.25


def test_a_stadium_without_a_post_is_graver() -> None:
    found = judge(plan("a", kind="event.sport.match", attendance=(1, 53_500, 2)), NOON)

    assert found is not None
    assert says(
        found, "42 secouristes et 4 postes de secours", "42 first-aiders and 4 first-aid posts"
    )
    assert found.severity == 4


def test_one_of_four_is_said() -> None:
    found = judge(
        plan(
            "a", kind="event.sport.match", attendance=(1, 53_500, 2), means={"first_aid_posts": "1"}
        ),
        NOON,
    )

    assert found is not None
    assert says(found, "1 est prévu", "1 planned")
    assert found.severity == 3


def test_a_small_one_outdoors_asks_for_a_point() -> None:
    found = judge(plan("a", kind="event.culture.concert", attendance=(1, 700, 2)), NOON)

    assert found is not None
    assert says(found, "2 secouristes", "2 first-aiders")
    assert found.severity == 2


def test_enough_posts_are_no_clash() -> None:
    assert not judge(plan("a", kind="event.culture.concert", means={"first_aid_posts": "1"}), NOON)


def test_a_point_in_a_hall_is_not_asked_for() -> None:
    assert not judge(
        plan(
            "a",
            kind="event.culture.concert",
            attendance=(1, 700, 2),
            place_id="p",
            venue_kind="place.venue.hall",
        ),
        NOON,
    )


def test_far_ahead_is_no_clash() -> None:
    assert not judge(plan("a", kind="event.culture.concert"), NOON - 31 * DAY)
