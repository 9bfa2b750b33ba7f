"""What a learnt model looks at: departures of late, neighbours, calendar, plans, weather, presence.

Each column belongs to a family, so that a forecast can be explained; no column describes people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vigie.foresight.forecasting.models.discounting import Drift, When, moving_average
from vigie.foresight.forecasting.models.ewma import START_DAYS
from vigie.foresight.forecasting.models.layered import FAMILIES, LayeredFitted, Layers
from vigie.foresight.forecasting.models.tracked import TrackedFitted
from vigie.foresight.forecasting.tensor import Covariate, Family, Floats, Tensor

DEPARTURES = (
    (Drift("own_2", 2.0, 3.0), Family.RECENT),
    (Drift("own_5", 5.0, 3.0), Family.RECENT),
    (Drift("own_14", 14.0, 10.0), Family.RECENT),
    (Drift("own_40", 40.0, 10.0), Family.RECENT),
    (Drift("cell_2", 2.0, 10.0, pooled=True), Family.RECENT),
    (Drift("cell_14", 14.0, 10.0, pooled=True), Family.RECENT),
    (Drift("around_3", 3.0, 10.0, around=True), Family.NEIGHBOURS),
    (Drift("around_14", 14.0, 10.0, pooled=True, around=True), Family.NEIGHBOURS),
    (Drift("own_weekend", 1000.0, 60.0, rank="weekend"), Family.CALENDAR),
)
SHARES = (20.0, 60.0)
FOLLOWED = frozenset({"monthday", "season_sine", "season_cosine"})
"""What trees are not shown where a filter follows it: they would learn the one year by heart."""

TINY = 0.01
YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Columns:
    """What is looked at.

    Attributes:
        values: ``(cells, targets, kinds, columns)``, float32; NaN where unknown.
        names: Of each column.
        families: Of each column.
        layers: The forecast that the model corrects.
    """

    values: npt.NDArray[np.float32]
    names: tuple[str, ...]
    families: tuple[Family, ...]
    layers: Layers


def _seen_at(covariate: Covariate, when: When, per_day: int) -> Floats:
    """Return the covariate at each target, or its last known mean of a day where not ahead."""
    values = covariate.values if covariate.values.ndim > 1 else covariate.values[None]
    if covariate.known_ahead:
        return np.asarray(values[:, when.targets])
    last = np.maximum(when.origins - 1, 0)
    known = [values[:, np.maximum(last - back, 0)] for back in range(per_day)]
    return np.asarray(np.mean(known, axis=0))


def columns_of(
    fitted: LayeredFitted | TrackedFitted,
    tensor: Tensor,
    counts: Floats,
    wishes: tuple[When, ...],
) -> list[Columns]:
    """Return what is looked at for each wish, from known counts and the calendar.

    Args:
        fitted: The layered model that is corrected.
        tensor: For calendar, neighbours and covariates.
        counts: ``(cells, slots, kinds)`` known counts.
        wishes: What is wanted.
    """
    per_day = tensor.per_day
    past, *told = fitted.layers(tensor, counts, When.each(counts.shape[1]), *wishes)
    departures = [
        (drift, family, drift.ratios(counts, past.mean, tensor, *wishes))
        for drift, family in DEPARTURES
    ]
    start = counts[:, : START_DAYS * per_day].mean(axis=1)
    means = {
        half_life: moving_average(counts, half_life, per_day, start)
        for half_life in (*SHARES, fitted.base)
    }
    hidden = FOLLOWED if isinstance(fitted, TrackedFitted) else frozenset()
    return [
        _assemble(
            tensor,
            wish,
            layers,
            [(drift.name, family, ratios[at]) for drift, family, ratios in departures],
            means,
            hidden=hidden,
        )
        for at, (wish, layers) in enumerate(zip(wishes, told, strict=True))
    ]


def _assemble(
    tensor: Tensor,
    wish: When,
    layers: Layers,
    departures: list[tuple[str, Family, Floats]],
    means: dict[float, Floats],
    *,
    hidden: frozenset[str],
) -> Columns:
    shape = layers.mean.shape
    found: list[tuple[str, Family, Floats]] = [("level", Family.LEVEL, np.log(layers.mean))]
    found += [(name, FAMILIES[name], np.log(r)) for name, r in layers.drifts.items()]
    found += [(name, family, np.log(ratio)) for name, family, ratio in departures]
    *short, base = means.values()
    known = base[:, wish.origins] + TINY
    for half_life, mean in zip(SHARES, short, strict=True):
        ratio = np.log((mean[:, wish.origins] + TINY) / known)
        found.append((f"mean_{half_life:.0f}", Family.RECENT, ratio))
    calendar = [(name, one) for name, one in _calendar(tensor, wish) if name not in hidden]
    found += [(name, Family.CALENDAR, values) for name, values in calendar]
    kinds = np.arange(shape[2], dtype=np.float64)[None, None, :]
    found.append(("kind", Family.LEVEL, kinds))
    if tensor.centres is not None:
        for axis, name in enumerate(("east", "north")):
            found.append((name, Family.LEVEL, tensor.centres[:, axis, None, None]))
    for covariate in tensor.covariates:
        values = _seen_at(covariate, wish, tensor.per_day)[:, :, None]
        found.append((covariate.name, covariate.family, values))
    table: npt.NDArray[np.float32] = np.empty((*shape, len(found)), np.float32)
    for at, (_, _, column) in enumerate(found):
        table[..., at] = column
    names = tuple(name for name, _, _ in found)
    return Columns(table, names, tuple(family for _, family, _ in found), layers)


def _calendar(tensor: Tensor, when: When) -> list[tuple[str, Floats]]:
    calendar, at = tensor.calendar, when.targets
    angle = 2.0 * np.pi * calendar.yearday[at] / YEAR
    columns: dict[str, Floats] = {
        "weekday": calendar.weekday[at].astype(np.float64),
        "part_of_day": calendar.part[at].astype(np.float64),
        "monthday": calendar.monthday[at].astype(np.float64),
        "season_sine": np.sin(angle),
        "season_cosine": np.cos(angle),
        "holiday": calendar.holiday[at].astype(np.float64),
        "school": calendar.school[at].astype(np.float64),
        "days_ahead": ((when.ahead - 1) // tensor.per_day + 1).astype(np.float64),
    }
    return [(name, values[None, :, None]) for name, values in columns.items()]
