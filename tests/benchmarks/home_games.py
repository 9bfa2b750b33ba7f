"""Home games in Chicago, 2016-2017: the effect model on real facts, with placebos.

    VIGIE_SHARED=../shared python3 run.py bench home_games [--draws 2000]

Data: 321,877 recorded offences (four categories) and flags of home games by day, no hour and no
attendance. Hours are supposed: basketball and hockey 19:00-22:00 (one arena for both leagues),
football 12:00-15:00, baseball 13:00-22:00. Baseball has two parks and one flag, so that at each
park about half of the flagged days have no game: its effect there is diluted, and said so.

Four checks of every venue:

* the effect: facts seen less expected on game days, per game, with its 95 % interval over games;
* placebo dates: the same on days without a game; game days are dealt anew among the days of the
  same kind of day and quarter, and ``p`` is the share of deals with a mean at least the true one;
* placebo places: the same dates at the other venues, where nobody plays (days with a game of their
  own left out); no interval should leave zero by much;
* the raw-count method: all facts around the venue on game days, taken for the effect.

The last line is JSON.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from _small import either, sized
from shapely.geometry import Point

from vigie.base.clock import EPOCH
from vigie.foresight.effects.bins import DAY_US, HOUR_US
from vigie.foresight.effects.calendar import Calendar, public_holidays
from vigie.foresight.effects.effect import Measured
from vigie.foresight.effects.facts import Facts, make_facts
from vigie.foresight.effects.model import EffectModel
from vigie.foresight.effects.occasion import Occasion
from vigie.foresight.effects.past import History
from vigie.geo.projection import local_projection
from vigie.model.times import resolve_local

SHARED = Path(os.environ.get("VIGIE_SHARED", "../shared")) / "data" / "chicago"
EVERY = either(1, 19)
"""Of the days, each so many-th."""
ZONE = "America/Chicago"
FIRST, LAST = date(2016, 1, 1), date(2017, 12, 31)
PROJECTION = local_projection(-87.63, 41.88)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Venue:
    """Where a league plays, and the hours supposed.

    Attributes:
        name: Name.
        lon: Longitude of the venue (public knowledge).
        lat: Latitude.
        flags: Columns of the calendar.
        hours: Local hours from and to.
    """

    name: str
    lon: float
    lat: float
    flags: tuple[str, ...]
    hours: tuple[int, int]


VENUES = (
    Venue("United Center", -87.6742, 41.8807, ("nba", "nhl"), (19, 22)),
    Venue("Soldier Field", -87.6167, 41.8623, ("nfl",), (12, 15)),
    Venue("Wrigley Field", -87.6553, 41.9484, ("mlb",), (13, 22)),
    Venue("Guaranteed Rate", -87.6338, 41.8299, ("mlb",), (13, 22)),
)


def instants(local: Sequence[datetime]) -> npt.NDArray[np.int64]:
    """Return the instants of local clock readings."""
    naive = EPOCH.replace(tzinfo=None)
    walls = np.array([(one - naive) // timedelta(microseconds=1) for one in local], np.int64)
    return np.asarray(resolve_local(walls, ZONE).at_us.to_numpy(), np.int64)


def read_facts() -> Facts:
    """Return the recorded offences."""
    table = pq.read_table(SHARED / "crime_points_2016_2017.parquet")
    coded = table["category"].combine_chunks()
    walls = table["time"].cast("int64").to_numpy()
    at = np.asarray(resolve_local(walls, ZONE).at_us.to_numpy(), np.int64)
    x, y = PROJECTION.to_metres(table["lon"].to_numpy(), table["lat"].to_numpy())
    kinds = coded.dictionary.to_pylist()
    which = coded.indices.to_numpy(zero_copy_only=False)
    return make_facts(kinds=kinds, kind=which, earliest_us=at, latest_us=at, x=x, y=y)


def game_days() -> dict[str, set[date]]:
    """Return the days of home games by venue."""
    found: dict[str, set[date]] = {venue.name: set() for venue in VENUES}
    with gzip.open(SHARED / "us_city_sports_events_daily_2010_2018.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["date"])
            if row["city_name"] != "Chicago" or not FIRST <= day <= LAST:
                continue
            for venue in VENUES:
                if any(row[flag].upper() == "TRUE" for flag in venue.flags):
                    found[venue.name].add(day)
    return found


def occasions(venue: Venue, days: Sequence[date], prefix: str) -> list[Occasion]:
    """Return an event at a venue on each of these days."""
    x, y = PROJECTION.to_metres(venue.lon, venue.lat)
    start, end = (
        instants([datetime(d.year, d.month, d.day, hour) for d in days]) for hour in venue.hours
    )
    return [
        Occasion(
            *(f"{prefix}{day}", f"event.sport.{venue.name}", Point(float(x), float(y))),
            *(int(begin), int(finish), (None, None, None)),
        )
        for day, begin, finish in zip(days, start, end, strict=True)
    ]


def measured(model: EffectModel, events: Sequence[Occasion]) -> list[tuple[Measured, Measured]]:
    """Return each event's measure, real or imagined: within reach, and in the nearest ring."""
    found = []
    for one in events:
        past = model.around.past(model.around.count(one), one)
        about = model.surroundings(past, one)
        found.append((about.measured(past.observed), about.measured(past.observed, rings=[0])))
    return found


def mean_of(values: Floats) -> dict[str, float]:
    """Return a mean with its 95 % interval over games."""
    wide = 1.96 * float(values.std(ddof=1)) / len(values) ** 0.5
    mean = float(values.mean())
    return {"mean": round(mean, 3), "low95": round(mean - wide, 3), "high95": round(mean + wide, 3)}


def permuted(
    excess: Floats, game: npt.NDArray[np.bool_], strata: Sequence[Any], draws: int
) -> float:
    """Return the share of deals of the game days, within strata, with a mean at least the true."""
    chance = np.random.default_rng(1)
    codes = np.unique(np.array([repr(one) for one in strata]), return_inverse=True)[1]
    groups = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
    true, above = float(excess[game].mean()), 0
    for _ in range(draws):
        dealt = [excess[chance.permutation(g)[: int(game[g].sum())]] for g in groups]
        above += float(np.concatenate(dealt).mean()) >= true - 1e-12
    return (1 + above) / (1 + draws)


def judge(model: EffectModel, venue: Venue, games: set[date], draws: int) -> dict[str, Any]:
    """Return everything about a venue."""
    first = date(2016, 1, 3)
    days = [first + timedelta(days=n) for n in range(0, (LAST - first).days - 2, EVERY)]
    calendar = model.history.calendar
    numbers = np.array([(day - EPOCH.date()).days for day in days])
    kinds = calendar.kinds_of(numbers)
    # A day with a game is the game itself: the same id, so that it is no other event to itself.
    told = measured(model, occasions(venue, days, f"{venue.name} "))
    game = np.array([day in games for day in days])
    strata = [(int(k), d.year, (d.month - 1) // 3) for k, d in zip(kinds, days, strict=True)]
    found: dict[str, Any] = {"games": int(game.sum()), "quiet_days": int((~game).sum())}
    for at, name in enumerate(("within_2000_m", "within_500_m")):
        excess = np.array([one[at].excess.mean for one in told])
        seen = np.array([one[at].observed for one in told])
        inside = np.array([one[at].excess.low80 <= 0.0 <= one[at].excess.high80 for one in told])
        found[name] = {
            "raw": round(float(seen[game].mean()), 2),
            "effect": mean_of(excess[game]),
            "p": round(permuted(excess, game, strata, draws), 4),
            "quiet": mean_of(excess[~game]),
            "quiet_inside80": round(float(inside[~game].mean()), 3),
        }
    return {**found, "elsewhere_within_500_m": elsewhere(model, venue, games)}


def elsewhere(model: EffectModel, venue: Venue, games: set[date]) -> dict[str, dict[str, float]]:
    """Return the same dates at the other venues, days with a game of their own left out."""
    all_games = game_days()
    found = {}
    for other in VENUES:
        if other.flags == venue.flags:
            continue
        dates = sorted(games - all_games[other.name])[::EVERY]
        told = measured(model, occasions(other, dates, f"placebo {venue.name} "))
        found[other.name] = mean_of(np.array([near.excess.mean for _, near in told]))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=2_000)
    draws = sized(parser.parse_args(), draws=19).draws
    games = game_days()
    every = [o for v in VENUES for o in occasions(v, sorted(games[v.name]), f"{v.name} ")]
    start, end = (int(one) for one in instants([datetime(2016, 1, 1), datetime(2018, 1, 1)]))
    history = History(
        read_facts(),
        tuple(sorted(every, key=lambda one: (one.starts_us, one.plan_id))),
        Calendar(ZONE, public_holidays(FIRST, LAST, "US")),
        start // HOUR_US * HOUR_US,
        end,
    )
    begun = time.perf_counter()
    model = EffectModel(history)
    spent = time.perf_counter() - begun
    found = {venue.name: judge(model, venue, games[venue.name], draws) for venue in VENUES}
    for name, told in found.items():
        print(name)
        for what, value in told.items():
            print(f"  {what:22} {value}")
    figures = {
        "name": "home_games",
        "draws": draws,
        "facts": history.facts.counted,
        "days": (end - start) // DAY_US,
        "venues": found,
        "fit_s": round(spent, 1),
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
