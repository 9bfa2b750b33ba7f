"""Is it better than naive? Each kind is judged for itself, on all of its places and slots.

A model is shown as a forecast when its Poisson deviance is below that of the naive model and of the
historical mean, and the 95 % interval of both differences, by a bootstrap of whole weeks, lies
above zero. Otherwise the better of the two baselines is given, and named as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vigie.foresight.forecasting import scoring
from vigie.foresight.forecasting.backtest import (
    BASELINES,
    HISTORICAL,
    Rolled,
    block_bootstrap,
    weekly,
)
from vigie.foresight.forecasting.intervals import Spread, fit_spread
from vigie.foresight.forecasting.models import NAIVE
from vigie.foresight.forecasting.tensor import Floats

AREAS = (0.01, 0.05, 0.10)
"""Shares of the places at which hits are counted."""
LEVELS = (0.50, 0.80, 0.95)
PIT_BINS = 10
BINS = 10
EVERYTHING = "all"
FORECAST, BASELINE, WITHHELD = "forecast", "baseline", "withheld"

WHY: Mapping[str, dict[str, str]] = {
    "beats": {
        "fr": "Meilleur que la prévision naïve et que la moyenne, sur des semaines non apprises.",
        "en": "Better than the naive forecast and than the mean, on weeks it has not learnt from.",
    },
    "not_better": {
        "fr": "Aucun modèle ne fait sûrement mieux que les références simples : la meilleure"
        " d'entre elles est donnée, ce n'est pas une prévision.",
        "en": "No model is surely better than the simple baselines: the best of them is given;"
        " it is no forecast.",
    },
    "short": {
        "fr": "Historique trop court pour juger une prévision : moyenne du passé seulement.",
        "en": "History too short to judge a forecast: the mean of the past only.",
    },
    "feedback": {
        "fr": "Le modèle s'éloigne de la vérité quand des patrouilles le suivent : la prévision est"
        " retenue, la moyenne du passé est donnée.",
        "en": "The model drifts from the truth when patrols follow it: the forecast is withheld,"
        " the mean of the past is given.",
    },
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is shown of a kind.

    Attributes:
        kind: Taxonomy code.
        state: ``forecast``, ``baseline`` or ``withheld``.
        model: Whose numbers are shown.
        chosen: The best model of the weeks that choose; it may not be shown.
        why: Key of ``WHY``.
        gains: By baseline: how much lower the chosen model's deviance is, with its interval.
    """

    kind: str
    state: str
    model: str
    chosen: str
    why: str
    gains: Mapping[str, tuple[float, float, float]]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values, with the reason in words."""
        return {
            "kind": self.kind,
            "state": self.state,
            "model": self.model,
            "chosen": self.chosen,
            "why": dict(WHY[self.why]),
            "gains": {
                name: dict(zip(("gain", "low", "high"), map(_short, values), strict=True))
                for name, values in self.gains.items()
            },
        }


def _short(value: float) -> float:
    return round(float(value), 6)


def choose(rolled: Rolled, kind: int) -> str:
    """Return the model of least deviance on the weeks that choose, baselines aside if possible."""
    truth = rolled.part(rolled.truth, judged=False)[..., kind]
    rich = [name for name in rolled.means if name not in BASELINES] or list(BASELINES)
    means = {name: rolled.part(rolled.means[name], judged=False)[..., kind] for name in rich}
    return min(rich, key=lambda name: float(scoring.deviance(means[name], truth).mean()))


def judge(rolled: Rolled, kinds: tuple[str, ...], week: int) -> tuple[Verdict, ...]:
    """Return what may be shown of each kind."""
    return tuple(_judge(rolled, at, kind, week) for at, kind in enumerate(kinds))


def _judge(rolled: Rolled, at: int, kind: str, week: int) -> Verdict:
    truth = rolled.part(rolled.truth, judged=True)[..., at]
    chosen = choose(rolled, at)

    def losses(name: str) -> Floats:
        mean = rolled.part(rolled.means[name], judged=True)[..., at]
        return weekly(scoring.deviance(mean, truth), week)

    own = losses(chosen)
    gains = {}
    for name in BASELINES:
        difference = losses(name) - own
        gains[name] = (float(difference.mean()), *block_bootstrap(difference))
    better = chosen not in BASELINES and all(low > 0.0 for _, low, _ in gains.values())
    if better:
        return Verdict(kind, FORECAST, chosen, chosen, "beats", gains)
    return Verdict(kind, BASELINE, best_baseline(rolled, at), chosen, "not_better", gains)


def best_baseline(rolled: Rolled, kind: int) -> str:
    """Return the better baseline on the weeks that choose."""
    truth = rolled.part(rolled.truth, judged=False)[..., kind]

    def loss(name: str) -> float:
        mean = rolled.part(rolled.means[name], judged=False)[..., kind]
        return float(scoring.deviance(mean, truth).mean())

    return min((HISTORICAL, NAIVE), key=loss)


@dataclass(frozen=True, slots=True)
class Judged:
    """What was forecast on the weeks that judge, what happened, and where in the spread that lies.

    Attributes:
        mean: ``(cells, slots, kinds)``.
        truth: The same shape.
        spread: One for each kind.
        upper: P(Y <= truth).
        lower: P(Y < truth).
    """

    mean: Floats
    truth: Floats
    spread: Spread
    upper: Floats
    lower: Floats

    def only(self, kind: int) -> Judged:
        """Return the part of one kind."""
        mean, truth, upper, lower = (
            one[..., [kind]] for one in (self.mean, self.truth, self.upper, self.lower)
        )
        return Judged(mean, truth, Spread(self.spread.alpha[[kind]]), upper, lower)

    def share(self, edge: float) -> float:
        """Return the mean of the conditional distribution of the PIT at an edge."""
        width = np.maximum(self.upper - self.lower, 1e-12)
        return float(np.clip((edge - self.lower) / width, 0.0, 1.0).mean())


def judged(rolled: Rolled, model: str) -> Judged:
    """Return a model's forecasts of the weeks that judge; its spread is of those that choose."""
    means = rolled.means[model]
    spread = fit_spread(rolled.part(means, judged=False), rolled.part(rolled.truth, judged=False))
    mean, truth = (rolled.part(one, judged=True) for one in (means, rolled.truth))
    return Judged(mean, truth, spread, spread.cdf(truth, mean), spread.cdf(truth - 1.0, mean))


def score(rolled: Rolled, kinds: tuple[str, ...], week: int) -> dict[str, dict[str, Any]]:
    """Return every model's scores by kind, and over all kinds under ``all``."""
    found: dict[str, dict[str, Any]] = {}
    for name in rolled.means:
        whole = judged(rolled, name)
        each = {kind: _scores(whole.only(at), week) for at, kind in enumerate(kinds)}
        found[name] = {EVERYTHING: _scores(whole, week), **each}
    return found


def _scores(seen: Judged, week: int) -> dict[str, Any]:
    mean, truth = seen.mean, seen.truth
    losses = weekly(scoring.deviance(mean, truth).mean(axis=2), week)
    low, high = block_bootstrap(losses)
    masked = scoring.masked(mean, truth)
    total = float(truth.sum())
    return {
        "facts": round(total),
        "deviance": {"value": _short(losses.mean()), "low": _short(low), "high": _short(high)},
        "mae": _short(np.abs(mean - truth).mean()),
        "rmse": _short(np.sqrt(((mean - truth) ** 2).mean())),
        "bias": _short(mean.sum() / total) if total else None,
        "pei": {f"{share:.2f}": hits(mean, truth, share) for share in AREAS},
        "coverage": coverage(seen),
        "pit": pit(seen),
        "calibration": calibration(mean, truth),
        "spread": [_short(one) for one in seen.spread.alpha],
        "masked": {
            "mae": _known(masked.mae),
            "mape": _known(masked.mape),
            "warning": masked.warning,
        },
        "weekly": [_short(one) for one in losses],
    }


def _known(value: float) -> float | None:
    return _short(value) if np.isfinite(value) else None


def hits(mean: Floats, truth: Floats, share: float) -> dict[str, float | None]:
    """Return PEI and PAI when that share of the places is flagged in each slot and kind.

    PEI is what was caught divided by what the best choice of as many places would have caught
    (NIJ 2017); PAI the share caught divided by the share of places. Ties go to the first place.
    """
    size = max(1, int(np.ceil(share * mean.shape[0])))
    chosen = np.argsort(-mean, axis=0, kind="stable")[:size]
    caught = float(np.take_along_axis(truth, chosen, axis=0).sum())
    best = float(-np.sort(-truth, axis=0)[:size].sum())
    total = float(truth.sum())
    if not total:
        return {"pei": None, "pai": None}
    area = size / mean.shape[0]
    return {"pei": _short(caught / best), "pai": _short(caught / total / area)}


def coverage(seen: Judged) -> list[dict[str, float]]:
    """Return how many counts fell into each interval, printed and randomised (see ``intervals``).

    A printed interval runs from the quantile of its lower tail to that of its upper one, so a count
    is inside when P(Y <= count) reaches the lower tail and P(Y < count) stays below the upper one.
    """
    found = []
    for level in LEVELS:
        tail = (1.0 - level) / 2.0
        inside = (seen.upper >= tail) & (seen.lower < 1.0 - tail)
        even = seen.share(1.0 - tail) - seen.share(tail)
        found.append({"level": level, "printed": _short(inside.mean()), "randomised": _short(even)})
    return found


def pit(seen: Judged) -> list[float]:
    """Return the non-randomised PIT histogram (Czado, Gneiting & Held 2009); 1 each is perfect."""
    edges = np.linspace(0.0, 1.0, PIT_BINS + 1)
    return [_short(PIT_BINS * one) for one in np.diff([seen.share(edge) for edge in edges])]


def calibration(mean: Floats, truth: Floats) -> list[dict[str, float]]:
    """Return what was expected and what happened, by tenth of what was expected.

    Bins hold about as many expected facts each, so that high forecasts are not lost among zeros.
    """
    order = np.argsort(mean, axis=None, kind="stable")
    expected, seen = mean.ravel()[order], truth.ravel()[order]
    total = expected.cumsum()
    which = np.minimum((BINS * (total - expected / 2.0) / total[-1]).astype(np.int64), BINS - 1)
    sums = [np.bincount(which, weights=one, minlength=BINS) for one in (expected, seen, None)]
    return [
        {"expected": _short(a / n), "seen": _short(b / n), "facts": round(float(b)), "n": int(n)}
        for a, b, n in zip(*sums, strict=True)
        if n
    ]
