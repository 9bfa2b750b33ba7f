"""One run of the forecast: the past forecast and judged, the loop tested, then what is ahead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from vigie.base.errors import MissingPart, WrongUsage
from vigie.base.logging import get_logger
from vigie.foresight.forecasting.backtest import (
    BASELINES,
    HISTORICAL,
    Progress,
    Rolled,
    roll,
    silent,
    stretch_of,
)
from vigie.foresight.forecasting.feedback import Stress, stress
from vigie.foresight.forecasting.groups import groups
from vigie.foresight.forecasting.intervals import LEVELS, Spread, fit_spread
from vigie.foresight.forecasting.judging import FORECAST, WITHHELD, Verdict, judge, score
from vigie.foresight.forecasting.lake_tensor import Counted
from vigie.foresight.forecasting.misses import misses
from vigie.foresight.forecasting.models import MODELS, NAIVE
from vigie.foresight.forecasting.models.protocol import Explained, Model
from vigie.foresight.forecasting.sensitivity import stability
from vigie.foresight.forecasting.tensor import Family, Floats, Integers, Tensor

Models = Mapping[str, Callable[[], Model]]
SMALL_BASE = 30
"""Facts of a kind at a place below which its figure is shown grey: too few to say much."""
HISTORY_DAYS = 366
SIMPLE_RUNS, DEAR_RUNS = 3, 1
"""Towns that a baseline, or a model that takes long to learn, is tested on."""
BOUNDS = tuple(f"{end}{round(100 * level)}" for level in LEVELS for end in ("low", "high"))
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Areas:
    """The districts that the places of a grid lie in.

    Attributes:
        of: ``(cells,)`` number of the district; -1 for none.
        names: Name of each.
    """

    of: Integers
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """What a run has made.

    Attributes:
        slots: A row for each kind, place and slot ahead: expected, bounds, factors by family.
        places: A row for each kind and place: facts it rests on, whether flagged and stable.
        history: A row for each kind, place and past slot with facts, last 366 days.
        verdicts: What is shown of each kind.
        told: Scores, misses, groups, stress tests and what was counted, as plain values.
    """

    slots: pa.Table
    places: pa.Table
    history: pa.Table
    verdicts: tuple[Verdict, ...]
    told: dict[str, Any]


def make(
    counted: Counted, horizon: int, areas: Areas, *, models: Models = MODELS,
    progress: Progress = silent,
) -> Made:  # fmt: skip
    """Return a run made from counts.

    Args:
        counted: Counts up to the origin, with a calendar that covers the horizon.
        horizon: Slots ahead.
        areas: The districts of its places.
        models: Models by name, the two baselines among them.
        progress: Told what is done.

    Raises:
        WrongUsage: When less than a week of counts is on record.
    """
    tensor = counted.tensor
    if tensor.slots < tensor.week:
        raise WrongUsage(reason="facts: < 7 d", field="from")
    stretch = stretch_of(tensor)
    told: dict[str, Any] = {"counted": _counted(counted)}
    if stretch is None:
        verdicts = tuple(
            Verdict(one, WITHHELD, _only(tensor), "", "short", {}) for one in tensor.kinds
        )
        told |= {"scores": {}, "stress": {}, "misses": None, "groups": [], "missing": {}}
        spread = Spread(np.zeros(len(tensor.kinds)))
    else:
        rolled = roll(tensor, stretch, horizon, models=models, progress=progress)
        progress(len(models), len(models) + 2, "feedback")
        verdicts, tests = withhold_runaways(judge(rolled, tensor.kinds, tensor.week), models)
        spread = _spread(rolled, verdicts)
        before = tensor.counts[:, : stretch.judged].sum(axis=(1, 2))
        told |= {
            "scores": score(rolled, tensor.kinds, tensor.week),
            "stress": {name: one.as_json() for name, one in tests.items()},
            "misses": misses(tensor, rolled, verdicts),
            "groups": groups(rolled, verdicts, before, areas.of, areas.names),
            "missing": dict(rolled.missing),
            "weeks": {
                "choose": (stretch.judged - stretch.begin) // tensor.week,
                "judge": (stretch.end - stretch.judged) // tensor.week,
            },
        }
    told["spread"] = {
        name: round(float(one), 6) for name, one in zip(tensor.kinds, spread.alpha, strict=True)
    }
    progress(len(models) + 1, len(models) + 2, "ahead")
    mean, factors = ahead(tensor, horizon, verdicts, models)
    places, told["stability"] = _places(tensor, mean, areas)
    return Made(
        slots=_slots(tensor, mean, spread, factors),
        places=places,
        history=_history(tensor),
        verdicts=verdicts,
        told=told,
    )


def _only(tensor: Tensor) -> str:
    """Return what can be said of a short history."""
    return HISTORICAL if tensor.slots >= 2 * tensor.week else NAIVE


def withhold_runaways(
    verdicts: Sequence[Verdict], models: Models
) -> tuple[tuple[Verdict, ...], dict[str, Stress]]:
    """Return the verdicts with the forecasts withheld whose model feeds on itself, and the tests.

    Each model that would be shown is tested, and the one that stands in for it.
    """
    names = sorted({one.model for one in verdicts} | {HISTORICAL})
    tests = {
        name: stress(models[name], runs=SIMPLE_RUNS if name in BASELINES else DEAR_RUNS)
        for name in names
        if name in models
    }
    fallback = HISTORICAL if tests[HISTORICAL].passed else NAIVE
    kept = tuple(
        one
        if one.state != FORECAST or tests[one.model].passed
        else replace(one, state=WITHHELD, model=fallback, why="feedback")
        for one in verdicts
    )
    return kept, tests


def _spread(rolled: Rolled, verdicts: Sequence[Verdict]) -> Spread:
    """Return the spread of what is shown, from all weeks forecast."""
    alphas = [
        fit_spread(rolled.means[one.model][..., [at]], rolled.truth[..., [at]]).alpha[0]
        for at, one in enumerate(verdicts)
    ]
    return Spread(np.array(alphas))


def ahead(
    tensor: Tensor, horizon: int, verdicts: Sequence[Verdict], models: Models
) -> tuple[Floats, dict[Family, Floats]]:
    """Return what is expected ahead, each kind by its own model, and the factors by family."""
    shape = (tensor.counts.shape[0], horizon, len(tensor.kinds))
    mean = np.zeros(shape)
    factors: dict[Family, Floats] = {}
    for name in sorted({one.model for one in verdicts}):
        which = [at for at, one in enumerate(verdicts) if one.model == name]
        try:
            fitted = models[name]().fit(tensor, tensor.slots)
        except (ValueError, MissingPart) as error:
            if name in BASELINES:
                raise WrongUsage(reason=str(error), field="from") from error
            raise
        explain = getattr(fitted, "explain", None)
        if explain is None:
            mean[..., which] = fitted.predict(tensor, tensor.slots, horizon)[..., which]
            continue
        told: Explained = explain(tensor, tensor.slots, horizon)
        mean[..., which] = told.mean[..., which]
        for family, values in told.factors.items():
            full = np.broadcast_to(values, shape)
            factors.setdefault(family, np.full(shape, np.nan))[..., which] = full[..., which]
    return mean, factors


def _slots(
    tensor: Tensor, mean: Floats, spread: Spread, factors: Mapping[Family, Floats]
) -> pa.Table:
    cells, horizon, kinds = mean.shape
    kind, cell, slot = np.meshgrid(
        np.arange(kinds), np.arange(cells), np.arange(horizon), indexing="ij"
    )

    def flat(values: Floats) -> pa.Array:
        return pa.array(np.moveaxis(values, 2, 0).ravel(), pa.float32(), from_pandas=True)

    columns: dict[str, pa.Array] = {
        "kind": _names(kind, tensor.kinds),
        "cell": _names(cell, tensor.cells),
        "slot": pa.array(slot.ravel(), pa.int16()),
        "expected": flat(mean),
    }
    ends = [end for one in spread.intervals(mean, LEVELS) for end in (one.low, one.high)]
    columns |= {name: flat(end) for name, end in zip(BOUNDS, ends, strict=True)}
    columns |= {f"factor_{family}": flat(values) for family, values in sorted(factors.items())}
    return pa.table(columns)


def _places(tensor: Tensor, mean: Floats, areas: Areas) -> tuple[pa.Table, dict[str, Any]]:
    base = tensor.counts.sum(axis=1)
    total = mean.sum(axis=1)
    rows = [stability(total[:, at], areas.of) for at in range(len(tensor.kinds))]
    cells = len(tensor.cells)
    kind = np.repeat(np.arange(len(tensor.kinds)), cells)
    table = pa.table(
        {
            "kind": _names(kind, tensor.kinds),
            "cell": _names(np.tile(np.arange(cells), len(tensor.kinds)), tensor.cells),
            "base": pa.array(base.T.ravel().astype(np.int64), pa.int32()),
            "small": pa.array((base.T < SMALL_BASE).ravel()),
            "flagged": pa.array(np.concatenate([one.flagged for one in rows])),
            "stays": pa.array(np.concatenate([one.stays for one in rows]), pa.float32()),
            "grey": pa.array(np.concatenate([one.grey for one in rows])),
        }
    )
    told = {
        name: {"share": round(one.share, 4), "stable": one.stable}
        for name, one in zip(tensor.kinds, rows, strict=True)
    }
    return table, told


def _history(tensor: Tensor) -> pa.Table:
    """Return the past slots with facts, counted back from the origin (-1 is the last)."""
    last = min(tensor.slots, HISTORY_DAYS * tensor.per_day)
    counts = tensor.counts[:, tensor.slots - last :]
    cell, slot, kind = np.nonzero(counts)
    return pa.table(
        {
            "kind": _names(kind, tensor.kinds),
            "cell": _names(cell, tensor.cells),
            "slot": pa.array(slot - last, pa.int16()),
            "n": pa.array(counts[cell, slot, kind].astype(np.int64), pa.int32()),
        }
    )


def _names(index: Integers, names: Sequence[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(
        pa.array(index.ravel(), pa.int32()), pa.array(list(names), pa.string())
    )


def _counted(counted: Counted) -> dict[str, Any]:
    tensor, weighed = counted.tensor, counted.weighed
    return {
        "first_on": tensor.first.isoformat(),
        "slots": tensor.slots,
        "cells": len(tensor.cells),
        "by_kind": dict(counted.by_kind),
        "facts": int(tensor.counts.sum()),
        "sources": dict(counted.sources),
        "discovered": weighed.discovered,
        "excluded": weighed.excluded,
        "unknown": weighed.unknown,
        "by_discoverer": dict(weighed.by_discoverer),
        "unplaced": counted.unplaced,
        "uncertain": counted.uncertain,
        "drawn": counted.drawn,
        "covariates": [one.name for one in tensor.covariates],
    }
