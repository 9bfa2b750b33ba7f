"""Forecasting the past as if it lay ahead: rolling origins, every model, every place.

At each origin nothing later is known; the next ``horizon`` slots are forecast, then the origin
moves on by as many, so that every slot is forecast exactly once. The first weeks choose (which
model for which kind, how wide the intervals), the weeks after them judge: no figure of a model
comes from the weeks it was chosen on. Simple models learn anew at each origin, dear ones every six
weeks; that is to the disadvantage of the dear ones, which have to earn their place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from vigie.base.errors import MissingPart, WrongUsage
from vigie.base.logging import get_logger
from vigie.foresight.forecasting.models import MODELS, NAIVE
from vigie.foresight.forecasting.models.protocol import Fitted, Model
from vigie.foresight.forecasting.tensor import Floats, Integers, Tensor

WEEK = 7
CHOOSE_WEEKS, JUDGE_WEEKS = 4, 12
LEAST_CHOOSE, LEAST_JUDGE, LEAST_LEARN = 2, 4, 8
"""Weeks below which nothing is forecast: there would be nothing to judge it by."""
REFIT_WEEKS = 6
MOST_ROWS = {"glm": 600_000, "ensemble": 600_000}
"""Places times slots times kinds above which a model is left out of a run: it takes an hour."""
SIZE, HISTORY, LIBRARY = "size", "history", "library"
"""Why a model is missing from a run."""
HISTORICAL = "historical"
BASELINES = (NAIVE, HISTORICAL)
"""What every other model must beat."""
CHEAP = frozenset(BASELINES)
"""Models that learn anew at each origin."""

Progress = Callable[[float, float, str], None]
log = get_logger(__name__)


def silent(_done: float, _total: float, _what: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which slots are forecast in a backtest.

    Attributes:
        begin: First slot forecast.
        judged: First slot of the weeks that judge.
        end: After the last one.
    """

    begin: int
    judged: int
    end: int


@dataclass(frozen=True, slots=True)
class Rolled:
    """What every model said, and what happened.

    Attributes:
        stretch: Which slots.
        means: By model, ``(cells, end - begin, kinds)``.
        truth: Counts, the same shape.
        missing: Models that did not run, each with why: ``size``, ``history`` or ``library``.
    """

    stretch: Stretch
    means: Mapping[str, Floats]
    truth: Floats
    missing: Mapping[str, str]

    def part(self, values: Floats, *, judged: bool) -> Floats:
        """Return the slots of the weeks that judge, or of those that choose."""
        cut = self.stretch.judged - self.stretch.begin
        return values[:, cut:] if judged else values[:, :cut]


def stretch_of(tensor: Tensor) -> Stretch | None:
    """Return which slots to forecast: the last sixteen weeks, fewer in a short history.

    None when the history is too short to learn, choose and judge from.
    """
    weeks = tensor.slots // tensor.week
    spare = weeks - LEAST_LEARN
    if spare < LEAST_CHOOSE + LEAST_JUDGE:
        return None
    total = min(spare, CHOOSE_WEEKS + JUDGE_WEEKS)
    choose = min(CHOOSE_WEEKS, max(LEAST_CHOOSE, total // 4))
    begin = tensor.slots - total * tensor.week
    return Stretch(begin, begin + choose * tensor.week, tensor.slots)


def stretch_between(tensor: Tensor, begin: int, end: int) -> Stretch:
    """Return a stretch asked for by its slots; its first quarter chooses.

    Raises:
        WrongUsage: When it is shorter than six weeks, or too little lies before it.
    """
    weeks = (end - begin) // tensor.week
    least = LEAST_CHOOSE + LEAST_JUDGE
    if weeks < least or begin < LEAST_LEARN * tensor.week or end > tensor.slots:
        raise WrongUsage(reason=f"backtest: >= {least} weeks, {LEAST_LEARN} before", field="from")
    choose = min(CHOOSE_WEEKS, max(LEAST_CHOOSE, weeks // 4))
    return Stretch(end - weeks * tensor.week, end - (weeks - choose) * tensor.week, end)


def roll(
    tensor: Tensor,
    stretch: Stretch,
    horizon: int,
    *,
    models: Mapping[str, Callable[[], Model]] = MODELS,
    progress: Progress = silent,
) -> Rolled:
    """Forecast a stretch of the past with every model.

    Args:
        tensor: Counts, with a calendar that covers them.
        stretch: Which slots.
        horizon: Slots from an origin to the end of what is forecast at it.
        models: Models by name; the two baselines among them.
        progress: Told of each model begun.
    """
    means: dict[str, Floats] = {}
    missing: dict[str, str] = {}
    for number, (name, make) in enumerate(models.items()):
        progress(number, len(models) + 2, name)
        if tensor.counts.size > MOST_ROWS.get(name, tensor.counts.size):
            missing[name] = SIZE
            continue
        try:
            means[name] = _roll_one(tensor, stretch, horizon, make, cheap=name in CHEAP)
        except (ValueError, MissingPart) as error:
            if name in BASELINES:
                raise
            log.warning("model left out", model=name, reason=str(error))
            missing[name] = LIBRARY if isinstance(error, MissingPart) else HISTORY
    truth = tensor.counts[:, stretch.begin : stretch.end]
    return Rolled(stretch, means, truth, missing)


def _roll_one(
    tensor: Tensor, stretch: Stretch, horizon: int, make: Callable[[], Model], *, cheap: bool
) -> Floats:
    cells, _, kinds = tensor.counts.shape
    found = np.zeros((cells, stretch.end - stretch.begin, kinds))
    fitted: Fitted | None = None
    learnt = -1
    for origin in origins(stretch, horizon):
        known = tensor.until(origin)
        old = origin - learnt >= REFIT_WEEKS * tensor.week
        if fitted is None or cheap or old or origin == stretch.judged:
            fitted, learnt = make().fit(known, origin), origin
        ahead = min(horizon, stretch.end - origin)
        at = origin - stretch.begin
        found[:, at : at + ahead] = fitted.predict(known, origin, ahead)
    return found


def origins(stretch: Stretch, horizon: int) -> list[int]:
    """Return the slots at which a forecast is made; one begins where judging begins."""
    choosing = range(stretch.begin, stretch.judged, horizon)
    return [*choosing, *range(stretch.judged, stretch.end, horizon)]


def block_bootstrap(
    by_week: Floats, *, draws: int = 2_000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Return the interval of a mean of weekly figures, by drawing whole weeks with replacement.

    Weeks, not days: neighbouring days share what makes them good or bad.
    """
    chance = np.random.default_rng(seed)
    size = by_week.size
    means = by_week[chance.integers(0, size, (draws, size))].mean(axis=1)
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(means, [tail, 1.0 - tail])
    return float(low), float(high)


def weekly(values: Floats, week: int) -> Floats:
    """Return the mean of ``(cells, slots)`` in each whole week, the last week ending at the end."""
    usable = values.shape[1] - values.shape[1] % week
    last = values[:, values.shape[1] - usable :]
    means: Floats = last.mean(axis=0).reshape(-1, week).mean(axis=1)
    return means


def slots_of_days(tensor: Tensor, days: int) -> Integers:
    """Return the numbers of the slots of the last days counted."""
    return np.arange(max(0, tensor.slots - days * tensor.per_day), tensor.slots)
