"""What happens in the city: one spec per kind of true incident, read from ``kinds.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

import numpy as np

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

# Shares of the 24 local hours, by profile name; scaled to sum to 1 when read.
_HOURS: dict[str, list[float]] = {
    "flat": [1.0] * 24,
    "day": [1, 1, 0, 0, 0, 1, 2, 4, 7, 9, 10, 10, 9, 9, 10, 10, 10, 10, 9, 7, 5, 3, 2, 1],
    "morning": [0, 0, 0, 0, 0, 1, 4, 8, 11, 13, 13, 12, 9, 5, 3, 2, 2, 2, 1, 1, 0, 0, 0, 0],
    "commute": [1, 0, 0, 0, 0, 2, 4, 10, 12, 8, 5, 5, 6, 6, 5, 6, 9, 12, 12, 8, 4, 3, 2, 2],
    "evening": [3, 2, 1, 1, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 8, 10, 11, 11, 10, 9, 7, 5],
    "night": [9, 8, 6, 4, 2, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 4, 6, 8, 10, 12, 13, 11],
    "dark": [11, 10, 8, 6, 4, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 11, 13],
    "late": [12, 13, 13, 10, 7, 4, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 6, 8, 10],
    "school": [0, 0, 0, 0, 0, 0, 1, 4, 10, 2, 0, 4, 4, 6, 1, 1, 9, 5, 1, 0, 0, 0, 0, 0],
}
# Factors of Monday to Sunday; scaled to average 1 when read.
_WEEK: dict[str, list[float]] = {
    "flat": [1, 1, 1, 1, 1, 1, 1],
    "weekend": [0.75, 0.72, 0.80, 0.92, 1.15, 1.45, 1.21],
    "saturday": [0.85, 0.90, 1.05, 0.95, 1.10, 1.45, 0.70],
    "workdays": [1.12, 1.14, 1.14, 1.12, 1.15, 0.80, 0.53],
    "school": [1.40, 1.40, 0.40, 1.40, 1.40, 0.0, 0.0],
}
LOG_CODES_SEEN_BY_PATROL = frozenset({"STA", "STD", "SUR", "ECO", "VAL", "MAR", "EPA", "CIR"})


@dataclass(frozen=True, slots=True)
class Component:
    """A share of a kind: where (space profile), when (hour profile), how much (weight)."""

    space: str
    hours: str
    weight: float


@dataclass(frozen=True, slots=True)
class IncidentKind:
    """A kind of true incident and everything that drives it.

    Attributes:
        code: Taxonomy code.
        yearly: True incidents a year at scale 1, self-excited ones included.
        mix: Components; weights sum to 1.
        week: Factors of Monday to Sunday, averaging 1.
        season_amplitude: Amplitude of the yearly cosine (0 to 1).
        season_peak: Month of its peak, 1 to 12.
        rain: Log-rate effect of an hour with rain.
        temperature: Log-rate effect of 10 degrees above 15.
        branching: Children per incident (self-excitation).
        excite_days: Mean delay of a child, days (exponential).
        excite_m: Standard deviation of a child's displacement, metres, on each axis.
        severity: Usual severity, 1 to 5.
        unsure_h: Median width of the interval of an unseen incident, hours; 0 when it is seen.
        minutes: Usual duration of a seen incident.
        tells: Source to its own code and the probability that it tells the incident.
    """

    code: str
    yearly: float
    mix: tuple[Component, ...]
    week: FloatArray
    season_amplitude: float
    season_peak: int
    rain: float
    temperature: float
    branching: float
    excite_days: float
    excite_m: float
    severity: int
    unsure_h: float
    minutes: float
    tells: Mapping[str, tuple[str, float]]

    @property
    def school_only(self) -> bool:
        """Whether it happens on school days only."""
        return bool(self.week[6] == 0.0)


def hour_profile(name: str) -> FloatArray:
    """Return the shares of the 24 local hours of a profile, summing to 1."""
    shares = np.asarray(_HOURS[name], dtype=np.float64)
    return np.asarray(shares / shares.sum())


def _week(name: str) -> FloatArray:
    factors = np.asarray(_WEEK[name], dtype=np.float64)
    return np.asarray(factors / factors.mean())


def _component(text: str) -> Component:
    space, hours, weight = text.split("/")
    return Component(space, hours, float(weight))


@cache
def kinds() -> tuple[IncidentKind, ...]:
    """Return every kind of true incident, in the order of the file."""
    text = resources.files("vigie.city").joinpath("kinds.toml").read_text("utf-8")
    return tuple(
        IncidentKind(
            code=code,
            yearly=float(spec["yearly"]),
            mix=tuple(_component(part) for part in spec["mix"]),
            week=_week(spec["week"]),
            season_amplitude=float(spec["season"][0]),
            season_peak=int(spec["season"][1]),
            rain=float(spec["rain"]),
            temperature=float(spec["temp"]),
            branching=float(spec["excite"][0]),
            excite_days=float(spec["excite"][1]),
            excite_m=float(spec["excite"][2]),
            severity=int(spec["severity"]),
            unsure_h=float(spec.get("unsure_h", 0.0)),
            minutes=float(spec.get("minutes", 0.0)),
            tells=MappingProxyType({s: (c, float(p)) for s, (c, p) in spec["tells"].items()}),
        )
        for code, spec in tomllib.loads(text)["kinds"].items()
    )


@cache
def kind_index() -> Mapping[str, int]:
    """Return taxonomy code to position in ``kinds()``."""
    return MappingProxyType({kind.code: index for index, kind in enumerate(kinds())})
