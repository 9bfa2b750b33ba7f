"""The models of the forecast, one file each, and the list of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from vigie.foresight.forecasting.models.boosted import Boosted
from vigie.foresight.forecasting.models.ensemble import Ensemble
from vigie.foresight.forecasting.models.ewma import Ewma
from vigie.foresight.forecasting.models.glm import Glm
from vigie.foresight.forecasting.models.hawkes import Hawkes
from vigie.foresight.forecasting.models.historical import Historical
from vigie.foresight.forecasting.models.layered import Layered
from vigie.foresight.forecasting.models.naive import Naive
from vigie.foresight.forecasting.models.protocol import Model

NAIVE = "naive"

MODELS: Mapping[str, Callable[[], Model]] = MappingProxyType(
    {
        NAIVE: Naive,
        "historical": Historical,
        "ewma": Ewma,
        "glm": Glm,
        "hawkes": Hawkes,
        "layered": Layered,
        "boosted": Boosted,
        "ensemble": Ensemble,
    }
)
"""How to make each model, by name, from the simplest to the richest."""


def naive() -> Model:
    """Return the model that every other must beat to be shown."""
    return MODELS[NAIVE]()
