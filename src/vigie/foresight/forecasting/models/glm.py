"""A Poisson regression on few columns, with the historical mean as offset (scikit-learn).

One regression for each kind: three exponentially weighted means against the long one, slots of the
week, season, holidays, covariates. It can be read in full: a coefficient is the logarithm of a
factor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.foresight.forecasting.models.discounting import When, moving_average
from vigie.foresight.forecasting.models.protocol import targets
from vigie.foresight.forecasting.tensor import FLOOR, Floats, Tensor, at_least_floor

HALF_LIVES = (7.0, 30.0, 140.0)
PRIOR = 3.0
RIDGE = 1e-3
BURN_DAYS = 60
YEAR = 365.25


def _columns(tensor: Tensor, counts: Floats, offset: Floats, kind: int, when: When) -> Floats:
    """Return ``(cells, targets, columns)``: departures told at the origins, and the calendar."""
    per_day, cells = tensor.per_day, counts.shape[0]
    columns = []
    for half_life in HALF_LIVES:
        worth = 1.44 * half_life * per_day
        mean = moving_average(counts[:, :, kind], half_life, per_day, offset)[:, when.origins]
        columns.append(np.log((mean * worth + PRIOR) / (offset[:, None] * worth + PRIOR)))
    calendar, at = tensor.calendar, when.targets
    angle = 2.0 * np.pi * calendar.yearday[at] / YEAR
    city = [np.sin(angle), np.cos(angle), calendar.holiday[at], calendar.school[at]]
    city += [calendar.monthday[at] == 1]
    city += [tensor.slot_of_week[at] == rank for rank in range(tensor.week)]
    columns += [np.broadcast_to(np.asarray(one, np.float64), (cells, at.size)) for one in city]
    for covariate in tensor.covariates:
        values = np.nan_to_num(np.atleast_2d(covariate.values))
        slots = at if covariate.known_ahead else np.maximum(when.origins - 1, 0)
        columns.append(np.broadcast_to(values[:, slots], (cells, at.size)))
    return np.stack(columns, axis=-1)


@dataclass(frozen=True, slots=True)
class GlmFitted:
    """Weights by kind, on columns of unit scale."""

    name: str
    offset: Floats
    weights: Floats
    intercepts: Floats

    def predict(self, tensor: Tensor, origin: int, horizon: int) -> Floats:
        """Return the mean expected; see ``Fitted.predict``."""
        targets(tensor, origin, horizon)
        known = tensor.until(origin)
        when = When.beyond(origin, horizon)
        means = []
        for kind in range(len(tensor.kinds)):
            offset = self.offset[:, kind]
            columns = _columns(known, known.counts, offset, kind, when)
            score = columns @ self.weights[kind] + self.intercepts[kind]
            means.append(offset[:, None] * np.exp(np.clip(score, -3.0, 3.0)))
        return at_least_floor(np.stack(means, axis=-1))


@dataclass(frozen=True, slots=True)
class Glm:
    """Poisson regression with the historical mean as offset."""

    name: str = "glm"

    def fit(self, tensor: Tensor, upto: int) -> GlmFitted:
        """Learn from slots before ``upto``.

        Raises:
            ValueError: When less than eight weeks beyond the first sixty days are known.
        """
        from sklearn.linear_model import PoissonRegressor  # noqa: PLC0415 - late: slow to load

        burn = BURN_DAYS * tensor.per_day
        if upto < burn + 8 * tensor.week:
            raise ValueError("too few slots to regress on")
        known = tensor.until(upto)
        when = When(np.arange(burn, upto), np.arange(burn, upto))
        offsets = np.maximum(known.counts.mean(axis=1), FLOOR)
        weights, intercepts = [], []
        for kind in range(len(known.kinds)):
            offset = offsets[:, kind]
            used = known.counts[:, :, kind].any(axis=1)
            columns = _columns(known, known.counts, offset, kind, when)[used]
            if not used.any():
                weights.append(np.zeros(columns.shape[-1]))
                intercepts.append(0.0)
                continue
            rows = columns.reshape(-1, columns.shape[-1])
            scale = rows.std(axis=0) + 1e-9
            each = np.repeat(offset[used], when.targets.size)
            seen = known.counts[used][:, burn:, kind].ravel()
            model = PoissonRegressor(alpha=RIDGE, solver="newton-cholesky", max_iter=50)
            model.fit(rows / scale, seen / each, sample_weight=each)
            weights.append(model.coef_ / scale)
            intercepts.append(float(model.intercept_))
        return GlmFitted(self.name, offsets, np.stack(weights), np.array(intercepts))
