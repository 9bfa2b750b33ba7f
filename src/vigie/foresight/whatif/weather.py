"""What rain changes, by kind of fact, against what the same hours would have brought anyway.

Facts of wet and of dry hours are held against the city's own expected course (hour, kind of day,
weeks). The ratio has a gamma posterior that leans on 1 by ``LEAN`` facts. It is an association over
the whole city: rain also changes who comes and what is told.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vigie.foresight.effects.model import EffectModel
from vigie.foresight.whatif.load import HOUR_US, FloatArray
from vigie.foresight.whatif.outlook import Outlook
from vigie.foresight.whatif.scenario import Weather

LEAN = 20.0
"""Facts by which a kind's ratio leans on 1."""
LEAST_HOURS = 48
"""Wet hours without which nothing is told of rain."""


@dataclass(frozen=True)
class RainEffect:
    """What rain and dry weather make of each kind of fact, against the usual mix of both.

    Attributes:
        kinds: Kinds of facts.
        wet: Factor while it rains.
        dry: Factor while it does not.
        wet_cv: Coefficient of variation of ``wet``.
        dry_cv: Coefficient of variation of ``dry``.
        wet_hours: Wet hours behind it.
        dry_hours: Dry hours behind it.
    """

    kinds: tuple[str, ...]
    wet: FloatArray
    dry: FloatArray
    wet_cv: FloatArray
    dry_cv: FloatArray
    wet_hours: int
    dry_hours: int


def rain_effect(
    model: EffectModel, rain: AbstractSet[int], dry: AbstractSet[int]
) -> RainEffect | None:
    """Return what rain changes; None where too few wet or dry hours were measured.

    Args:
        model: Effect model of the history.
        rain: Beginnings of wet hours, epoch µs.
        dry: Beginnings of dry hours.
    """
    if min(len(rain), len(dry)) < LEAST_HOURS:
        return None
    shape, facts = model.around.shape, model.history.facts
    hours = shape.rate.shape[1]
    hour = (facts.at_us - shape.from_us) // HOUR_US
    inside = (hour >= 0) & (hour < hours)
    cell = facts.kind[inside] * hours + hour[inside]
    seen = np.bincount(cell, facts.weight[inside], minlength=len(model.kinds) * hours)
    seen = seen.reshape(len(model.kinds), hours)
    known = [_mask(at, shape.from_us, hours) for at in (rain, dry)]
    ratios = []
    for mask in known:
        count, expected = seen[:, mask].sum(1), shape.rate[:, mask].sum(1)
        shape_of = count + LEAN
        ratios.append((shape_of / (expected + LEAN), 1.0 / np.sqrt(shape_of)))
    (wet, wet_cv), (fair, fair_cv) = ratios
    return RainEffect(
        model.kinds, wet, fair, wet_cv, fair_cv, int(known[0].sum()), int(known[1].sum())
    )


def _mask(at_us: AbstractSet[int], from_us: int, hours: int) -> NDArray[np.bool_]:
    index = (np.array(sorted(at_us), np.int64) - from_us) // HOUR_US
    mask = np.zeros(hours, np.bool_)
    mask[index[(index >= 0) & (index < hours)]] = True
    return mask


def with_weather(outlook: Outlook, effect: RainEffect | None, weather: Weather) -> Outlook:
    """Return what is expected in this weather; the same when it is usual or rain is unknown."""
    if weather == "usual" or effect is None:
        return outlook
    wet = weather == "rain"
    rows = [effect.kinds.index(code) for code in outlook.kinds]
    factor = (effect.wet if wet else effect.dry)[rows]
    doubt = (effect.wet_cv if wet else effect.dry_cv)[rows]
    changed = outlook.times(factor)
    return replace(
        changed,
        without_cv=np.hypot(changed.without_cv, doubt),
        effect_cv=np.hypot(changed.effect_cv, doubt),
    )
