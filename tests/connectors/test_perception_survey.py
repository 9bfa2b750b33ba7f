"""What is peculiar to surveys: groups never below the least, periods, shares and scores."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.connectors.perception_survey import MINIMUM
from vigie.intake.messages.sheets import data_of
from vigie.model.units import METRICS

NAME = "perception_survey"
QUESTIONS = data_of(NAME)["questions"]
ROW = {"zone": "Z1", "periode": "2026-03", "question": "insécurité", "part": 40, "reponses": 150}


def survey(lab, *rows, **options):
    content = json.dumps([ROW | row for row in rows]).encode()
    return lab.run(NAME, content, options=options)


def test_every_question_is_a_metric_in_per_cent(lab):
    for metric, words in QUESTIONS.items():
        assert METRICS[metric].unit == "%"
        score = metric == "feeling.tranquillity"
        figure = {"note": 3, "note_min": 1, "note_max": 5, "part": None} if score else {"part": 50}
        found = survey(lab, *({"question": w.upper(), "zone": w} | figure for w in words))
        assert {one["metric"] for one in found.records["measures"]} == {metric}
        assert {one["value"] for one in found.records["measures"]} == {50.0}


@pytest.mark.parametrize(
    ("said", "first", "after"),
    [
        ("2026", (2025, 12, 31, 23), (2026, 12, 31, 23)),
        ("2026-03", (2026, 2, 28, 23), (2026, 3, 31, 22)),
        ("T2 2026", (2026, 3, 31, 22), (2026, 6, 30, 22)),
        ("2026-Q4", (2026, 9, 30, 22), (2026, 12, 31, 23)),
        ("2026-S2", (2026, 6, 30, 22), (2026, 12, 31, 23)),
    ],
)
def test_a_named_period_is_that_of_the_local_calendar(lab, said, first, after):
    (found,) = survey(lab, {"periode": said}).records["measures"]

    assert found["from_at"] == datetime(*first, tzinfo=UTC)
    assert found["to_at"] == datetime(*after, tzinfo=UTC)


def test_the_last_day_of_a_survey_belongs_to_it(lab):
    days = {"periode": None, "debut": "02/03/2026", "fin": "29/03/2026"}
    (found,) = survey(lab, days).records["measures"]

    assert found["from_at"] == datetime(2026, 3, 1, 23, tzinfo=UTC)
    assert found["to_at"] == datetime(2026, 3, 29, 22, tzinfo=UTC)  # clocks went forward that night


def test_how_many_say_so_becomes_a_share_to_a_whole_per_cent(lab):
    (found,) = survey(lab, {"part": None, "nombre": 50, "reponses": 151}).records["measures"]

    assert (found["value"], found["group_size"], found["unit"]) == (33.0, 151, "%")


def test_a_later_computation_amends_an_earlier_one(lab):
    rows = ({"maj": "2026-04-02"}, {"maj": "2026-05-02", "part": 44})
    found = survey(lab, *rows).records["measures"]

    assert len({one["source_ref"] for one in found}) == 1
    assert max(found, key=lambda one: one["revision"])["value"] == 44.0


@given(
    answers=st.lists(st.integers(0, 60), min_size=1, max_size=6),
    minimum=st.one_of(st.none(), st.integers(-50, 90), st.just(float("nan"))),
)
def test_no_figure_of_fewer_answers_than_the_least_group_comes_out(lab, answers, minimum):
    """Not as a value, not in a reason, not in what goes to quarantine."""
    rows = [{"zone": f"Z{n}", "part": 77, "reponses": many} for n, many in enumerate(answers)]
    outcome = survey(lab, *rows, minimum=minimum)
    least = max(MINIMUM, minimum) if isinstance(minimum, int) else MINIMUM

    taken = [one["group_size"] for one in outcome.records.get("measures", [])]
    assert taken == [many for many in answers if many >= least]
    for reject in outcome.rejects:
        assert reject.code == "group_too_small"
        assert b"77" not in reject.raw
        assert reject.params == {"count": "n", "minimum": least}
        assert json.loads(reject.raw)[0]["reponses"] == f"<{least}"
