"""Streets, stretches and junctions as places that are compared, and the traffic measured there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.analyse.on_streets import Note
from vigie.base.remarks import remark
from vigie.geo.lixels import LixelNetwork, Snapped

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

JUNCTION_M = 30.0
"""A junction reaches so far into the ways that part there."""
DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Units:
    """Places of a network.

    Attributes:
        network: The streets.
        labels: What each is called.
        metres: Length of street in each.
        of_edge: Place of each edge; -1 for none. Not used for junctions.
        nodes: Node of each place, of junctions; empty otherwise.
    """

    network: LixelNetwork
    labels: tuple[str, ...]
    metres: Floats
    of_edge: Ints
    nodes: Ints

    def __len__(self) -> int:
        return len(self.labels)

    def place(self, at: Snapped) -> Ints:
        """Return the place of points on the network, -1 for none."""
        if not len(self) or not len(at.edge):
            return np.full(len(at.edge), -1, np.int64)
        if not len(self.nodes):
            return self.of_edge[at.edge]
        node = self.network.nearest_junction(at.edge, at.along, JUNCTION_M)
        number = np.minimum(np.searchsorted(self.nodes, node), len(self.nodes) - 1)
        return np.where((node >= 0) & (self.nodes[number] == node), number, -1).astype(np.int64)

    def count(self, place: Ints) -> Floats:
        """Return how many of some points each place has."""
        return np.bincount(place[place >= 0], minlength=len(self)).astype(np.float64)

    def courses(self) -> list[str]:
        """Return the course of each place, WKT; that of a junction is its longest way's part."""
        net = self.network
        if len(self.nodes):
            return [self._around(int(node)) for node in self.nodes]
        found = []
        for number in range(len(self)):
            mine = np.flatnonzero(self.of_edge == number)
            low = float(net.offset[mine].min())
            high = float((net.offset[mine] + net.metres[mine]).max())
            found.append(net.course(int(net.street[mine[0]]), low, high).wkt)
        return found

    def _around(self, node: int) -> str:
        net = self.network
        edge = int(np.flatnonzero((net.start == node) | (net.end == node))[0])
        at_start = int(net.start[edge]) == node
        middle = float(net.offset[edge] + (0.0 if at_start else net.metres[edge]))
        return net.course(int(net.street[edge]), max(middle - 15, 0.0), middle + 15).wkt


def _distinct(labels: list[str]) -> tuple[str, ...]:
    """Return labels of which no two are alike: the second of a name is told as the second."""
    seen: dict[str, int] = {}
    told = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        told.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return tuple(told)


_NONE = np.empty(0, np.int64)


def by_street(network: LixelNetwork) -> Units:
    """Return the streets of a network, each whole."""
    streets, of_edge = np.unique(network.street, return_inverse=True)
    metres = np.bincount(of_edge, network.metres, minlength=len(streets)).astype(np.float64)
    labels = _distinct([network.names[one] for one in streets])
    return Units(network, labels, metres, of_edge.astype(np.int64), _NONE)


def by_stretch(network: LixelNetwork) -> Units:
    """Return the stretches of streets between two junctions or ends."""
    ends = np.round(np.stack([network.offset, network.offset + network.metres])).astype(np.int64)
    labels = [
        f"{network.names[street]}, {low}-{high} m"
        for street, low, high in zip(network.street, *ends, strict=True)
    ]
    every = np.arange(len(network.metres))
    return Units(network, _distinct(labels), network.metres, every, _NONE)


def by_junction(network: LixelNetwork) -> Units:
    """Return the junctions of a network, 30 m around each."""
    nodes = network.junctions
    metres = np.zeros(len(network.degree))
    reach = np.minimum(network.metres, JUNCTION_M)
    for ends in (network.start, network.end):
        np.add.at(metres, ends, reach)
    labels = _distinct([" / ".join(network.streets_at(int(node))) for node in nodes])
    return Units(network, labels, metres[nodes], _NONE, nodes)


@dataclass(frozen=True, slots=True)
class Traffic:
    """What sensors measured at places.

    Attributes:
        per_day: Vehicles a day, mean of the sensors of a place; NaN where there is none.
        speed: Mean speed, km/h, NaN likewise.
        sensors: How many count vehicles at each place.
        note: Base and age of the measures.
    """

    per_day: Floats
    speed: Floats
    sensors: Ints
    note: Note


def traffic_of(units: Units, measures: pa.Table | None, within_m: float) -> Traffic:
    """Return the traffic of places, from measures of flow (vehicles of a span) and speed.

    A junction takes the sensors of every way that parts there, however far along it.
    """
    none = np.full(len(units), np.nan)
    absent = {
        "fr": "Aucun trafic mesuré : l’exposition est la longueur seule.",
        "en": "No traffic measured: exposure is length alone.",
    }
    if measures is None or not measures.num_rows or not len(units):
        return Traffic(none, none.copy(), np.zeros(len(units), np.int64), absent)
    flow, many = _mean_at(units, measures, "traffic.flow", within_m)
    speed, _ = _mean_at(units, measures, "traffic.speed", within_m)
    if not many.sum():
        return Traffic(none, speed, many, absent)
    measured = int((many > 0).sum())
    note = remark(
        "Trafic mesuré dans {measured} lieux sur {places}, par {sensors} rattachements de capteurs"
        " ; les autres ont leur propre niveau moyen.",
        "Traffic measured at {measured} places of {places}, by {sensors} sensors laid on them; the"
        " others have a mean level of their own.",
        measured=measured,
        places=len(units),
        sensors=int(many.sum()),
    )
    return Traffic(flow, speed, many, note)


def _mean_at(units: Units, measures: pa.Table, metric: str, within_m: float) -> tuple[Floats, Ints]:
    """Return the mean of a metric's sensors at each place, and how many they are."""
    table = measures.filter(pc.equal(measures["metric"], metric))
    table = table.filter(pc.and_(pc.is_valid(table["lon"]), pc.is_finite(table["value"])))
    value = table["value"]
    if metric == "traffic.flow":  # vehicles of a span, as vehicles a day
        span = pc.subtract(table["to_us"], table["from_us"]).cast(pa.float64())
        table = table.filter(pc.greater(span, 0.0))
        span = pc.subtract(table["to_us"], table["from_us"]).cast(pa.float64())
        value = pc.multiply(table["value"], pc.divide(float(DAY_US), span))
    table = pa.table(
        {"sensor": table["place_id"], "lon": table["lon"], "lat": table["lat"], "value": value}
    )
    each = table.group_by("sensor").aggregate([(name, "mean") for name in ("lon", "lat", "value")])
    net = units.network
    at = net.snap(each["lon_mean"].to_numpy(), each["lat_mean"].to_numpy(), within_m)
    on = at.edge >= 0
    edge, told = at.edge[on], each["value_mean"].to_numpy()[on]
    if len(units.nodes):
        pairs = [(units.nodes == net.start[e]) | (units.nodes == net.end[e]) for e in edge]
        place = np.concatenate([np.flatnonzero(one) for one in pairs] or [_NONE])
        told = np.repeat(told, [int(one.sum()) for one in pairs]) if pairs else told
    else:
        place = units.of_edge[edge]
    many = np.bincount(place, minlength=len(units)).astype(np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(place, told, minlength=len(units)) / many
    return mean, many
