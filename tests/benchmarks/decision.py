"""The decision of the charter, in process: how long one takes, over every cell and every refusal.

    python3 run.py bench decision [--rounds 20]

Every role x purpose x dataset x verb is asked, with a partner, a delegation, a reason and two open
glasses at hand, so that no question is cheaper than in use. The last line is JSON: name, figures in
microseconds. The goal is a p99 of one millisecond at most.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from itertools import product

import numpy as np
from _small import sized

from vigie.privacy.charter import PLANES, ROLES, Limits, shipped_charter
from vigie.privacy.decision import Ask, Glass, decide
from vigie.privacy.purposes import Purpose, Verb

GOAL_US = 1_000.0


def questions() -> list[Ask]:
    """Return every question that can be put to the charter, and those without a purpose."""
    return [
        Ask(
            *(role, dataset, verb, purpose),
            reason="Contrôle de la ligne 4",
            last_reason="Contrôle de la ligne 3",
            partner="rescue",
            limits=Limits(frozenset({"rescue"}), frozenset({"arrondissement:1"})),
            at_us=10,
            glasses=(
                Glass("narratives", 0, 100, zone="arrondissement:2"),
                Glass("facts", 0, 100, fact="fact-1"),
            ),
            fact="fact-1",
        )
        for role, dataset, verb, purpose in product(ROLES, PLANES, Verb, ("", *Purpose))
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = sized(parser.parse_args(), rounds=1).rounds
    charter, asked = shipped_charter(), questions()
    spent = np.empty((rounds, len(asked)))
    clock = time.perf_counter_ns
    for turn in range(rounds):
        for at, ask in enumerate(asked):
            begun = clock()
            decide(charter, ask)
            spent[turn, at] = (clock() - begun) / 1_000
    p50, p99, p999 = (float(one) for one in np.percentile(spent, (50, 99, 99.9)))
    figures = {
        "name": "decision",
        "questions": len(asked),
        "rounds": rounds,
        "p50_us": round(p50, 2),
        "p99_us": round(p99, 2),
        "p999_us": round(p999, 2),
        "worst_us": round(float(spent.max()), 1),
        "goal_p99_us": GOAL_US,
        "reached": p99 <= GOAL_US,
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
