"""Does the forecast feed on itself? Patrols bring discoveries, discoveries bring patrols.

Two things stand here. ``urn`` is the model of the danger, from the literature: two regions, one
visit a day, to a region with the probability of its share of what was discovered so far (Ensign,
Friedler, Neville, Scheidegger & Venkatasubramanian, "Runaway feedback loops in predictive
policing", PMLR 81, 2018). Counted as they come, discoveries run away to one region; accepted with
the share of visits that went to the *other* regions, they do not.

``stress`` asks the same of Vigie's own chain: a small town whose true rates are known, the model
that is to be shown, the rule of evidence of ``evidence.weigh``, patrols sent for 52 weeks to where
the forecast is highest. The share of what is expected in one half of the town must stay within
0.05 of the true share. The same is simulated without the rule, so that the test is seen to bite.
A model that does not pass is withheld.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.foresight.forecasting.evidence import weigh
from vigie.foresight.forecasting.models.protocol import Model
from vigie.foresight.forecasting.tensor import Tensor

Floats = npt.NDArray[np.float64]

WEEKS = 52
MOST_DRIFT = 0.05
FIRST_DAY = date(2024, 1, 1)
KIND = "offence.property"
DAYS = 7


def urn(
    rates: Sequence[float], *, corrected: bool, days: int = 2_000, start: int = 10, runs: int = 200,
    seed: int = 0,
) -> Floats:  # fmt: skip
    """Return the final share of the first region in an urn of Ensign et al., one for each run.

    Args:
        rates: Chance of discovering something on a visit, by region.
        corrected: Whether a discovery counts with the probability of the other regions' share.
        days: Visits.
        start: What each region starts with.
        runs: Independent urns.
        seed: Of the draws.
    """
    chance = np.random.default_rng(seed)
    balls = np.full((runs, len(rates)), float(start))
    each, probability = np.arange(runs), np.asarray(rates, np.float64)
    for _ in range(days):
        share = balls / balls.sum(axis=1, keepdims=True)
        visited = (chance.random((runs, 1)) > share.cumsum(axis=1)[:, :-1]).sum(axis=1)
        found = chance.random(runs) < probability[visited]
        if corrected:
            found &= chance.random(runs) < 1.0 - share[each, visited]
        balls[each, visited] += found
    final: Floats = balls[:, 0] / balls.sum(axis=1)
    return final


@dataclass(frozen=True, slots=True)
class Town:
    """The town of the stress test: what is true of it, and what patrols do.

    Attributes:
        rows: Cells from north to south.
        columns: Cells from west to east; the western half is the area looked at.
        share: True share of incidents in the western half.
        daily: Mean true incidents a day and cell, over the town.
        told: Chance that somebody tells an incident nobody found.
        detect: Chance that a patrol present finds an incident.
        replaces: Chance that one found by a patrol is then not told by anybody.
        initiative: Further facts a day that a patrol finds where it is, whatever happens there.
        sent: Share of the cells that get a patrol: those of the highest forecast.
        before_weeks: Weeks of history before patrols follow the forecast.
        refit_weeks: Weeks between two trainings.
    """

    rows: int = 6
    columns: int = 6
    share: float = 0.6
    daily: float = 1.0
    told: float = 0.6
    detect: float = 0.3
    replaces: float = 0.5
    initiative: float = 1.0
    sent: float = 0.25
    before_weeks: int = 20
    refit_weeks: int = 13


@dataclass(frozen=True, slots=True)
class Stress:
    """How a model stood the test.

    Attributes:
        model: Its name.
        truth: True share of the western half.
        share: Share expected there by the forecast, mean of the last quarter.
        drift: Greatest distance from the truth of a quarter's mean share, over runs.
        unruled: The same share with discoveries counted as evidence: what the rule prevents.
        path: Share by week, mean over runs.
        unruled_path: The same without the rule.
        weeks: Length.
        runs: How many towns.
        passed: Whether the drift stays within 0.05.
    """

    model: str
    truth: float
    share: float
    drift: float
    unruled: float
    path: tuple[float, ...]
    unruled_path: tuple[float, ...]
    weeks: int
    runs: int
    passed: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values, rounded to what can be read."""
        told = asdict(self)
        for name in ("path", "unruled_path"):
            told[name] = [round(float(value), 4) for value in told[name]]
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in told.items()}


def stress(
    make: Callable[[], Model], *, town: Town | None = None, weeks: int = WEEKS, runs: int = 3,
    seed: int = 2018,
) -> Stress:  # fmt: skip
    """Send patrols by a model's own forecast for a year and return where that leads.

    Args:
        make: Makes the model.
        town: The town; the usual one by default.
        weeks: How long.
        runs: How many towns of the same rates.
        seed: Of the draws.

    Raises:
        ValueError: When the model cannot learn from the town's history.
    """
    where = town or Town()
    ruled = np.array([_year(make(), where, weeks, seed + n, ruled=True) for n in range(runs)])
    free = np.array([_year(make(), where, weeks, seed + n, ruled=False) for n in range(runs)])
    quarter = max(1, weeks // 4)
    usable = weeks - weeks % quarter
    quarters = ruled[:, :usable].reshape(runs, -1, quarter).mean(axis=2)
    drift = float(np.abs(quarters - where.share).max())
    return Stress(
        model=make().name,
        truth=where.share,
        share=float(ruled[:, -quarter:].mean()),
        drift=drift,
        unruled=float(free[:, -quarter:].mean()),
        path=tuple(ruled.mean(axis=0)),
        unruled_path=tuple(free.mean(axis=0)),
        weeks=weeks,
        runs=runs,
        passed=drift <= MOST_DRIFT,
    )


def true_rates(town: Town, seed: int) -> Floats:
    """Return the mean incidents a day of each cell; the western half has its share exactly."""
    chance = np.random.default_rng((seed, 1))
    west = _west(town)
    rates = chance.gamma(4.0, 0.25, town.rows * town.columns)
    total = town.daily * rates.size
    rates[west] *= town.share * total / rates[west].sum()
    rates[~west] *= (1.0 - town.share) * total / rates[~west].sum()
    return rates


def _west(town: Town) -> npt.NDArray[np.bool_]:
    return np.tile(np.arange(town.columns) < town.columns // 2, town.rows)


def _year(model: Model, town: Town, weeks: int, seed: int, *, ruled: bool) -> Floats:
    """Return the share expected in the western half, week by week."""
    rates, west = true_rates(town, seed), _west(town)
    chance = np.random.default_rng((seed, 2))
    begin = town.before_weeks * DAYS
    counts = np.zeros((rates.size, begin + weeks * DAYS))
    nowhere = np.zeros(rates.size, np.bool_)
    for day in range(begin):
        counts[:, day] = _day(rates, nowhere, town, chance, ruled=ruled)
    shares, fitted = np.zeros(weeks), None
    for week in range(weeks):
        at = begin + week * DAYS
        tensor = _tensor(counts, at, town)
        if fitted is None or week % town.refit_weeks == 0:
            fitted = model.fit(tensor, at)
        mean = fitted.predict(tensor, at, DAYS)[:, :, 0]
        shares[week] = mean[west].sum() / mean.sum()
        for day in range(DAYS):
            patrolled = _highest(mean[:, day], town.sent)
            counts[:, at + day] = _day(rates, patrolled, town, chance, ruled=ruled)
    return shares


def _highest(mean: Floats, share: float) -> npt.NDArray[np.bool_]:
    chosen = np.zeros(mean.size, np.bool_)
    chosen[np.argsort(-mean, kind="stable")[: round(share * mean.size)]] = True
    return chosen


def _day(
    rates: Floats,
    patrolled: npt.NDArray[np.bool_],
    town: Town,
    chance: np.random.Generator,
    *,
    ruled: bool,
) -> Floats:
    """Return what counts as evidence of one day, cell by cell, after the rule of evidence."""
    happened = chance.poisson(rates)
    found = chance.binomial(np.where(patrolled, happened, 0), town.detect)
    silenced = chance.binomial(found, town.replaces)
    told = chance.binomial(happened - silenced, town.told)
    noticed = found + np.where(patrolled, chance.poisson(town.initiative, rates.size), 0)
    cells = np.arange(rates.size)
    where = np.concatenate([np.repeat(cells, told), np.repeat(cells, noticed)])
    by = np.repeat(["public", "patrol"], [int(told.sum()), int(noticed.sum())])
    if not ruled:
        return np.bincount(where, minlength=rates.size).astype(np.float64)
    facts = pa.table({"kind": [KIND] * where.size, "discovered_by": pa.array(by, pa.string())})
    weight = weigh(facts).weight
    return np.bincount(where, weights=weight, minlength=rates.size).astype(np.float64)


def _tensor(counts: Floats, known: int, town: Town) -> Tensor:
    shape = (town.rows, town.columns, known, 1)
    grid = counts[:, :known].reshape(shape)
    tensor = Tensor.from_grid(grid, (KIND,), FIRST_DAY, ahead=DAYS)
    return replace(tensor, active=np.ones(counts.shape[0], np.bool_))
