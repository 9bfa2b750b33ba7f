"""The facts of an invented city with the incident that each of them truly tells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vigie.analyse.points import to_metres
from vigie.base.errors import NotFound
from vigie.judge.linkage_learning import Known
from vigie.judge.linkage_spans import REPORT_READS, read_reports
from vigie.lake.store import Lake

TELLINGS = "feeds/truth/tellings.parquet"
"""Which row of which feed tells of which incident, as the demo leaves it in a home."""


def known_reports(lake: Lake, home: Path) -> Known:
    """Return the located facts of a home in the order of time, each with its true incident.

    Raises:
        NotFound: When the home is not one of an invented city.
    """
    path = home / TELLINGS
    if not path.is_file():
        raise NotFound(what="truth", name=str(path))
    facts = lake.scan("facts", columns=["source_ref", "lon", "lat", *REPORT_READS])
    facts = facts.filter(pc.is_valid(facts["lon"])).sort_by("earliest_us")
    columns = ("source", "source_ref", "incident")
    told = pq.read_table(path, columns=list(columns))
    number = {
        (source, ref): incident
        for source, ref, incident in zip(*(told[n].to_pylist() for n in columns), strict=True)
    }
    refs = zip(facts["source"].to_pylist(), facts["source_ref"].to_pylist(), strict=True)
    # What no incident is told by stands for itself.
    incident = [number.get(ref, -1 - n) for n, ref in enumerate(refs)]
    x, y = to_metres(*(np.asarray(facts[name].to_numpy(), np.float64) for name in ("lon", "lat")))
    return Known(read_reports(facts, x, y), np.array(incident, dtype=np.int64))
