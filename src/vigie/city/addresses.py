"""How people name a site: address, well-known place, quarter, sector, arrondissement, station."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from vigie.city import geography
from vigie.city.kinds import FloatArray
from vigie.city.sites import sites

KNOWN_PLACE_M = 250.0


@dataclass(frozen=True, slots=True)
class SiteName:
    """The names of one site.

    Attributes:
        address: House number and street, empty without a named street.
        place: Well-known place within 250 m, or empty.
        quarter: Quarter, called by its nearest stop.
        sector: Police sector's id.
        postcode: 13001 to 13016.
        station: Nearest fire station.
    """

    address: str
    place: str
    quarter: str
    sector: str
    postcode: str
    station: str


def _nearest(names: list[str], lon: FloatArray, lat: FloatArray) -> tuple[list[str], FloatArray]:
    """Return the nearest name of each site and its distance in metres."""
    px, py = geography.to_metres(sites().lon, sites().lat)
    x, y = geography.to_metres(lon, lat)
    distance = np.hypot(px[:, None] - x[None, :], py[:, None] - y[None, :])
    best = distance.argmin(axis=1)
    return [names[b] for b in best.tolist()], distance[np.arange(len(best)), best]


def _places(prefix: str) -> tuple[list[str], FloatArray, FloatArray]:
    found = [p for p in geography.places() if p.place_id.startswith(prefix)]
    lon, lat = np.array([p.lon for p in found]), np.array([p.lat for p in found])
    return [p.name for p in found], lon, lat


@cache
def site_names() -> tuple[SiteName, ...]:
    """Return the names of every site, aligned with ``sites()``."""
    place = sites()
    stops = list(geography.stops().values())
    lon, lat = np.array([s[1] for s in stops]), np.array([s[2] for s in stops])
    quarter, _ = _nearest([s[0] for s in stops], lon, lat)
    landmark, away = _nearest(*_places("landmark."))
    station, _ = _nearest(*_places("fire_station."))
    streets = [street.name for street in geography.streets()]
    sectors = geography.zonings()["secteur_police"].ids
    return tuple(
        SiteName(
            address=f"{number} {streets[street]}" if street >= 0 else "",
            place=landmark[i] if away[i] <= KNOWN_PLACE_M else "",
            quarter=quarter[i],
            sector=sectors[sector],
            postcode=f"130{arrondissement:02d}",
            station=station[i],
        )
        for i, (street, number, sector, arrondissement) in enumerate(
            zip(
                place.street.tolist(),
                place.number.tolist(),
                place.sector.tolist(),
                place.arrondissement.tolist(),
                strict=True,
            )
        )
    )
