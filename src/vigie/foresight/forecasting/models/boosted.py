"""Gradient-boosted trees with a Poisson loss (LightGBM), on top of the layered model.

The trees start from the layered forecast (followed by filters where slots are days, see
``tracked``) and learn only what it leaves, on columns that are ratios shrunk by their counts, for
all kinds at once: a rare kind borrows from the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vigie.base.errors import MissingPart
from vigie.foresight.forecasting.models.discounting import When
from vigie.foresight.forecasting.models.features import Columns, columns_of
from vigie.foresight.forecasting.models.layered import Layered, LayeredFitted, explain_layers
from vigie.foresight.forecasting.models.protocol import Explained, targets
from vigie.foresight.forecasting.models.tracked import Tracked, TrackedFitted
from vigie.foresight.forecasting.tensor import Booleans, Family, Floats, Tensor, at_least_floor

AHEAD_DAYS = (1, 7, 28)
"""Horizons learnt from, unless told otherwise."""

MOST_ROWS = 250_000
BURN_DAYS = 60
PARAMETERS = {
    "objective": "poisson",
    "num_leaves": 15,
    "learning_rate": 0.06,
    "lambda_l2": 50.0,
    "min_data_in_leaf": 400,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.6,
    "bagging_freq": 1,
    "max_bin": 63,
    "verbose": -1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
}


def load_lightgbm() -> Any:
    """Return the library.

    Raises:
        MissingPart: When it, or the native library it rests on (libgomp), cannot be loaded.
    """
    try:
        import lightgbm  # noqa: PLC0415 - late: only this model needs it, and its native library
    except (ImportError, OSError) as error:
        raise MissingPart(what="LightGBM (libgomp)", remedy="apt install libgomp1") from error
    return lightgbm


@dataclass(frozen=True, slots=True)
class BoostedFitted:
    """The trees of each seed, and the layered model they correct."""

    name: str
    layered: LayeredFitted | TrackedFitted
    boosters: tuple[Any, ...]
    alive: Booleans

    def _columns(self, tensor: Tensor, origin: int, horizon: int) -> Columns:
        targets(tensor, origin, horizon)
        known = tensor.until(origin)
        return columns_of(self.layered, known, known.counts, (When.beyond(origin, horizon),))[0]

    def correct(self, columns: Columns) -> Floats:
        """Return the layered forecast corrected by the trees, where anything ever happened."""
        mean = columns.layers.mean.copy()
        rows = columns.values[self.alive].reshape(-1, columns.values.shape[-1])
        raw = np.mean([b.predict(rows, raw_score=True, num_threads=1) for b in self.boosters], 0)
        here = mean[self.alive]
        mean[self.alive] = here * np.exp(raw.reshape(here.shape))
        return at_least_floor(mean)

    def predict(self, tensor: Tensor, origin: int, horizon: int) -> Floats:
        """Return the mean expected; see ``Fitted.predict``."""
        return self.correct(self._columns(tensor, origin, horizon))

    def walk(self, tensor: Tensor, first: int, last: int) -> Floats:
        """Return slots ``first`` to ``last - 1``, each told at its own start; see ``walked``."""
        slots = np.arange(first, last)
        when = When(slots, slots)
        return self.correct(columns_of(self.layered, tensor, tensor.counts[:, :last], (when,))[0])

    def explain(self, tensor: Tensor, origin: int, horizon: int) -> Explained:
        """Return the forecast and its factors by family.

        Contributions of the trees are Shapley values in the logarithm of the mean (Lundberg et al.
        2018, computed exactly by LightGBM); their exponentials multiply.
        """
        columns = self._columns(tensor, origin, horizon)
        laid = explain_layers(columns.layers, tensor.counts[:, :origin])
        rows = columns.values[self.alive].reshape(-1, columns.values.shape[-1])
        parts = np.mean(
            [b.predict(rows, pred_contrib=True, num_threads=1) for b in self.boosters], axis=0
        )
        shape = columns.layers.mean[self.alive].shape
        base = laid.base.copy()
        base[self.alive] *= np.exp(parts[:, -1].reshape(shape))
        factors = {family: values.copy() for family, values in laid.factors.items()}
        for family in dict.fromkeys(columns.families):
            own = np.array([one is family for one in columns.families])
            factor = np.exp(parts[:, :-1][:, own].sum(axis=1).reshape(shape))
            if family is Family.LEVEL:
                base[self.alive] *= factor
                continue
            values = factors.setdefault(family, np.ones(columns.layers.mean.shape))
            values[self.alive] *= factor
        product = base * np.prod(list(factors.values()), axis=0)
        return Explained(at_least_floor(product), base, factors)


@dataclass(frozen=True, slots=True)
class Boosted:
    """LightGBM on the layered model.

    Attributes:
        ahead: Days ahead learnt from; (1,) where only the next day is wanted.
        rounds: Trees of each seed.
        seeds: Boosters averaged in the logarithm.
    """

    name: str = "boosted"
    ahead: tuple[int, ...] = AHEAD_DAYS
    rounds: int = 90
    seeds: int = 1

    def fit(self, tensor: Tensor, upto: int) -> BoostedFitted:
        """Learn from slots before ``upto``.

        Raises:
            ValueError: When less than eight weeks beyond the first sixty days are known.
            MissingPart: When LightGBM cannot be loaded.
        """
        start = Layered() if tensor.per_day > 1 else Tracked()
        return self.fit_on(start.fit(tensor, upto), tensor, upto)

    def fit_on(
        self, layered: LayeredFitted | TrackedFitted, tensor: Tensor, upto: int
    ) -> BoostedFitted:
        """Learn to correct a layered model that is already fitted; see ``fit``."""
        burn = BURN_DAYS * tensor.per_day
        if upto < burn + 8 * tensor.week:
            raise ValueError("too few slots to learn trees from")
        library = load_lightgbm()
        known = tensor.until(upto)
        alive = np.asarray(known.counts.any(axis=(1, 2)))
        rows, seen, start, names = self._rows(layered, known, alive, burn)
        boosters = []
        for seed in range(self.seeds):
            data = library.Dataset(
                rows,
                seen,
                init_score=start,
                feature_name=list(names),
                categorical_feature=["kind"],
                params={"max_bin": PARAMETERS["max_bin"], "verbose": -1},
            )
            parameters = {**PARAMETERS, "seed": seed}
            boosters.append(library.train(parameters, data, self.rounds))
        return BoostedFitted(self.name, layered, tuple(boosters), alive)

    def _rows(
        self, layered: LayeredFitted | TrackedFitted, known: Tensor, alive: Booleans, burn: int
    ) -> tuple[npt.NDArray[np.float32], Floats, Floats, tuple[str, ...]]:
        """Return columns, counts and starting scores of the rows learnt from."""
        slots = known.slots
        share = len(self.ahead) * alive.sum() * (slots - burn) * len(known.kinds) / MOST_ROWS
        every = max(1, int(np.ceil(share)))
        wishes = []
        for at, days in enumerate(self.ahead):
            when = When.each(slots, (days - 1) * known.per_day + 1)
            first = burn + (days - 1) * known.per_day
            wanted = np.arange(first + at % every, slots, every)
            wishes.append(When(when.origins[wanted], when.targets[wanted]))
        rows, seen, start = [], [], []
        names: tuple[str, ...] = ()
        for columns in columns_of(layered, known, known.counts, tuple(wishes)):
            names = columns.names
            rows.append(columns.values[alive].reshape(-1, len(names)))
            seen.append(known.counts[alive][:, columns.layers.when.targets].ravel())
            start.append(np.log(columns.layers.mean[alive]).ravel())
        return np.concatenate(rows), np.concatenate(seen), np.concatenate(start), names
