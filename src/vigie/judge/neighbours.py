"""Which plans and places stand near each other in place and time, without looking at all pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

from vigie.judge.rule import Wanted
from vigie.judge.views import PlaceView, PlanView
from vigie.model.taxonomy import TAXONOMY

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SLICE_US = 4 * 86_400_000_000
"""Length of a slice of time: most plans touch one or two."""

ASIDE_M = 1e9
"""How far apart two slices are laid in the tree: further than any two places on Earth."""

SECOND_US = 1_000_000


class Plans:
    """Plans in columns: bounds in metres, occupied time, what rules want of them."""

    def __init__(self, plans: Sequence[PlanView]) -> None:
        self.plans = list(plans)
        self._masks: dict[Wanted, Mask] = {}
        self.at = {plan.plan_id: position for position, plan in enumerate(self.plans)}
        self.shapes = np.array([plan.geometry for plan in self.plans], dtype=object)
        self.bounds: Floats = (
            shapely.bounds(self.shapes) if self.plans else np.empty((0, 4), np.float64)
        )
        self.from_us: Ints = np.array([plan.from_us for plan in self.plans], dtype=np.int64)
        self.to_us: Ints = np.array([plan.to_us for plan in self.plans], dtype=np.int64)
        self.ends_us: Ints = np.array([plan.ends_us for plan in self.plans], dtype=np.int64)

    def put(self, plan: PlanView) -> None:
        """Add a plan, or replace the one of its id."""
        position = self.at.get(plan.plan_id)
        if position is None:
            position = self.at[plan.plan_id] = len(self.plans)
            self.plans.append(plan)
            self.shapes = np.append(self.shapes, np.array([None], dtype=object))
            self.bounds = np.vstack([self.bounds, np.zeros((1, 4))])
            for name in ("from_us", "to_us", "ends_us"):
                setattr(self, name, np.append(getattr(self, name), np.int64(0)))
            for wanted, mask in self._masks.items():
                self._masks[wanted] = np.append(mask, np.False_)
        self.plans[position] = plan
        self.shapes[position] = plan.geometry
        self.bounds[position] = plan.geometry.bounds
        self.from_us[position], self.to_us[position] = plan.from_us, plan.to_us
        self.ends_us[position] = plan.ends_us
        for wanted, mask in self._masks.items():
            mask[position] = wanted.wants(plan)

    def drop(self, plan_id: str) -> None:
        """Take a plan out."""
        position = self.at[plan_id]
        del self.plans[position]
        self.at = {plan.plan_id: position for position, plan in enumerate(self.plans)}
        for name in ("shapes", "from_us", "to_us", "ends_us"):
            setattr(self, name, np.delete(getattr(self, name), position))
        self.bounds = np.delete(self.bounds, position, 0)
        self._masks = {wanted: np.delete(mask, position) for wanted, mask in self._masks.items()}

    def wanted(self, wanted: Wanted) -> Mask:
        """Return which plans a rule looks at, by position."""
        found = self._masks.get(wanted)
        if found is None:
            kinds = {plan.kind for plan in self.plans}
            right = {kind for kind in kinds if wanted.wants_kind(kind)}
            plain = wanted == Wanted(wanted.kinds, wanted.apart_from)
            found = np.array(
                [p.kind in right and (plain or wanted.wants_rest(p)) for p in self.plans], np.bool_
            )
            self._masks[wanted] = found
        return found

    def together(self, left: Ints, right: Ints, reach_s: float) -> Mask:
        """Whether the occupied times of pairs are less than a gap apart."""
        gap = int(reach_s * SECOND_US)
        before: Mask = self.from_us[left] < self.to_us[right] + gap
        return before & (self.from_us[right] < self.to_us[left] + gap)

    def apart_m(self, left: Ints, right: Ints) -> Floats:
        """Return how far apart the footprints of pairs are."""
        return np.asarray(shapely.distance(self.shapes[left], self.shapes[right]), np.float64)

    def near_pairs(self, reach_m: float, reach_s: float) -> tuple[Ints, Ints]:
        """Return the pairs within reach in place and time, each once, the lower position first.

        Place and time are looked up in one tree: time is cut in slices of four days, and each slice
        is laid beside the others, so that the hundreds of evenings of one stadium do not meet.
        """
        if len(self.plans) < 2:  # noqa: PLR2004 -- a pair
            none = np.empty(0, np.int64)
            return none, none
        gap = int(reach_s * SECOND_US)
        first = (self.from_us - gap) // SLICE_US
        copies = (self.to_us + gap) // SLICE_US - first + 1
        owner = np.repeat(np.arange(len(self.plans)), copies)
        step = np.arange(len(owner)) - np.repeat(np.cumsum(copies) - copies, copies)
        aside = (first[owner] + step - first.min()) * ASIDE_M
        box = self.bounds[owner]
        half = reach_m / 2.0
        tree = STRtree(
            shapely.box(
                box[:, 0] - half + aside,
                box[:, 1] - half,
                box[:, 2] + half + aside,
                box[:, 3] + half,
            )
        )
        one, other = tree.query(tree.geometries)
        one, other = owner[one], owner[other]
        kept = one < other
        keys = np.unique(one[kept] * len(self.plans) + other[kept])
        left, right = keys // len(self.plans), keys % len(self.plans)
        kept = self.together(left, right, reach_s)
        return left[kept], right[kept]

    def near(self, position: int, reach_m: float, reach_s: float) -> Ints:
        """Return the positions of the plans within reach of one, in place and time."""
        everyone = np.arange(len(self.plans))
        west, south, east, north = self.bounds[position]
        box = self.bounds
        kept = (
            self.together(np.full(len(self.plans), position), everyone, reach_s)
            & (box[:, 0] <= east + reach_m)
            & (box[:, 2] >= west - reach_m)
            & (box[:, 1] <= north + reach_m)
            & (box[:, 3] >= south - reach_m)
        )
        kept[position] = False
        return np.asarray(np.flatnonzero(kept), np.int64)

    def same_time_pairs(self, positions: Ints, reach_s: float) -> tuple[Ints, Ints]:
        """Return the pairs of some plans that are together in time, wherever they are."""
        order = positions[np.argsort(self.from_us[positions], kind="stable")]
        gap = int(reach_s * SECOND_US)
        starts = self.from_us[order]
        until = np.searchsorted(starts, self.to_us[order] + gap, side="left")
        count = np.maximum(until - np.arange(len(order)) - 1, 0)
        one = np.repeat(np.arange(len(order)), count)
        other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
        left, right = order[one], order[other]
        kept = self.together(left, right, reach_s)
        left, right = left[kept], right[kept]
        return np.minimum(left, right), np.maximum(left, right)


class Places:
    """Places in one tree."""

    def __init__(self, places: Sequence[PlaceView]) -> None:
        self.places = sorted(places, key=lambda place: place.place_id)
        self._shapes = np.array([place.geometry for place in self.places], dtype=object)
        self._trees: dict[tuple[str, ...], tuple[Ints, STRtree]] = {}

    def of(self, kinds: tuple[str, ...]) -> tuple[PlaceView, ...]:
        """Return the places of some kinds, by id."""
        return tuple(self.places[position] for position in self._tree(kinds)[0])

    def _tree(self, kinds: tuple[str, ...]) -> tuple[Ints, STRtree]:
        found = self._trees.get(kinds)
        if found is None:
            known = {place.kind for place in self.places}
            here = {one for one in known if any(TAXONOMY.is_within(one, kind) for kind in kinds)}
            positions = np.array(
                [at for at, place in enumerate(self.places) if place.kind in here], dtype=np.int64
            )
            found = positions, STRtree(self._shapes[positions])
            self._trees[kinds] = found
        return found

    def near(
        self, shapes: npt.NDArray[np.object_], kinds: tuple[str, ...], reach_m: float
    ) -> dict[int, tuple[PlaceView, ...]]:
        """Return the places of some kinds near each shape, by position of the shape."""
        positions, tree = self._tree(kinds)
        if not len(positions) or not len(shapes):
            return {}
        shape, place = tree.query(shapes, predicate="dwithin", distance=reach_m)
        found: dict[int, list[int]] = {}
        for one, other in zip(shape.tolist(), place.tolist(), strict=True):
            found.setdefault(one, []).append(int(positions[other]))
        return {
            one: tuple(self.places[position] for position in sorted(here))
            for one, here in found.items()
        }
