"""Feeling beside facts, lamps and patrols: what is planted comes back, and small counts do not."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from tests.analyses.facts_table import facts
from tests.benchmarks._cities import NOW, frame_of

from vigie.analyse.running import withhold
from vigie.analyses.feeling import ANALYSIS, FeelingParameters, run
from vigie.base.clock import to_us
from vigie.city import geography
from vigie.city.feeds.feeling import FEELING, make_waves
from vigie.city.kinds import kinds
from vigie.city.span import midnight
from vigie.city.truth import make_truth

DAYS = 112
NIGHT, LAMPS = "feeling.unsafe_night", "light.out"


@cache
def city():
    """The synthetic city, its facts as they were and its surveys as they are drawn."""
    truth = make_truth(seed=2, days=DAYS, scale=0.4, now=NOW)
    them = truth.incidents
    past = them.at_us < truth.now_us
    codes = pa.array([kind.code for kind in kinds()])
    table = pa.table(
        {
            **{name: getattr(them, name)[past] for name in ("lon", "lat")},
            **dict.fromkeys(("earliest_us", "latest_us"), them.at_us[past]),
            "kind": codes.take(pa.array(them.kind[past])),
            "discovered_by": pa.array(["public"] * int(past.sum())),
        }
    )
    waves, chance, rows = make_waves(truth), np.random.default_rng(2), []
    places = [one.representative_point() for one in geography.zonings()["arrondissement"].polygons]
    for wave, (first, last) in enumerate(waves.days):
        begin, end = (to_us(midnight(day)) for day in (first, last + timedelta(days=1)))
        for zone, place in enumerate(places):
            of = {"lon": place.x, "lat": place.y, "from_us": begin, "to_us": end}
            many = int(chance.integers(110, 220))
            said = chance.binomial(many, waves.unsafe_night[wave, zone])
            rows.append(of | {"metric": NIGHT, "value": 100.0 * said / many, "group_size": many})
            out = float(waves.lamps_out[wave, zone])
            rows.append(of | {"metric": LAMPS, "value": out, "group_size": None})
    return table, replace(frame_of(DAYS), measures=pa.Table.from_pylist(rows))


@cache
def asked(**params):
    table, frame = city()
    return run(table, FeelingParameters(**params), frame)


def odds(found, of: str) -> list[float]:
    """The factor and its interval of a term, as the note tells it."""
    (note,) = [one["en"] for one in found.notes if of in one["en"]]
    for sign in "[],":
        note = note.replace(sign, " ")
    return [float(word) for word in note.split()[2:5]]


def test_the_zone_where_feeling_is_worse_than_anything_explains_is_the_one_told() -> None:
    rows = asked().table.to_pylist()
    told = {row["zone"]: row for row in rows if row["state"] != "alike"}

    assert set(told) == {FEELING.apart_zone}
    assert told[FEELING.apart_zone]["state"] == "worse"
    assert told[FEELING.apart_zone]["residual_low"] > 5
    assert len(rows) == 16


def test_what_facts_lamps_and_patrols_weigh_is_recovered() -> None:
    """The planted sizes lie in the intervals; lamps that are out are told to matter."""
    found = asked()
    for of, planted in (
        ("twice the facts", 2.0**FEELING.offences),
        ("lamps out", np.exp(10 * FEELING.lamps)),
        ("twice the patrols", 2.0**FEELING.patrols),
    ):
        _, low, high = odds(found, of)
        assert low <= planted <= high
    assert odds(found, "lamps out")[1] > 1


def test_what_lamps_explain_is_told_of_the_zone_where_they_are_out() -> None:
    dark = {row["zone"]: row["by_light"] for row in asked().table.to_pylist()}

    assert max(dark, key=lambda zone: dark[zone]) == "13203"  # the one of three that lasts
    assert dark["13203"] > 10
    assert all(row["by_light"] is None for row in asked(lighting="none").table.to_pylist())


def test_figures_are_those_of_the_survey_with_wilsons_interval() -> None:
    """50 of 100: Wilson (1927) gives 40.4 to 59.6 per cent."""
    table, frame = city()
    rows = frame.measures.slice(0, 2).to_pylist()
    one = pa.Table.from_pylist([rows[0] | {"value": 50.0, "group_size": 100}])
    (row,) = run(table, FeelingParameters(), replace(frame, measures=one)).table.to_pylist()
    (wide,) = run(
        table, FeelingParameters(design=2.0), replace(frame, measures=one)
    ).table.to_pylist()

    assert (row["feeling"], row["answers"], row["state"]) == (50.0, 100, "unknown")
    assert (row["low"], row["high"]) == pytest.approx((40.38, 59.62), abs=0.01)
    assert wide["low"] < row["low"]
    assert row["expected"] is None


def test_every_period_is_shown_when_asked_and_judged_either_way() -> None:
    every, last = asked(periods="all").table.to_pylist(), asked().table.to_pylist()
    kept = {(row["zone"], row["to_day"]): row for row in every}

    assert len(every) == 4 * len(last)
    assert all(kept[row["zone"], row["to_day"]] == row for row in last)


def test_reports_by_the_public_are_felt_too_and_then_explain_nothing() -> None:
    found = asked(feeling="reports", reported="offence.disorder", period_days=56)
    table, frame = city()
    disorder = [kind.startswith("offence.disorder") for kind in table["kind"].to_pylist()]
    apart = table.filter(pa.array(disorder))
    alone = run(apart, FeelingParameters(feeling="reports"), frame)

    assert odds(found, "twice the facts")[1] > 1
    assert found.table["answers"].to_pylist() != []
    assert set(alone.table["rests_on"].to_pylist()) == set(alone.table["answers"].to_pylist())


def test_what_is_not_in_the_data_is_said() -> None:
    table, frame = city()
    surveyed = frame.measures.filter(pa.compute.equal(frame.measures["metric"], NIGHT))
    surveyed = surveyed.set_column(
        surveyed.schema.get_field_index("group_size"),
        "group_size",
        pa.array([None, *surveyed["group_size"].to_pylist()[1:]], pa.int64()),
    )
    found = run(table, FeelingParameters(deployment="planned"), replace(frame, measures=surveyed))
    said = " ".join(note["en"] for note in found.notes)

    assert "about lighting" in said
    assert "about deployment" in said
    assert "1 survey figures left out" in said


def test_planned_patrols_count_by_their_hours_where_they_are_planned() -> None:
    table, frame = city()
    places = [one.representative_point() for one in geography.zonings()["arrondissement"].polygons]
    hour, chance = 3_600_000_000, np.random.default_rng(3)
    start = frame.from_us
    plans = [
        {"kind": "event.patrol", "state": state, "lon": place.x, "lat": place.y,
         "starts_us": start + 24 * day * hour, "ends_us": start + (24 * day + 4) * hour}
        for place in places for day in range(0, DAYS, int(chance.integers(1, 9)))
        for state in ("authorised", "cancelled")
    ]  # fmt: skip
    there = replace(frame, plans=pa.Table.from_pylist(plans))
    found = run(table, FeelingParameters(deployment="planned"), there)
    half = pa.Table.from_pylist([plan for plan in plans if plan["state"] == "authorised"])
    same = run(table, FeelingParameters(deployment="planned"), replace(frame, plans=half))

    assert "twice the patrols" in " ".join(note["en"] for note in found.notes)
    assert found.table["by_patrols"].to_pylist() == same.table["by_patrols"].to_pylist()


def test_a_zone_that_rests_on_few_facts_is_withheld_whole() -> None:
    table, frame = city()
    offences = [kind.startswith("offence") for kind in table["kind"].to_pylist()]
    few = table.filter(pa.array(offences)).slice(0, 260)
    asked_for = FeelingParameters(deployment="none", periods="all")
    found = run(few, asked_for, frame).table
    shown, withheld = withhold(found, "rests_on", 5, ["zone", "label", "from_day", "to_day"])

    assert 0 < withheld < 16
    small = [row for row in shown.to_pylist() if row["withheld"]]
    assert all(row["feeling"] is None and row["expected"] is None for row in small)


def test_a_fact_of_the_night_counts_at_its_middle_or_not_at_all() -> None:
    """Between 18:00 and 08:00 it is a fact of 01:00; longer than asked for, it is left out."""
    _, frame = city()
    hour = 3_600_000_000
    evening = frame.to_us - 40 * 24 * hour
    table = facts([evening] * 9, [evening + 14 * hour] * 9)
    there = table.set_column(table.schema.get_field_index("lat"), "lat", pa.array([43.3] * 9))
    kept = run(there.select(list(ANALYSIS.reads)), FeelingParameters(), frame)
    left = run(there.select(list(ANALYSIS.reads)), FeelingParameters(longest_hours=13), frame)

    assert (kept.base, left.base) == (9, 0)
