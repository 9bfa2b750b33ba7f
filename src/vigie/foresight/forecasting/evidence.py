"""Which facts are evidence of what happens at a place, and which only of where somebody looked.

A fact that a patrol or a camera found says as much about where they were sent as about the place.
Fed back into what sends them, it confirms itself without end (Lum & Isaac, Significance 13:5, 2016;
Ensign et al., PMLR 81, 2018). So such a fact counts nothing, whatever it is. Some kinds are for the
greater part found and not told, or turn on who stands there rather than on what is done: drugs,
loitering, begging, camps, gatherings, police work. They are left out of every forecast, even where
somebody told of them. Nothing here is a setting: a home may forecast fewer kinds, not these.

What was told by the public still depends on who calls (Akpinar et al., FAccT 2021): this rule is
necessary and not sufficient, hence ``sensitivity`` and ``feedback``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.errors import WrongUsage
from vigie.model.taxonomy import TAXONOMY

Floats = npt.NDArray[np.float64]

PATROL = "patrol"
"""Who discovered what an agent in the street enters."""

NOT_EVIDENCE = (PATROL, "camera")
"""Who discovered a fact that counts nothing."""

UNKNOWN = "unknown"
"""In place of a discoverer that the source does not tell."""

INITIATIVE = {
    "fr": "Constaté surtout quand des agents cherchent : le nombre suit leur présence.",
    "en": "Mostly found when officers look for it: the number follows their presence.",
}
ASSEMBLY = {
    "fr": "Concerne la présence ou la réunion de personnes, non un trouble d'un lieu.",
    "en": "About people being or meeting somewhere, not about trouble at a place.",
}
ACTIVITY = {
    "fr": "Décrit l'activité d'un service, non ce qui arrive.",
    "en": "Describes what a service did, not what happened.",
}

EXCLUDED: dict[str, dict[str, str]] = {
    "offence.drugs": INITIATIVE,
    "offence.police": ACTIVITY,
    "offence.disorder.gathering": ASSEMBLY,
    "offence.disorder.begging": ASSEMBLY,
    "offence.disorder.drunkenness": INITIATIVE,
    "offence.disorder.urban_violence": ASSEMBLY,
    "offence.person.weapon": INITIATIVE,
    "offence.person.insult": INITIATIVE,
    "offence.person.assault.official": INITIATIVE,
    "road.offence": INITIATIVE,
    "space.crowd": ASSEMBLY,
    "space.occupation.camp": ASSEMBLY,
    "space.occupation.squat": ASSEMBLY,
    "space.prevention": ACTIVITY,
    "space.trade.peddling": INITIATIVE,
}
"""Kinds that no forecast is made of, each with its whole branch, and why."""

USUAL_KINDS = (
    "offence.property",
    "offence.person",
    "offence.disorder.noise",
    "space.cleanliness",
    "space.equipment",
    "road.parking",
    "road.accident",
    "road.traffic",
    "rescue.person",
    "rescue.fire",
)
"""Kinds forecast when nobody asks for others."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """How much each fact counts, and what was left out.

    Attributes:
        weight: 1 for evidence, 0 for none, one for each fact; empty where only sums are told.
        evidence: How many count.
        discovered: Left out for who discovered them.
        excluded: Left out for their kind (and not already for their discoverer).
        unknown: Count although the source does not tell who discovered them.
        by_discoverer: Facts seen by discoverer, before the rule.
    """

    weight: Floats
    evidence: int
    discovered: int
    excluded: int
    unknown: int
    by_discoverer: dict[str, int]


def exclusion_of(kind: str) -> dict[str, str] | None:
    """Return why no forecast is made of a kind, in French and English; None if one may be."""
    for code, why in EXCLUDED.items():
        if TAXONOMY.is_within(kind, code):
            return why
    return None


def check_kinds(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kinds to forecast, the usual ones when none are named.

    Raises:
        WrongUsage: A kind that is unknown, that no forecast is made of, or that stands within
            another one asked for (its facts would count twice).
    """
    wanted = tuple(dict.fromkeys(kinds)) or USUAL_KINDS
    for kind in wanted:
        if kind not in TAXONOMY:
            raise WrongUsage(reason=f"kind {kind[:80]}", field="kinds")
        if exclusion_of(kind) is not None:
            raise WrongUsage(reason=f"kind {kind}: never forecast", field="kinds")
        if any(kind != other and TAXONOMY.is_within(kind, other) for other in wanted):
            raise WrongUsage(reason=f"kind {kind}: within another", field="kinds")
    return wanted


def weigh(table: pa.Table) -> Weighed:
    """Return how much each fact of a table counts as evidence.

    Args:
        table: Facts, with ``kind`` and ``discovered_by``.
    """
    by = pc.fill_null(table["discovered_by"].cast(pa.string()), UNKNOWN)
    found = pc.is_in(by, value_set=pa.array(NOT_EVIDENCE, pa.string()))
    barred = pa.array([False] * table.num_rows)
    codes = pc.unique(table["kind"]).to_pylist()
    never = [code for code in codes if exclusion_of(str(code)) is not None]
    if never:
        barred = pc.is_in(table["kind"], value_set=pa.array(never, pa.string()))
    discovered = np.asarray(found.to_numpy(zero_copy_only=False), np.bool_)
    excluded = np.asarray(pc.cast(barred, pa.bool_()).to_numpy(zero_copy_only=False), np.bool_)
    counted = ~(discovered | excluded)
    told = {str(row["values"]): int(row["counts"]) for row in pc.value_counts(by).to_pylist()}
    untold = np.asarray(pc.equal(by, UNKNOWN).to_numpy(zero_copy_only=False), np.bool_)
    return Weighed(
        weight=counted.astype(np.float64),
        evidence=int(counted.sum()),
        discovered=int(discovered.sum()),
        excluded=int((excluded & ~discovered).sum()),
        unknown=int((counted & untold).sum()),
        by_discoverer=dict(sorted(told.items())),
    )


def evidence(table: pa.Table) -> tuple[pa.Table, int]:
    """Return the facts of a table that say something of the place, and how many do not.

    The one rule for whatever is held against what happened: forecasts, effects of events, pairs of
    plans, usual days, after-action.

    Args:
        table: Facts, with ``kind`` and ``discovered_by``.
    """
    kept = table.filter(pa.array(weigh(table).weight > 0.0))
    return kept, table.num_rows - kept.num_rows
