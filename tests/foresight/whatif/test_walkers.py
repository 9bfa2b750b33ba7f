"""The fluid queue beside somebody else's walkers: JuPedSim, one room, one exit.

The benchmark ``egress`` walks six rooms; this is its smallest.
"""

from __future__ import annotations

from tests.benchmarks._room import BAND, walk

from vigie.foresight.whatif.egress import CEILING_RATE, PLANNED_RATE, egress_curve


def test_walkers_pass_a_door_faster_than_what_is_planned_and_as_fast_as_the_queue_says():
    walked = walk(1.2, 80, seed=1)

    assert BAND[0] <= walked.flow <= BAND[1]
    assert egress_curve(80, 1.2, PLANNED_RATE).last * 60 > walked.last_s
    same = egress_curve(80, 1.2, walked.flow).last * 60
    assert abs(same - walked.last_s) <= 0.2 * walked.last_s
    assert abs(walked.flow - CEILING_RATE) < abs(walked.flow - PLANNED_RATE)
