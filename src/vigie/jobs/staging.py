"""One evening's brawl staged in a running demonstration: what its story is told with.

Four feeds tell of it by their own ways in (``vigie.city.brawl``), pushed with a token as a partner
pushes. Where the video extra is there, a camera of the register near the place has recorded it: a
drawn film through the real recorder, under a sheet that says of itself that it is fictional.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import pyarrow.compute as pc

from vigie.base.clock import now_us
from vigie.base.errors import WrongUsage
from vigie.city import brawl
from vigie.city.span import MINUTE_US
from vigie.jobs.demo import issue_anew
from vigie.jobs.demo_cameras import can_film
from vigie.jobs.demo_rules import HEAD
from vigie.jobs.senders import PushSender
from vigie.situation.alerts_rules import put_rule
from vigie.situation.detection.looking import CAMERA
from vigie.situation.home import Home
from vigie.situation.places import select_places

AGO_US: Final = 4 * MINUTE_US
"""How long ago the brawl began when it is staged: the feeds tell late, and the film is whole."""
NEAR_DEG: Final = 0.0003
WATCHED_DEG: Final = 0.004
RULE: Final = "Démonstration : rixes, le lieu du soir / brawls, the place of the evening"
_TOKEN = "story of the demo"  # noqa: S105 -- its name, not its secret


@dataclass(frozen=True, slots=True)
class Staged:
    """What was staged.

    Attributes:
        at_us: When the brawl began, epoch µs.
        lon: Where.
        lat: Where.
        camera: The camera of the register beside it.
        film: Whether that camera has recorded it.
    """

    at_us: int
    lon: float
    lat: float
    camera: str
    film: bool


def can_stage(home: Home) -> bool:
    """Say whether a home is a demonstration with a free camera and the feeds that tell."""
    known = {one.source for one in home.intake.health(now_us(home.clock))}
    told = {one.source for one in brawl.tellings(now_us(home.clock), 0.0, 0.0)}
    feeds = told - {brawl.DENSITY_SOURCE} <= known
    return home.settings.demo and feeds and bool(_free_cameras(home))


def stage(home: Home, address: str, near: Sequence[float], viewers: Sequence[str]) -> Staged:
    """Stage a brawl beside the register's camera nearest to a point that has no sheet yet.

    Args:
        home: Of the demonstration that is served.
        address: Where its server answers.
        near: The point, lon lat.
        viewers: Accounts designated to see its pictures.

    Raises:
        WrongUsage: The home is no demonstration, or a feed was not taken.
    """
    if not home.settings.demo:
        raise WrongUsage(reason="demo", field="home")
    camera = _camera(home, near)
    lon, lat = camera["lon"] + NEAR_DEG, camera["lat"]
    at_us = (now_us(home.clock) - AGO_US) // MINUTE_US * MINUTE_US
    filmed = can_film()
    if filmed:
        film = import_module("vigie.jobs.staged_film")  # needs the video extra
        film.record(home, camera, at_us, viewers)
    home.intake.register(brawl.DENSITY_SOURCE, "onvif_events", options=brawl.grant(at_us, lon, lat))
    _watch(home, lon, lat)
    told = brawl.tellings(at_us, lon, lat)
    secret, token_id = issue_anew(home, _TOKEN, [one.source for one in told])
    sender = PushSender(address, secret, threading.Event())
    try:
        if not all(sender.send(one.source, one.name, one.content) for one in told):
            raise WrongUsage(reason="a feed was not taken", field="home")
    finally:
        sender.close()
        home.desk.tokens.revoke(token_id)
    return Staged(at_us, lon, lat, camera["source_ref"], filmed)


def _watch(home: Home, lon: float, lat: float) -> None:
    """Let the room watch the place for that evening; a fresh rule, so that none is still quiet."""
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    put_rule(
        home,
        HEAD,
        "",
        name=RULE,
        family="inside_zone",
        severity=4,
        parameters={"kind": "offence.person.brawl"},
        scope={"ring": [[lon + WATCHED_DEG * x, lat + WATCHED_DEG * y] for x, y in corners]},
    )


def _free_cameras(home: Home) -> list[dict[str, Any]]:
    table = select_places(home)
    rows = table.filter(pc.starts_with(table["kind"], pattern=CAMERA)).to_pylist()
    taken = {one.camera_id for one in home.video.cameras()}
    return [row for row in rows if row["lon"] is not None and row["source_ref"] not in taken]


def _camera(home: Home, near: Sequence[float]) -> dict[str, Any]:
    free = _free_cameras(home)
    if not free:
        raise WrongUsage(reason="no camera without a sheet", field="home")
    return min(free, key=lambda row: (row["lon"] - near[0]) ** 2 + (row["lat"] - near[1]) ** 2)
