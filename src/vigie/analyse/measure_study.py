"""A measure judged: effect, rings, event study, placebos and power, as rows of a table."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
import scipy

from vigie.analyse.controls import (
    Contrast,
    contrast,
    displacement_quotient,
    smoothed,
    synthetic,
)
from vigie.analyse.days import Floats, Ints, dates
from vigie.analyse.matching import Match, matched
from vigie.analyse.measures import FIRST_DONOR, PLACE, Weeks
from vigie.analyse.segments import null_counts
from vigie.base.errors import WrongUsage
from vigie.base.remarks import remark
from vigie.geo.zonings import Zoning

LEAST_WEEKS, LEAST_DONORS, LEAST_FACTS = 8, 3, 10
SMOOTH, RIDGE, BIN = 4, 0.02, 4
DRAWS, POWER, FOUND = 499, 0.8, 0.95
MOST_DONORS = 60
"""Most controls weighed by characters: each is itself weighed as if the measure had been there."""
AHEAD = (4, 12, 26, 52)
"""Weeks a measure would run, for its power."""
EARLIER = 2.0
"""Standard errors beyond which the place is said to have gone its own way before."""


class Study:
    """A place, its rings and its controls, before and since a measure.

    Attributes:
        weeks: Counts by week.
        zoning: Zones, for their names.
        match: How like the controls are, where they are weighed by characters.
        weights: Weights of the controls.
        main: The place against them.
    """

    def __init__(self, weeks: Weeks, zoning: Zoning, *, chosen: bool) -> None:
        self.weeks, self.zoning, self._chosen = weeks, zoning, chosen
        self._counts = np.vstack([weeks.treated[None], weeks.rings, weeks.donors])
        self._donors = FIRST_DONOR + np.arange(len(weeks.donors))
        if weeks.traits is not None and len(weeks.donors) > MOST_DONORS:
            reason = f"{len(weeks.donors)} zones, at most {MOST_DONORS}"
            raise WrongUsage(reason=reason, field="controls")
        self.match = self._match(PLACE, self._donors, weeks.before)
        self.weights = self._weights(PLACE, self._donors, weeks.before)
        self.main = contrast(weeks.treated, weeks.donors, self.weights, weeks.before)
        self.others = self._others() if weeks.after else []

    def rows(self, ring_m: int, seed: int) -> list[dict[str, Any]]:
        """Return every row: only placebos in time and power when the measure has no week yet."""
        since: list[dict[str, Any]] = []
        if self.weeks.after:
            effect = self.effect()
            since += [*effect, *self.near(ring_m)]
            since += self.quotient(seed) if (effect[0]["high"] or 1.0) < 1.0 else []
            since += [*self.events(), *self.placebos()]
        return [*since, *self.earlier(), *self.power()]

    def _match(self, own: int, donors: Ints, before: int) -> Match | None:
        """Return the controls of a place by its characters; None where nobody asks for these."""
        if self.weeks.traits is None:
            return None
        every = np.append(own, donors)
        series = smoothed(self._counts[own], self._counts[donors], before, SMOOTH)
        known = self.weeks.traits.until(self._counts[every], every, before)
        return matched(known[0], known[1:], *series, RIDGE)

    def _weights(self, own: int, donors: Ints, before: int) -> Floats:
        """Return the weights of a place's controls, both as rows of the counts."""
        match = self.match if own == PLACE and before == self.weeks.before else None
        match = match or self._match(own, donors, before)
        if match is not None:
            return match.weights
        counts = self._counts[donors]
        if self._chosen:
            sums = counts[:, :before].sum(axis=1)
            return np.asarray(sums / sums.sum(), np.float64)
        return synthetic(self._counts[own], counts, before, SMOOTH, RIDGE)

    def _against(self, own: int, donors: Ints, before: int, until: int | None = None) -> Contrast:
        weights = self._weights(own, donors, before)
        return contrast(self._counts[own, :until], self._counts[donors, :until], weights, before)

    def _others(self) -> list[Contrast]:
        """Return each control as if the measure had been there, against the other controls."""
        if len(self._donors) < LEAST_DONORS:
            return []
        return [
            self._against(own, np.delete(self._donors, k), self.weeks.before)
            for k, own in enumerate(self._donors.tolist())
        ]

    def reach(self) -> float:
        """Return how many standard errors an interval reaches: Student's, or the placebos'."""
        free = max(self.weeks.before - 2, 1)
        far = [abs(other.z) for other in self.others if math.isfinite(other.z)]
        student = float(scipy.stats.t.ppf(0.975, free))
        return max([student, *([float(np.quantile(far, FOUND, method="higher"))] if far else [])])

    def _row(self, part: str, label: str, found: Contrast, counts: Floats) -> dict[str, Any]:
        before = self.weeks.before
        pre, post = float(counts[:before].sum()), float(counts[before:].sum())
        reach = self.reach() * found.error
        return _row(
            part,
            label,
            observed=post,
            expected=float(found.expected[before:].sum()),
            ratio=math.exp(found.log_ratio),
            low=math.exp(found.log_ratio - reach),
            high=math.exp(found.log_ratio + reach),
            least=min((one for one in (pre, post) if one > 0), default=0.0),
        )

    def p_placebo(self) -> float | None:
        """Return the share of zones, this one counted, where the difference is as large."""
        far = [abs(other.z) for other in self.others if math.isfinite(other.z)]
        if not far or not math.isfinite(self.main.z):
            return None
        return (1 + sum(one >= abs(self.main.z) for one in far)) / (1 + len(far))

    def effect(self) -> list[dict[str, Any]]:
        """Return the row of the effect in the place."""
        row = self._row("effect", "", self.main, self.weeks.treated)
        return [row | {"p": self.p_placebo()}]

    def near(self, ring_m: int) -> list[dict[str, Any]]:
        """Return a row for each ring."""
        rows = []
        for number, counts in enumerate(self.weeks.rings):
            if counts[: self.weeks.before].sum() < LEAST_FACTS:
                continue
            found = self._against(1 + number, self._donors, self.weeks.before)
            label = f"{number * ring_m}–{(number + 1) * ring_m} m"
            rows.append(self._row("ring", label, found, counts))
        return rows

    def quotient(self, seed: int) -> list[dict[str, Any]]:
        """Return the weighted displacement quotient of the first ring, with drawn intervals.

        Asked for only where the measure is shown to have worked: else nothing can be displaced.
        """
        before, rng = self.weeks.before, np.random.default_rng(seed)
        shape = self.main.expected
        control = (float(shape[:before].sum()), float(shape[before:].sum()))
        sums = [
            np.array([float(one[:before].sum()), float(one[before:].sum())])
            for one in (self.weeks.treated, self.weeks.rings[0])
        ]
        value = displacement_quotient(tuple(sums[0]), tuple(sums[1]), control)
        if not math.isfinite(value):
            return []
        drawn = [null_counts(np.tile(one, (DRAWS, 1)), self.main.scatter, rng) for one in sums]
        every = np.array(
            [
                displacement_quotient(tuple(a), tuple(b), control)
                for a, b in zip(*drawn, strict=True)
            ]
        )
        if np.isnan(every).mean() > 1 - FOUND:
            return []
        low, high = np.nanquantile(every, [0.025, 0.975])
        least = float(min(one for two in sums for one in two))
        numbers = {"ratio": value, "low": float(low), "high": float(high), "least": least}
        return [_row("quotient", "", **numbers)]

    def events(self) -> list[dict[str, Any]]:
        """Return counted over expected in blocks of four weeks from the measure, both ways."""
        weeks, rows = self.weeks, []
        loads = self.weights / weeks.donors[:, : weeks.before].mean(axis=1)
        edges = range(weeks.before % BIN, len(weeks.treated) - BIN + 1, BIN)
        for start in edges:
            part = slice(start, start + BIN)
            seen, should = float(weeks.treated[part].sum()), float(self.main.expected[part].sum())
            if min(seen, should) <= 0:
                continue
            shape = float((loads @ weeks.donors[:, part]).sum())
            lent = float((loads**2 @ weeks.donors[:, part]).sum()) / shape**2
            reach = self.reach() * math.sqrt(self.main.scatter * (1 / seen + lent))
            numbers = {
                "ratio": seen / should,
                "low": seen / should * math.exp(-reach),
                "high": seen / should * math.exp(reach),
            }
            label = f"{start - weeks.before:+d}"
            row = _row("event", label, observed=seen, expected=should, least=seen, **numbers)
            rows.append(row | {"day": dates(weeks.first[start : start + 1])[0].as_py()})
        return rows

    def placebos(self) -> list[dict[str, Any]]:
        """Return a row for each control: its weight, and what the reckoning finds there."""
        rows = []
        for number, index in enumerate(self.weeks.zones.tolist()):
            label, weight = self.zoning.labels[index], float(self.weights[number])
            row = (
                self._row("control", label, self.others[number], self.weeks.donors[number])
                if self.others
                else _row("control", label)
            )
            rows.append(row | {"zone": self.zoning.ids[index], "weight": weight})
        return rows

    def _fake(self) -> Contrast | None:
        """Return what is found for a day in the middle of the time before the measure."""
        before = self.weeks.before
        half = before // 2
        some = self.weeks.donors[:, :half].sum(axis=1) > 0
        counts = self.weeks.treated[:before]
        if half < LEAST_WEEKS or counts[:half].sum() < LEAST_FACTS or not some.any():
            return None
        return self._against(PLACE, self._donors[some], half, before)

    def earlier(self) -> list[dict[str, Any]]:
        """Return the row of the placebo in time."""
        fake, before = self._fake(), self.weeks.before
        if fake is None or not math.isfinite(fake.z):
            return []
        half = before // 2
        reach = self.reach() * fake.error
        seen = float(self.weeks.treated[half:before].sum())
        numbers = {
            "observed": seen,
            "expected": float(fake.expected[half:].sum()),
            "ratio": math.exp(fake.log_ratio),
            "low": math.exp(fake.log_ratio - reach),
            "high": math.exp(fake.log_ratio + reach),
            "least": min(seen, float(self.weeks.treated[:half].sum())),
        }
        row = _row("placebo_time", "", **numbers)
        return [row | {"day": dates(self.weeks.first[half : half + 1])[0].as_py()}]

    def power(self) -> list[dict[str, Any]]:
        """Return the smallest fall seen four times in five, after so many weeks of a measure."""
        return [
            _row(
                "power", str(ahead), ratio=smallest_fall(self.weeks, self.main, self.weights, ahead)
            )
            for ahead in AHEAD
        ]

    def notes(self) -> tuple[dict[str, str], ...]:
        """Return what the reader must know about this very answer."""
        weeks, found = self.weeks, []
        found.append(
            remark(
                "{before} semaines avant, {after} après ; {donors} zones témoins ; dispersion"
                " {scatter:.2f} (1 = Poisson).",
                "{before} weeks before, {after} after; {donors} control zones; scatter"
                " {scatter:.2f} (1 = Poisson).",
                before=weeks.before,
                after=weeks.after,
                donors=len(weeks.donors),
                scatter=self.main.scatter,
            )
        )
        if self.match is not None:
            found.append(_likeness(self.match))
        fake = self._fake()
        if fake is not None and abs(fake.z) > EARLIER:
            found.append(EARLIER_NOTE)
        if 0 < len(self.others) < 19:  # noqa: PLR2004 - one in twenty needs nineteen placebos
            found.append(FEW_PLACEBOS)
        return tuple(found)


def smallest_fall(weeks: Weeks, main: Contrast, weights: Floats, ahead: int) -> float:
    """Return the ratio that would be told from chance with probability 0.8, at 5 % two-sided.

    Args:
        weeks: Counts before the measure.
        main: The place against its controls, for the scatter.
        weights: Weights of the controls.
        ahead: Weeks the measure would run.
    """
    before = weeks.before
    pre = float(weeks.treated[:before].sum())
    loads = weights / weeks.donors[:, :before].mean(axis=1)
    lent = float((loads**2 @ weeks.donors[:, :before]).sum()) / before**2
    wanted = float(scipy.stats.norm.ppf(0.975) + scipy.stats.norm.ppf(POWER))
    effect = 0.0
    for _ in range(60):
        post = pre / before * ahead * math.exp(effect)
        error = math.sqrt(main.scatter * (1 / pre + 1 / post + lent * (1 + before / ahead)))
        effect = max(0.5 * effect - 0.5 * wanted * error, -20.0)
    return math.exp(effect)


def _likeness(match: Match) -> dict[str, str]:
    """Return the remark how much each character counted, and what is left between places."""
    far = float(np.abs(match.apart).max())
    fr, en = (
        " ; ".join(f"{name} {{w{n}:.2f}}" for n, name in enumerate(names)) for names in CHARACTERS
    )
    return remark(
        f"Poids des caractères : {fr}. Écart restant au plus, en écarts-types : {{far:.1f}}.",
        f"How much each character counts: {en}. Left apart at most, in standard deviations:"
        " {far:.1f}.",
        **{f"w{n}": share for n, share in enumerate(match.importance.tolist())},
        far=far,
    )


def _row(part: str, label: str, **numbers: float | None) -> dict[str, Any]:
    clean = {
        name: value if value is not None and math.isfinite(value) else None
        for name, value in numbers.items()
    }
    return {"part": part, "label": label, **clean}


CHARACTERS = (
    ("faits par km²", "nuit", "fin de semaine", "premier tiers", "deuxième", "troisième"),
    ("facts by km²", "night", "weekend", "first third", "second", "last"),
)
"""Names of what tells places apart, French and English, in their order."""
EARLIER_NOTE = {
    "fr": "Avant la mesure, la zone s’écartait déjà de ses témoins : n’en créditez pas la mesure.",
    "en": "Before the measure the zone already departed from its controls: do not credit it.",
}
FEW_PLACEBOS = {
    "fr": "Moins de 19 zones témoins : le p des placebos ne peut descendre sous 5 %.",
    "en": "Fewer than 19 controls: the p of the placebos cannot fall below 5%.",
}
NUMBERS = ("observed", "expected", "ratio", "low", "high", "p", "weight", "least")
SCHEMA = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in ("part", "label", "zone")),
        pa.field("day", pa.date32()),
        *(pa.field(name, pa.float64()) for name in NUMBERS),
    ]
)
