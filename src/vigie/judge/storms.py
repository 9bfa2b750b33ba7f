"""Storms of alerts: those of one family, near each other in place and time, are one situation.

Two alerts are linked when they are of the same family and near enough in both; a group is what
links hold together. It depends neither on the order of the alerts nor on how they arrived: grouping
a part first and the rest later gives the same groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.geo.distance import haversine_m
from vigie.judge.watched import MINUTE_US

NEAR_M = 800.0
"""About two cells of the map from middle to middle."""
NEAR_US = 45 * MINUTE_US


@dataclass(frozen=True, slots=True)
class Mark:
    """What grouping knows of an alert.

    Attributes:
        alert_id: Its name.
        at_us: Instant it is about, epoch µs.
        family: What it is about: alerts of different families are never one group.
        severity: 1 to 5.
        lon: Longitude; None without a place.
        lat: Latitude.
    """

    alert_id: str
    at_us: int
    family: str
    severity: int = 3
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Alerts of one situation.

    Attributes:
        head: The earliest of them, which names the group; of several the lowest id.
        members: All of them by time, the head first.
        severity: The greatest.
    """

    head: str
    members: tuple[str, ...]
    severity: int


def _linked(marks: Sequence[Mark]) -> list[tuple[int, int]]:
    """Return the pairs of linked alerts, positions in marks sorted by time."""
    at_us = np.array([one.at_us for one in marks], dtype=np.int64)
    lon = np.array([np.nan if one.lon is None else one.lon for one in marks], dtype=np.float64)
    lat = np.array([np.nan if one.lat is None else one.lat for one in marks], dtype=np.float64)
    _, family = np.unique([one.family for one in marks], return_inverse=True)
    found = []
    until = np.searchsorted(at_us, at_us + NEAR_US, side="right")
    for row in range(len(marks)):
        others = np.arange(row + 1, until[row])
        others = others[family[others] == family[row]]
        if np.isnan(lon[row]):
            near = np.isnan(lon[others])
        else:
            near = haversine_m(lon[others], lat[others], lon[row], lat[row]) <= NEAR_M
        found += [(row, int(other)) for other in others[near]]
    return found


def groups(alerts: Sequence[Mark]) -> list[Group]:
    """Return the groups of some alerts, by the instant of their head; each alert is in one.

    An alert without a place is near those without a place.
    """
    marks = sorted(alerts, key=lambda one: (one.at_us, one.alert_id))
    parent = list(range(len(marks)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for one, other in _linked(marks):
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    members: dict[int, list[Mark]] = {}
    for row, mark in enumerate(marks):
        members.setdefault(root(row), []).append(mark)
    return [
        Group(
            some[0].alert_id,
            tuple(one.alert_id for one in some),
            max(one.severity for one in some),
        )
        for _, some in sorted(members.items())
    ]
