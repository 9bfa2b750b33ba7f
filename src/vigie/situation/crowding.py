"""How many people are where, by cell and quarter of an hour: estimate, interval, base, limits.

Places and hours only: what comes in are counts that operators, counting cameras and transport tell;
what goes out are rounded counts of at least the least group of law (TEL-2).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.analyse.days import Days, public_holidays
from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import WrongUsage
from vigie.geo.cells import cell_centers, cell_text
from vigie.judge.crowding import COVERAGE, LATEST, Crowd, Learnt, Past, Told, estimate, learn
from vigie.model.times import DAY_US, local_us
from vigie.privacy.disclosure import THRESHOLDS, round_to
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.means import periods
from vigie.situation.place_names import point_name
from vigie.situation.rights import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

HOUR_US = 3_600_000_000
QUARTER_US = HOUR_US // 4
MINUTE_US = HOUR_US // 60
WEEKS = 4
LEAST_PEOPLE = THRESHOLDS["telecom"]
TENTH = 0.1
"""Less than a tenth beside what is usual is usual."""
GRAIN = 10
"""Estimates are told to ten people, as operators tell theirs."""
OLDEST_US = 6 * HOUR_US
"""What was told longer ago says nothing about now."""
PRESENCE = "presence.total"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "presence": (PRESENCE,),
    "cameras": ("presence.density", "presence.flow"),
    "transport": ("transport.occupancy", "transport.boardings", "transport.bikes_available"),
}
"""What speaks, by kind of source."""
BY_RATIO = frozenset({"presence.density", "presence.flow", "transport.boardings"})
"""Signals that deviate by a factor; the others by their unit."""
GROUP_OF = {metric: group for group, names in GROUPS.items() for metric in names}
_COLUMNS = ["metric", "source", "place_id", "cell8", "from_us", "to_us", "value", "quality"]
_COLUMNS += ["group_size", "lon", "lat"]


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of crowds around an instant.

    Attributes:
        at_us: Beginning of the quarter of an hour.
        cells: Cells in which presence has told something.
        learnt: What the past says.
        told: What is known of each cell.
        slot: Slot of the quarter.
        sources: The kinds of sources, with what they last said.
        hours: Beginnings of the hours of the past and of the present one.
        presence: People told by hour and cell; nan where nothing was.
    """

    at_us: int
    cells: Ints
    learnt: Learnt
    told: tuple[tuple[Told, ...], ...]
    slot: int
    sources: tuple[dict[str, Any], ...]
    hours: Ints
    presence: Floats

    def crowds(self) -> list[Crowd | None]:
        """Return the estimate of each cell."""
        return [estimate(self.learnt, n, self.slot, some) for n, some in enumerate(self.told)]


def slots_of(home: Home, hours_us: Ints) -> Ints:
    """Return the slot of the week's shape of each instant: hour by sort of day."""
    local = local_us(hours_us, home.settings.city.timezone)
    ordinal, hour = local // DAY_US, local % DAY_US // HOUR_US
    weekday = (ordinal + 3) % 7
    number = np.arange(int(ordinal.min()), int(ordinal.max()) + 1)
    days = Days(number, np.ones(len(number)))
    free = public_holidays(days, home.settings.forecast.country)[ordinal - number[0]]
    sort = np.where(free | (weekday == 6), 2, np.where(weekday == 5, 1, 0))  # noqa: PLR2004
    return np.asarray(sort * 24 + hour, dtype=np.int64)


def _window(home: Home, view: View, start_us: int, end_us: int, known_us: int) -> pa.Table:
    """Return what the view may count with in four weeks and the hour that goes on.

    What is older than a day is read once an hour: it is nearly all of it, and what comes a day late
    enters with the next hour.
    """
    day_us = end_us - DAY_US
    past = home.kept.of(
        ("crowding past", *_rights(view)),
        (start_us, day_us),
        lambda: _measures(home, view, start_us, day_us),
    )
    return pa.concat_tables([past, _measures(home, view, day_us, known_us)])


def _rights(view: View) -> tuple[Hashable, ...]:
    return (view.grants, view.limits, view.at_most)


def _measures(home: Home, view: View, from_us: int, to_us: int) -> pa.Table:
    """Return what the view may count with: good values, groups that may be told, with a cell."""
    table = home.lake.scan("measures", from_us=from_us, to_us=to_us, columns=_COLUMNS)
    keep = pc.and_(
        pc.is_in(table["metric"], pa.array(list(GROUP_OF))),
        pc.not_equal(pc.fill_null(table["quality"], ""), "bad"),
    )
    few = pc.less(pc.fill_null(table["group_size"], LEAST_PEOPLE), LEAST_PEOPLE)
    keep = pc.and_(keep, pc.and_(pc.invert(few), pc.is_valid(table["cell8"])))
    return view.rows(table.filter(keep)).sort_by("from_us")


def ground_at(home: Home, view: View, at_us: int) -> Ground | None:
    """Return what is known of crowds in a quarter of an hour; None without any presence figure.

    Args:
        home: The home.
        view: What the caller may see.
        at_us: Beginning of the quarter, epoch µs.
    """
    known_us = min(now_us(home.clock), at_us + QUARTER_US)
    return home.kept.of(
        ("crowding", at_us, *_rights(view)),
        (home.lake.version("measures"), known_us // MINUTE_US),
        lambda: _work_out(home, view, at_us, known_us),
    )


def _work_out(home: Home, view: View, at_us: int, known_us: int) -> Ground | None:
    end_us = at_us // HOUR_US * HOUR_US
    start_us = end_us - WEEKS * 7 * DAY_US
    table = _window(home, view, start_us, end_us, known_us)
    table = table.filter(pc.less_equal(table["to_us"], known_us))
    present = table.filter(pc.equal(table["metric"], PRESENCE))
    if not present.num_rows:
        return None
    cells = np.unique(present["cell8"].to_numpy())
    hours = start_us + np.arange((end_us - start_us) // HOUR_US + 1) * HOUR_US
    slots = slots_of(home, hours)
    grids = {name: _grid(table, name, cells, hours) for name in GROUP_OF}
    past = Past(
        slots[:-1],
        grids[PRESENCE][:-1],
        {n: g[:-1] for n, g in grids.items() if n != PRESENCE and np.isfinite(g).any()},
    )
    learnt = learn(past)
    told = _told(table, cells, at_us, hours, slots)
    sources = tuple(_source(home, table, group, learnt, known_us) for group in GROUPS)
    return Ground(at_us, cells, learnt, told, int(slots[-1]), sources, hours, grids[PRESENCE])


def _scaled(metric: str, value: Floats) -> Floats:
    return np.log(np.maximum(value, 1e-3)) if metric in BY_RATIO else value


def _grid(table: pa.Table, metric: str, cells: Ints, hours: Ints) -> Floats:
    """Return a metric by hour and cell: presence summed over its zones, others averaged."""
    found = np.full((len(hours), len(cells)), np.nan)
    some = table.filter(pc.equal(table["metric"], metric))
    if not some.num_rows:
        return found
    row = (some["from_us"].to_numpy() - hours[0]) // HOUR_US
    column = np.searchsorted(cells, some["cell8"].to_numpy())
    here = (column < len(cells)) & (row >= 0) & (row < len(hours))
    here[here] = cells[column[here]] == some["cell8"].to_numpy()[here]
    value = some["value"].to_numpy().astype(np.float64)
    value = value if metric == PRESENCE else _scaled(metric, value)
    flat = row[here] * len(cells) + column[here]
    n = np.bincount(flat, minlength=found.size)
    total = np.bincount(flat, weights=value[here], minlength=found.size)
    if metric == PRESENCE:
        zones = _zones(some, cells, column, here)
        # A cell whose zones are not all told would look emptier than it is.
        whole = n.reshape(found.shape) >= zones
        return np.where(whole & (zones > 0), total.reshape(found.shape), np.nan)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan).reshape(found.shape)


def _zones(some: pa.Table, cells: Ints, column: Ints, here: npt.NDArray[np.bool_]) -> Ints:
    """Return how many zones of presence lie in each cell."""
    names = np.asarray(some["place_id"].to_pylist(), dtype=object)
    pairs = {(int(c), str(name)) for c, name in zip(column[here], names[here], strict=True)}
    return np.bincount([c for c, _ in pairs], minlength=len(cells))


def _told(
    table: pa.Table, cells: Ints, at_us: int, hours: Ints, slots: Ints
) -> tuple[tuple[Told, ...], ...]:
    """Return, by cell, the last presence figures and the last value of every other signal."""
    told: list[list[Told]] = [[] for _ in cells]
    middle = at_us + QUARTER_US // 2
    recent = table.filter(pc.greater(table["to_us"], at_us + QUARTER_US - OLDEST_US))
    grid = _grid(recent, PRESENCE, cells, hours)
    for n in range(len(cells)):
        given = np.flatnonzero(np.isfinite(grid[:, n]))[-LATEST:]
        for row in given:
            ago = (middle - hours[row] - HOUR_US // 2) / HOUR_US
            value = float(np.log(max(grid[row, n], 1.0)))
            told[n].append(Told("", value, int(slots[row]), float(ago)))
    other = recent.filter(pc.not_equal(recent["metric"], PRESENCE))
    latest: dict[tuple[str, int], tuple[int, list[float]]] = {}
    for row in other.select(["metric", "cell8", "from_us", "to_us", "value"]).to_pylist():
        key, quarter = (row["metric"], row["cell8"]), row["from_us"] // QUARTER_US
        kept = latest.get(key)
        if kept is None or quarter > kept[0]:
            latest[key] = (quarter, [row["value"]])
        elif quarter == kept[0]:
            kept[1].append(row["value"])
    place = {int(cell): n for n, cell in enumerate(cells)}
    for (metric, cell), (quarter, values) in latest.items():
        if cell in place:
            hour = min(int((quarter * QUARTER_US - hours[0]) // HOUR_US), len(slots) - 1)
            value = float(_scaled(metric, np.array(values, dtype=np.float64)).mean())
            ago = (at_us - quarter * QUARTER_US) / HOUR_US
            told[place[cell]].append(Told(metric, value, int(slots[hour]), float(ago)))
    return tuple(tuple(some) for some in told)


def _source(
    home: Home, table: pa.Table, group: str, learnt: Learnt, known_us: int
) -> dict[str, Any]:
    """Return whether a kind of source speaks, since when it is silent, and whether it weighs."""
    some = table.filter(pc.is_in(table["metric"], pa.array(GROUPS[group])))
    weighs = group == "presence" or any(
        link.weighs for name, link in learnt.links.items() if name in GROUPS[group]
    )
    told: dict[str, Any] = {"group": group, "weighs": weighs, "sources": [], "age_s": None}
    if not some.num_rows:
        return told | {"state": "never", "weighs": False}
    names = set(some["source"].to_pylist())
    age_s = (known_us - int(pc.max(some["to_us"]).as_py())) / 1e6
    patience = 2 * max(900, *periods(home, names).values())
    state = "speaking" if age_s <= patience else "silent"
    return told | {"state": state, "sources": sorted(names), "age_s": age_s}


def read_crowding(home: Home, caller: Caller, *, at_us: int | None = None) -> dict[str, Any]:
    """Return the estimate by cell for the quarter of an hour of an instant, now by default.

    Raises:
        Forbidden: When the role may not see figures.
        WrongUsage: When the instant is to come.
    """
    present = now_us(home.clock)
    asked = present if at_us is None else at_us
    if asked > present:
        raise WrongUsage(reason="at: not to come", field="at")
    begins = asked // QUARTER_US * QUARTER_US
    view = home.rights.ask(caller, "measures", subject={"crowding": True, "at_us": begins})
    ground = ground_at(home, view, begins)
    told: dict[str, Any] = {
        "at": to_rfc3339(begins),
        "to": to_rfc3339(begins + QUARTER_US),
        "coverage": COVERAGE,
        "least": LEAST_PEOPLE,
        "limits": LIMITS,
    }
    if ground is None:
        silent: list[dict[str, Any]] = [
            {"group": group, "weighs": False, "sources": [], "age_s": None, "state": "never"}
            for group in GROUPS
        ]
        return told | {"items": [], "unknown": 0, "sources": silent, "next": None}
    crowds = ground.crowds()
    centres = zip(*cell_centers(ground.cells), strict=True)
    items = [
        _cell_json(home, ground, n, crowd, (float(lon), float(lat)))
        for n, (crowd, (lon, lat)) in enumerate(zip(crowds, centres, strict=True))
        if crowd is not None
    ]
    items.sort(key=lambda one: (-(one["ratio"] or 0.0), one["cell"]))
    unknown = sum(crowd is None for crowd in crowds)
    return told | {
        "items": items, "unknown": unknown, "sources": list(ground.sources), "next": None
    }  # fmt: skip


def _cell_json(
    home: Home, ground: Ground, n: int, crowd: Crowd, at: tuple[float, float]
) -> dict[str, Any]:
    weighing = [
        one for one in ground.told[n] if one.signal == "" or ground.learnt.links[one.signal].weighs
    ]
    ages: dict[str, float] = {}
    for one in weighing:
        group = GROUP_OF[one.signal or PRESENCE]
        ages[group] = min(ages.get(group, np.inf), max(0.0, one.ago_h * 3_600))
    told = crowd.people >= LEAST_PEOPLE and crowd.usual >= LEAST_PEOPLE
    fr, en = point_name(home.frame, *at)
    return {
        "cell": cell_text(int(ground.cells[n])),
        "lon": at[0],
        "lat": at[1],
        "name": {"fr": fr, "en": en},
        "people": _rounded(crowd.people) if told else None,
        "low": _rounded(crowd.low) if told else None,
        "high": _rounded(crowd.high) if told else None,
        "usual": _rounded(crowd.usual) if told else None,
        "ratio": round(crowd.people / crowd.usual, 2) if told else None,
        "state": _state(crowd) if told else "few",
        "base": [{"group": group, "age_s": round(age)} for group, age in sorted(ages.items())],
    }


def _rounded(people: float) -> int:
    return round_to(max(0.0, people), GRAIN)


def _state(crowd: Crowd) -> str:
    """Return above or below where the whole interval and a tenth lie beside what is usual."""
    if crowd.low > crowd.usual and crowd.people >= (1 + TENTH) * crowd.usual:
        return "above"
    below = crowd.high < crowd.usual and crowd.people <= (1 - TENTH) * crowd.usual
    return "below" if below else "usual"


LIMITS: Mapping[str, str] = {
    "fr": "Estimation par maille et par quart d'heure, jamais par personne. La présence est celle"
    " des opérateurs, par heure et par zone : une zone compte dans la maille de son milieu, et"
    " dans l'heure seuls caméras et transports font bouger le quart d'heure. Une caméra ou un"
    " transport ne pèse qu'après 48 heures où il a varié avec la présence. L'intervalle est réglé"
    " pour contenir le vrai nombre 80 fois sur 100 ; sur des villes de synthèse il l'a contenu 79 à"
    " 82 fois selon l'âge des chiffres, et moins au début d'un rassemblement soudain. Moins de 20"
    " personnes ne se dit pas.",
    "en": "An estimate by cell and quarter of an hour, never by person. Presence is the operators',"
    " by hour and zone: a zone counts in the cell of its middle, and within the hour only cameras"
    " and transport move the quarter. A camera or a transport weighs only after 48 hours in which"
    " it went along with presence. The interval is set to hold the true number 80 times in 100; on"
    " synthetic cities it held it 79 to 82 times, by the age of the figures, and less at the"
    " beginning of a sudden gathering. Fewer than 20 people are not told.",
}
