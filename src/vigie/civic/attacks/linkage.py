"""Three known places and days of a person: does the published week give the fourth away?

The attacker knows three facts of a person and that a fourth happened on a given day in one of
eleven zones. He takes the zone whose figure stands highest above what he knows. Few facts happen
there: it is where one more is seen most easily.
"""

from __future__ import annotations

import math

from vigie.civic.attacking import Attack, Draw, Methods, Outcome
from vigie.privacy.disclosure import threshold
from vigie.privacy.suppression import TOTAL, Key

COST = 250
DAYS = tuple(f"day{number}" for number in range(7))
OTHERS = 0.3
"""Facts of others in each zone and day, on average."""


def _guess(methods: Methods, draw: Draw, zones: tuple[str, ...]) -> bool:
    """Play one person: say whether the fourth zone was guessed."""
    counts: dict[Key, int] = {
        (zone, day): int(draw.poisson(OTHERS)) for zone in zones for day in DAYS
    }
    known = [(str(draw.choice(zones)), str(draw.choice(DAYS))) for _ in range(3)]
    day, zone = str(draw.choice(DAYS)), str(draw.choice(zones))
    for key in (*known, (zone, day)):
        counts[key] += 1
    told = {
        one.key: one.value for one in methods.figures(counts, dict.fromkeys(zones, TOTAL), COST)
    }
    above = {
        other: (told.get((other, day)) or 0) - known.count((other, day)) * ((other, day) in told)
        for other in zones
    }
    best = max(above.values())
    return bool(draw.choice([other for other in zones if above[other] == best]) == zone)


def run(methods: Methods, draw: Draw, runs: int) -> Outcome:
    """Play so many persons; the bound is one in k, and three standard deviations of chance."""
    least = threshold("public")
    zones = tuple(f"zone{number}" for number in range(least))
    won = sum(_guess(methods, draw, zones) for _ in range(runs))
    chance = 1 / least
    bound = chance + 3 * math.sqrt(chance * (1 - chance) / runs)
    return Outcome(runs, won / runs, bound, {"chance": chance})


ATTACK = Attack(
    name="linkage",
    title={
        "fr": "Retrouver le quatrième lieu d'une personne dont on en connaît trois",
        "en": "Find the fourth place of a person of whom three are known",
    },
    measure={"fr": "part de réussite", "en": "share of successes"},
    runs=300,
    run=run,
)
