"""What a line, a card or a dispatch is about: an alert, a fact or a point, and its kinds."""

from __future__ import annotations

from collections.abc import Mapping

from vigie.base.errors import Forbidden, NotFound, WrongUsage
from vigie.desk.alerts import Alert
from vigie.model.taxonomy import TAXONOMY
from vigie.situation.alerts_read import find
from vigie.situation.around.asked import Wanted
from vigie.situation.around.reports import fact_row
from vigie.situation.home import Home
from vigie.situation.view import View

LONGEST_KEY = 90
MOST_LON, MOST_LAT = 180.0, 85.0
DIGITS = 5


def key_of(text: str) -> str:
    """Return a situation's key: ``alert:ID``, ``fact:ID`` or ``LON,LAT`` to about a metre.

    Raises:
        WrongUsage: When it is none of them.
    """
    name, colon, rest = text.partition(":")
    if colon and name in {"alert", "fact"} and rest and len(text) <= LONGEST_KEY:
        return text
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise WrongUsage(reason="alert:ID, fact:ID or LON,LAT", field="situation") from error
    if not (abs(lon) <= MOST_LON and abs(lat) <= MOST_LAT):
        raise WrongUsage(reason="longitude -180 to 180, latitude -85 to 85", field="situation")
    return f"{lon:.{DIGITS}f},{lat:.{DIGITS}f}"


def wanted_of(key: str) -> Wanted:
    """Return what a situation's key asks for."""
    if ":" in key:
        return Wanted(about=key)
    lon, lat = (float(part) for part in key.split(","))
    return Wanted(lon=lon, lat=lat)


def kinds_of(home: Home, views: Mapping[str, View], key: str) -> tuple[tuple[str, ...], str]:
    """Return the kinds that a situation is about, and the rule of its alert; empty where unknown.

    Raises:
        NotFound: When there is no such alert or fact for the caller.
    """
    name, colon, rest = key.partition(":")
    if not colon:
        return (), ""
    if name == "fact":
        row = fact_row(home, views["facts"], rest) if "facts" in views else None
        if row is None:
            raise NotFound(what="fact", name=rest[:60])
        return (str(row["kind"]),), ""
    if "alerts" not in views:
        raise NotFound(what="alert", name=rest[:60])
    alert = find(home, views["alerts"], rest)
    return _kinds_of_alert(home, alert), alert.rule


def _kinds_of_alert(home: Home, alert: Alert) -> tuple[str, ...]:
    """Return the kind of what was seen before the wider one that the rule watches."""
    found = [str(one) for name in ("about", "subjects") for one in alert.numbers.get(name, ())]
    if alert.instance:
        asked = home.desk.alert_rules.versions(alert.instance)[-1].parameters
        found.append(str(asked.get("then_kind") or asked.get("kind") or ""))
    return tuple(dict.fromkeys(kind for kind in found if kind in TAXONOMY))


def refuse_limits(view: View, dataset: str = "shift") -> View:
    """Return a view of the whole city.

    Raises:
        Forbidden: When sources or zones bound it: lines of the shift are of no source.
    """
    if not view.everywhere:
        raise Forbidden(why="limits", dataset=dataset, verb=str(view.verb))
    return view
