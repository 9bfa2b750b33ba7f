"""A fact of a kind lies inside a zone that somebody watches."""

from __future__ import annotations

import numpy as np
from shapely import Point

from vigie.geo.cells import cell_text
from vigie.judge.parameters import KindParameters
from vigie.judge.rule import Finding, Rule
from vigie.judge.watched import HOUR_US, Watched


class ZoneParameters(KindParameters):
    """Which facts; the zone and the hours are those of the instance."""

    def looks_back_s(self) -> int:
        """Return nought: each fact rings by itself."""
        return 0


def judge(seen: Watched, asked: ZoneParameters) -> list[Finding]:
    """Find the facts judged that lie in the zone.

    Those of a kind in one hexagon (resolution 8, some 900 m across) are one alert within the quiet
    time. A zone may be a whole city: a second fire at its other end is another.
    """
    facts = seen.facts.take(seen.facts.placed).wanted(asked.kind, asked.severity_min)
    rows = np.flatnonzero((facts.at_us >= seen.from_us) & (facts.at_us <= seen.to_us))
    return [
        Finding(
            severity=max(seen.severity, int(facts.severity[row])),
            explanation={
                "fr": f"« {seen.label(facts.kinds[row], 'fr')} » dans {seen.area['fr']}.",
                "en": f'"{seen.label(facts.kinds[row], "en")}" in {seen.area["en"]}.',
            },
            from_us=int(facts.at_us[row]),
            to_us=int(facts.at_us[row]) + HOUR_US,
            subjects=(str(facts.ids[row]),),
            numbers={"severity": int(facts.severity[row]), "source": str(facts.sources[row])},
            geometry=Point(float(facts.lon[row]), float(facts.lat[row])),
            identity=(str(facts.kinds[row]), cell_text(int(facts.cells[row]))),
        )
        for row in rows.tolist()
    ]


RULE = Rule(
    name="inside_zone",
    kind="alert_watch",
    title={"fr": "Fait dans une zone surveillée", "en": "Fact inside a watched zone"},
    why={
        "fr": "Un lieu qui compte ce jour-là ne souffre pas d'attente. La position d'un fait a son"
        " incertitude : un fait du bord peut être dehors.",
        "en": "A place that matters that day bears no delay. The position of a fact has its"
        " uncertainty: one at the edge may lie outside.",
    },
    judge=judge,
    parameters=ZoneParameters,
)
