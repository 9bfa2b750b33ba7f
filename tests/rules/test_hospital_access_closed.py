"""The way to an emergency department is closed."""

from tests.rules.plan_views import around, line, place, says, works

from vigie.rules.hospital_access_closed import RULE, judge


def test_a_closed_street_near_the_emergency_is_told() -> None:
    found = judge(works(), around(place("place.hospital.emergency", 100, 100, label="Nord")))[0]

    assert found is not None
    assert says(
        found,
        "ferme la voie à 50 m des urgences « Nord » pendant 2 j",
        'closes the street 50 m from the emergency department "Nord" for 2 days',
    )
    assert found.severity == 5
    assert found.identity == ("w", "Nord")
    assert found.geometry is not None
    assert not found.geometry.is_empty


def test_nothing_near_is_no_clash() -> None:
    assert not judge(works(geometry=line()), around())


def test_only_what_lets_nothing_through_is_looked_at() -> None:
    assert RULE.first.wants(works())
    assert not RULE.first.wants(works(closes=("stationnement", "voie")))
