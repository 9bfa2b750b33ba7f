"""Reading what pairs of kinds are learnt from: past plans, and facts that say something of them."""

from __future__ import annotations

import numpy as np

from vigie.base.stopping import look
from vigie.foresight.clash_ground import Ground
from vigie.foresight.clashes_learnt import FactPoints, LearntPair, learn
from vigie.foresight.effects.history import evidence
from vigie.foresight.plans import DAY_US, Plans, plans_between
from vigie.lake.store import Lake

BACK_US = 730 * DAY_US
SETTLED_US = DAY_US
COLUMNS = ("lon", "lat", "earliest_us", "latest_us", "kind", "discovered_by")


def learn_pairs(lake: Lake, plans: Plans, ground: Ground, now_us: int) -> list[LearntPair]:
    """Return the pairs of kinds that history shows, from the last two years.

    What patrols discover, police work and drugs say nothing here: more of them is found where more
    officers stand. A fact of an uncertain time counts in the middle of it.
    """
    until_us = now_us - SETTLED_US
    table = lake.scan("facts", from_us=now_us - BACK_US, to_us=until_us, columns=list(COLUMNS))
    look()
    kept, _ = evidence(table)
    look()
    lon, lat = (np.asarray(kept[name].to_numpy(), np.float64) for name in ("lon", "lat"))
    early, late = (np.asarray(kept[c].to_numpy(), np.int64) for c in ("earliest_us", "latest_us"))
    placed = np.isfinite(lon) & np.isfinite(lat)
    if not placed.any():
        return []
    x, y = ground.projection.to_metres(lon[placed], lat[placed])
    at_us = (early + (late - early) // 2)[placed]
    records = plans_between(plans, int(at_us.min()), until_us)
    look()
    return learn(ground.views(records), FactPoints(x, y, at_us))
