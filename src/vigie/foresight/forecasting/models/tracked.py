"""The layered model with its level and its shares followed by filters, where slots are days.

The total of the city comes from ``city_filter``, the shares of the places from ``place_filter``;
the layered model gives the rhythm of the week in each place, and the shares where there are too
many places to follow. It is what the trees start from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vigie.foresight.forecasting.models.city_filter import CityTracker, track_city
from vigie.foresight.forecasting.models.discounting import When
from vigie.foresight.forecasting.models.layered import (
    TRACKED,
    Layered,
    LayeredFitted,
    Layers,
    LayersTold,
)
from vigie.foresight.forecasting.models.place_filter import (
    PlaceTracker,
    can_track,
    track_places,
)
from vigie.foresight.forecasting.tensor import Floats, Tensor, at_least_floor


def _rhythm(layers: Layers) -> Floats:
    """Return the factor of the weekday in each place and kind."""
    return np.asarray(layers.drifts["week"] * layers.drifts["weekend"])


@dataclass(frozen=True, slots=True)
class TrackedFitted(LayersTold):
    """What was learnt.

    Attributes:
        layered: The model that is corrected.
        city: The level of the city.
        places: The shares of the places; None where there are too many.
    """

    name: str
    layered: LayeredFitted
    city: CityTracker
    places: PlaceTracker | None

    @property
    def base(self) -> float:
        """Return the half-life of the shares, days."""
        return self.layered.base

    def layers(self, tensor: Tensor, counts: Floats, *wishes: When) -> tuple[Layers, ...]:
        """Return the forecast of every wish, from known counts; see ``LayersTold.layers``."""
        past, *told = self.layered.layers(tensor, counts, When.each(counts.shape[1]), *wishes)
        rhythm = _rhythm(past)
        found = []
        for layers in told:
            total = self.city.totals(tensor, counts, layers.when)
            mean = at_least_floor(layers.mean * (total / np.maximum(layers.total, 1e-9)))
            if self.places is not None:
                share = self.places.shares(counts, rhythm, _rhythm(layers), layers.when)
                mean[self.places.places] = at_least_floor(share * total)
            drifts = {**layers.drifts, TRACKED: mean / layers.mean}
            found.append(replace(layers, mean=mean, drifts=drifts, total=total))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Tracked:
    """Layers whose level and shares are followed day by day."""

    name: str = "tracked"

    def fit(self, tensor: Tensor, upto: int) -> TrackedFitted:
        """Learn from days before ``upto``.

        Raises:
            ValueError: When slots are not days, or less than eight weeks are known.
        """
        if tensor.per_day > 1:
            raise ValueError("slots are not days")
        layered = Layered().fit(tensor, upto)
        places = None
        if can_track(tensor, upto):
            past = layered.layers(tensor, tensor.counts[:, :upto], When.each(upto))[0]
            places = track_places(tensor, upto, _rhythm(past))
        return TrackedFitted(self.name, layered, track_city(tensor, upto), places)
