"""From the effect model's expectation to an outlook: the nearest ring, hour by hour."""

from __future__ import annotations

import numpy as np

from vigie.foresight.effects.model import EffectModel, Prediction
from vigie.foresight.effects.occasion import Occasion
from vigie.foresight.whatif.crowd import peak_share
from vigie.foresight.whatif.load import HOUR_US, FloatArray, Happened, needed_then
from vigie.foresight.whatif.outlook import Outlook

RING = 0
"""The ring that counts: from the footprint to the first radius of the model's bins (500 m)."""
LEAST = 1e-9


def outlook_of(prediction: Prediction, starts_us: int) -> Outlook:
    """Return what a prediction expects within the first ring.

    What other events bring there counts with what would happen without this one.
    """
    expected, hours = prediction.expected, prediction.hours
    base = np.maximum(expected.base[:, RING, :hours], 0.0)
    others = expected.others[:, RING, :hours]
    effect = expected.effect[:, RING, :hours]
    whole = np.abs(expected.effect.sum((1, 2)))
    return Outlook(
        kinds=prediction.kinds,
        first_us=starts_us - prediction.bins.before_h * HOUR_US,
        without=np.maximum(base + others, 0.0),
        without_cv=_ratio(expected.known[:, RING], base.sum(1)),
        effect=effect,
        effect_cv=np.minimum(_ratio(expected.rate_variance, whole), 2.0),
        differ=float(np.sqrt(max(0.0, expected.differ))),
        spread=np.maximum(expected.spread.kinds, 1.0),
    )


def _ratio(variance: FloatArray, mean: FloatArray) -> FloatArray:
    """Return coefficients of variation, 0 where nothing is expected."""
    deviation = np.sqrt(np.maximum(variance, 0.0))
    ratio: FloatArray = np.where(mean > LEAST, deviation / np.maximum(mean, LEAST), 0.0)
    return ratio


def happened_around(model: EffectModel, occasion: Occasion) -> Happened:
    """Return the facts of the history within the first ring, those seen happening.

    A fact whose instant is not known to the hour was found afterwards and called nobody then.
    """
    local = model.around.local(occasion)
    kept = (local.ring == RING) & (local.weight >= 1.0)
    return Happened(model.kinds, local.kind[kept], local.at_us[kept])


def outcome(model: EffectModel, occasion: Occasion, closed_streets: int) -> int:
    """Return the agents a past event turned out to need, by the facts of the history.

    Who really came is not known to a city: posts are counted on the likely public.
    """
    return needed_then(
        happened_around(model, occasion),
        occasion.starts_us,
        occasion.ends_us,
        public=(occasion.likely or 0.0) * peak_share(occasion.kind),
        closed_streets=closed_streets,
    )
