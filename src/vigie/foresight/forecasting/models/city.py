"""The level of the whole city by kind: rhythm of the week, named days, and the shocks of late.

What happened yesterday over the whole city, against what was expected, is the strongest lag there
is; weather, reporting and events act on all cells at once. A year ago says where the season goes
and what stands out on the same day of the same week. Learnt by a Poisson regression on few columns,
one set of coefficients by how far ahead one looks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.foresight.forecasting.models.discounting import When, moving_average
from vigie.foresight.forecasting.models.ewma import week_rhythm
from vigie.foresight.forecasting.tensor import Booleans, Floats, Integers, Tensor

AHEAD_DAYS = (1, 2, 4, 7, 14, 28)
"""Horizons with coefficients of their own; a slot uses the nearest one not beyond it."""

LEVEL = 20.0
OWN = (1.0, 3.0, 7.0, 60.0)
ALL = (1.0, 3.0, 7.0)
"""Half-lives, in days, of the level and of the departures from it, by kind and for all kinds."""

PRIOR = 5.0
STRENGTH = 2000.0
NAMED, BESIDE, DAILY = 0.15, 0.05, 0.06
"""Usual size (in log) of the effect of a public holiday, of the day beside one, of any day."""

BURN_DAYS = 45
FIRST_DAYS = 28

YEAR = 364
"""Days: fifty-two weeks, so that the weekday is the same."""

SEASON, AROUND = 21, 7
"""Days on either side of a year ago: of the season, and of what one day is compared with."""

LEAST_SEASON = 180
"""Days with a known year ago below which the season is not learnt from: a few months mislead."""


def days_beside(tensor: Tensor) -> dict[int, tuple[str, float]]:
    """Return, by ordinal of the day, its name and how large its effect may be."""
    found: dict[int, tuple[str, float]] = {}
    for ordinal, name in tensor.calendar.names.items():
        for offset, where in ((-1, "before "), (1, "after ")):
            if ordinal + offset not in tensor.calendar.names:
                found.setdefault(ordinal + offset, (where + name, BESIDE))
    found.update({at: (name, NAMED) for at, name in tensor.calendar.names.items()})
    return found


@dataclass(frozen=True, slots=True)
class _Trace:
    """What the past says at the start of each slot; arrays have ``slots + 1`` rows.

    ``named`` has ``span`` rows: the factor of the day, from earlier days of that name. ``sums`` are
    those of the counts freed of rhythm and named days; ``special`` has ``span`` rows: whether the
    day has a name or stands beside one that has.
    """

    level: Floats
    named: Floats
    columns: Floats
    sums: Floats
    special: Booleans


@dataclass(frozen=True, slots=True)
class CityFitted:
    """The level of the city by kind.

    Attributes:
        rhythm: ``(week, kinds)`` factors.
        coefficients: By horizon in ``AHEAD_DAYS`` that could be learnt, the weight of each column
            and, last, the intercept.
    """

    rhythm: Floats
    coefficients: dict[int, Floats]

    def means(self, tensor: Tensor, counts: Floats, when: When) -> Floats:
        """Return ``(targets, kinds)``: the total expected over all cells.

        Args:
            tensor: For the calendar.
            counts: ``(cells, slots, kinds)`` known counts.
            when: What is wanted.
        """
        trace = _trace(self.rhythm, tensor, counts)
        offset = _offset(self.rhythm, tensor, trace, when)
        days = (when.ahead - 1) // tensor.per_day + 1
        nearest = np.array([max(a for a in self.coefficients if a <= day) for day in days])
        columns = _columns(tensor, trace, when)
        correction = np.zeros(offset.shape)
        for ahead, weights in self.coefficients.items():
            here = nearest == ahead
            correction[here] = columns[here] @ weights[:-1] + weights[-1]
        return np.asarray(offset * np.exp(np.clip(correction, -1.0, 1.0)))


def _named(tensor: Tensor, seen: Floats, usual: Floats) -> Floats:
    """Return the factor of each day of the span from earlier days of the same name."""
    factors = np.ones((tensor.span, seen.shape[1]))
    beside = days_beside(tensor)
    known: dict[str, tuple[Floats, Floats]] = {}
    nothing = (np.zeros(seen.shape[1]), np.zeros(seen.shape[1]))
    per_day = tensor.per_day
    for start in range(0, tensor.span - per_day + 1, per_day):
        if (day := beside.get(int(tensor.calendar.ordinal[start]))) is None:
            continue
        name, size = day
        above, below = known.get(name, nothing)
        slots = slice(start, start + per_day)
        factors[slots] = np.exp(above / (below + 1.0 / size**2))
        if FIRST_DAYS * per_day <= start and start + per_day <= len(seen):
            got, wanted = seen[slots].sum(axis=0), usual[slots].sum(axis=0)
            trust = 1.0 / (1.0 / (wanted + 0.5) + DAILY**2)
            ratio = np.log((got + 0.5) / (wanted + 0.5))
            known[name] = (above + ratio * trust, below + trust)
    return factors


def _trace(rhythm: Floats, tensor: Tensor, counts: Floats) -> _Trace:
    seen = counts.sum(axis=0)
    per_day, slots = tensor.per_day, len(seen)
    factor = rhythm[tensor.slot_of_week[:slots]]

    def mean(values: Floats, half_life: float) -> Floats:
        start = values[: FIRST_DAYS * per_day].mean(axis=0)
        return np.asarray(moving_average(values[None], half_life, per_day, start[None])[0])

    usual = factor * mean(seen / factor, LEVEL / 2.0)[:-1]
    named = _named(tensor, seen, usual)
    factor = factor * named[:slots]
    flat = seen / factor
    level = mean(flat, LEVEL)
    together = (seen.sum(axis=1) + PRIOR) / ((factor * level[:-1]).sum(axis=1) + PRIOR)
    columns = []
    for half_life in OWN:
        worth = 1.44 * half_life * per_day
        columns.append(np.log((mean(flat, half_life) * worth + PRIOR) / (level * worth + PRIOR)))
    for half_life in ALL:
        column = np.log(mean(together[:, None], half_life))
        columns.append(np.repeat(column, seen.shape[1], axis=1))
    sums = np.concatenate([np.zeros((1, flat.shape[1])), flat.cumsum(axis=0)])
    beside = days_beside(tensor)
    special = np.array([int(day) in beside for day in tensor.calendar.ordinal])
    return _Trace(level, named, np.stack(columns, axis=-1), sums, special)


def _offset(rhythm: Floats, tensor: Tensor, trace: _Trace, when: When) -> Floats:
    ranks = tensor.slot_of_week[when.targets]
    floor = 1e-6
    level = np.maximum(trace.level[when.origins], floor)
    return np.asarray(rhythm[ranks] * trace.named[when.targets] * level)


def _columns(tensor: Tensor, trace: _Trace, when: When) -> Floats:
    """Return ``(targets, kinds, columns)``: departures, first of a month, what a year ago says."""
    kinds = trace.level.shape[1]
    first = (tensor.calendar.monthday[when.targets] == 1).astype(np.float64)
    day = _day_a_year_ago(tensor, trace, when)
    city = np.repeat(np.stack([first, day], axis=-1)[:, None, :], kinds, axis=1)
    season = _season_a_year_ago(tensor, trace, when)[..., None]
    return np.concatenate([trace.columns[when.origins], city, season], axis=2)


def _season_a_year_ago(tensor: Tensor, trace: _Trace, when: When) -> Floats:
    """Return ``(targets, kinds)``: weeks around a year ago, against the level then believed.

    Told from as far before that day as the forecast is from its own; 0 where no year is known.
    """
    back, half = YEAR * tensor.per_day, SEASON * tensor.per_day
    low, high = when.targets - back - half, when.targets - back + half + tensor.per_day
    known = (low >= FIRST_DAYS // 2 * tensor.per_day) & (high <= when.origins)
    low, high = (np.where(known, one, 0) for one in (low, high))
    seen = trace.sums[high] - trace.sums[low]
    level = trace.level[np.where(known, when.origins - back, 0)]
    usual = level * (high - low)[:, None]
    return np.where(known[:, None], np.log((seen + PRIOR) / (usual + PRIOR)), 0.0)


def _day_a_year_ago(tensor: Tensor, trace: _Trace, when: When) -> Floats:
    """Return ``(targets,)``: the same slot fifty-two weeks ago, all kinds, against its two weeks.

    0 where it is not known, and where either day has an effect of its own by its name.
    """
    back, half = YEAR * tensor.per_day, AROUND * tensor.per_day
    then = when.targets - back
    known = (then >= BURN_DAYS * tensor.per_day) & (then + half < when.origins)
    then = np.where(known, then, half)
    known &= ~trace.special[then] & ~trace.special[when.targets]
    total = trace.sums.sum(axis=1)
    last = np.minimum(then + half + 1, total.size - 1)
    seen = total[then + 1] - total[then]
    usual = (total[last] - total[then - half]) / (last - then + half)
    return np.where(known, np.log((seen + PRIOR) / (usual + PRIOR)), 0.0)


def fit_city(tensor: Tensor, upto: int) -> CityFitted:
    """Learn the level of the city from slots before ``upto``.

    Raises:
        ValueError: When less than eight weeks are known.
    """
    per_day = tensor.per_day
    if upto < 8 * tensor.week:
        raise ValueError("less than eight weeks of counts")
    counts = tensor.counts[:, :upto]
    rhythm = week_rhythm(counts, tensor.slot_of_week[:upto], tensor.week)
    trace = _trace(rhythm, tensor, counts)
    seen = counts.sum(axis=0)
    beside = days_beside(tensor)
    plain = np.array([int(day) not in beside for day in tensor.calendar.ordinal[:upto]])
    coefficients: dict[int, Floats] = {}
    for ahead in AHEAD_DAYS:
        when = When.each(upto, (ahead - 1) * per_day + 1)
        used: Integers = np.flatnonzero(plain & (when.targets >= (BURN_DAYS + ahead) * per_day))
        if used.size < WEEKS_TO_LEARN * tensor.week and coefficients:
            break
        offset = _offset(rhythm, tensor, trace, when)[used].ravel()
        columns = _columns(tensor, trace, when)[used]
        if np.count_nonzero(columns[:, 0, -1]) < LEAST_SEASON * per_day:
            columns[..., -1] = 0.0
        columns = columns.reshape(-1, columns.shape[-1])
        coefficients[ahead] = _regress(columns, seen[used].ravel(), offset)
    return CityFitted(rhythm, coefficients)


WEEKS_TO_LEARN = 6


def _regress(columns: Floats, seen: Floats, offset: Floats) -> Floats:
    """Return the weights of a ridge Poisson regression and its intercept."""
    from sklearn.linear_model import PoissonRegressor  # noqa: PLC0415 - late: slow to load

    scale = columns.std(axis=0) + 1e-9
    alpha = float(np.clip(STRENGTH / max(offset.sum(), 1.0), 1e-3, 1.0))
    model = PoissonRegressor(alpha=alpha, max_iter=300)
    model.fit(columns / scale, seen / offset, sample_weight=offset)
    return np.append(model.coef_ / scale, model.intercept_)
