"""Where a right over cameras, recordings and signals ends: by service, zone and source.

A charter bounds rights by groups of cameras (the service in charge), by zones and by sources. A
sheet has no place: place, owner and source are those of the city's register of places. A camera of
which what a limit asks for is not known lies outside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyarrow.compute as pc
from shapely.geometry import Point

from vigie.privacy.charter import ANYWHERE, Limits
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.places import select_places
from vigie.situation.view import CAMERA, area_of
from vigie.watch.recording.index import FILE

__all__ = ["cameras_within", "refuse_beyond"]


def cameras_within(
    home: Home, limits: Limits, services: Mapping[str, str] | None = None
) -> Callable[[str], bool]:
    """Return what says of a camera, by its reference, whether it lies within limits.

    Args:
        home: The home.
        limits: Sources, zones and groups of cameras.
        services: The service in charge by camera, of sheets that are not kept yet.
    """
    if limits == ANYWHERE:
        return lambda _camera: True
    table = select_places(home)
    table = table.filter(pc.starts_with(table["kind"], pattern=CAMERA))
    places = {row["source_ref"]: row for row in table.to_pylist()}
    recorded = (home.video.index.root / FILE).exists()
    sheets = {one.camera_id: one.service for one in home.video.cameras()} if recorded else {}
    area = area_of(limits, home.frame)

    def within(camera: str) -> bool:
        place = places.get(camera, {})
        named = ((services or {}).get(camera), sheets.get(camera), place.get("owner"))
        groups = {name for name in named if name}
        if limits.camera_groups is not None and not (groups and groups <= limits.camera_groups):
            return False
        if limits.sources is not None and place.get("source") not in limits.sources:
            return False
        if area is None:
            return True
        lon, lat = place.get("lon"), place.get("lat")
        return lon is not None and lat is not None and bool(area.intersects(Point(lon, lat)))

    return within


def refuse_beyond(
    home: Home,
    caller: Caller,
    right: tuple[str, Verb],
    cameras: Iterable[str],
    subject: Mapping[str, Any],
    *,
    services: Mapping[str, str] | None = None,
) -> None:
    """Refuse what is asked of cameras when one of them lies outside the caller's limits.

    What the charter does not open at all is left to ``rights.ask``, which says why.

    Args:
        home: The home.
        caller: Who asks.
        right: The dataset, and what is to be done to it.
        cameras: By reference.
        subject: What is asked for, as the audit writes it.
        services: The service in charge by camera, of sheets that are not kept yet.

    Raises:
        Forbidden: Its line is written.
    """
    dataset, verb = right
    if not home.rights.may(caller, dataset, verb):
        return
    within = cameras_within(home, home.rights.limits(caller, dataset, verb), services)
    if not all(map(within, cameras)):
        home.rights.refuse(caller, dataset, verb, subject, why="limits")
