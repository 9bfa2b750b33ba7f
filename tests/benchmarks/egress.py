"""The arithmetic of widths beside walkers of JuPedSim: one room, one exit, several widths.

    python3 run.py bench egress [--seeds 2]

For each room: the flow of the middle 60 % of walkers in people per metre and minute, when the last
one passed the door, and what the fluid queue says at 60 (planned), at 82 (ceiling) and at the
simulated flow. Wanted: every flow within the band of ``_room.BAND``; the time at 60 never shorter
than the simulated one; the time at the simulated flow within 20 % of it. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
from _room import BAND, walk
from _small import either, sized

from vigie.foresight.whatif.egress import CEILING_RATE, PLANNED_RATE, egress_curve

ROOMS = ((1.2, 80, 1.34), (1.2, 80, 0.8), (2.4, 150, 1.34), (2.4, 150, 1.0), (3.6, 150, 1.34))


def main() -> None:
    """Walk the rooms and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    seeds = sized(parser.parse_args(), seeds=1).seeds
    began = time.perf_counter()
    print("width m | agents | speed m/s | flow p/m/min | last s | at 60 | at 82 | at its own flow")
    flows, errors, safe = [], [], True
    for width, agents, speed in ROOMS[: either(len(ROOMS), 1)]:
        for seed in range(1, seeds + 1):
            walked = walk(width, agents, seed=seed, speed=speed)
            slow, ceiling, own = (
                egress_curve(agents, width, rate).last * 60
                for rate in (PLANNED_RATE, CEILING_RATE, walked.flow)
            )
            flows.append(walked.flow)
            errors.append(abs(own - walked.last_s) / walked.last_s)
            safe &= slow >= walked.last_s
            print(
                f"{width:7} | {agents:6} | {speed:9} | {walked.flow:12.1f} | {walked.last_s:6.1f}"
                f" | {slow:5.1f} | {ceiling:5.1f} | {own:5.1f}"
            )
    inside = all(BAND[0] <= flow <= BAND[1] for flow in flows)
    told = {
        "name": "egress",
        "rooms": len(flows),
        "flow_low": round(float(min(flows)), 1),
        "flow_mean": round(float(np.mean(flows)), 1),
        "flow_high": round(float(max(flows)), 1),
        "band": BAND,
        "within_band": inside,
        "never_faster_at_60": safe,
        "worst_time_error": round(float(max(errors)), 3),
        "seconds": round(time.perf_counter() - began, 1),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
