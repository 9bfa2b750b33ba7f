"""Home games in Chicago: what the streets around a venue had more of, and placebo dates.

Nothing is known of hours and attendance: hours are supposed (basketball and hockey 19:00-22:00 in
one arena, football 12:00-15:00, baseball 13:00-22:00). Baseball has one flag for two parks, so that
at each park about half of the days with the flag have no game: its effect there is diluted.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from shapely.geometry import Point

from vigie.base.clock import EPOCH, now_us, to_us
from vigie.foresight.effects.history import Standing, read_standing
from vigie.foresight.effects.occasion import Occasion
from vigie.situation.home import Home

RINGS = {"within_500_m": [0], "within_2000_m": None}
LEAST_GAMES = 5
PLACEBO_EVERY = 3
"""Of the days without a game, every third is reckoned like a game."""
KIND = "event.sport.match"
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Venue:
    """Where a league plays, and the hours supposed.

    Attributes:
        name: Name.
        lon: Longitude, public knowledge.
        lat: Latitude.
        flags: Columns of the file of flags.
        hours: Local hours, from and to.
    """

    name: str
    lon: float
    lat: float
    flags: tuple[str, ...]
    hours: tuple[int, int]


VENUES = (
    Venue("Soldier Field", -87.6167, 41.8623, ("nfl",), (12, 15)),
    Venue("United Center", -87.6742, 41.8807, ("nba", "nhl"), (19, 22)),
    Venue("Wrigley Field", -87.6553, 41.9484, ("mlb",), (13, 22)),
    Venue("Guaranteed Rate Field", -87.6338, 41.8299, ("mlb",), (13, 22)),
)


def game_days(path: Path, first: date, after: date) -> dict[str, list[date]]:
    """Return the days of home games by venue, from flags by day."""
    found: dict[str, list[date]] = {venue.name: [] for venue in VENUES}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["date"])
            if row["city_name"] != "Chicago" or not first <= day < after:
                continue
            for venue in VENUES:
                if any(row[flag].upper() == "TRUE" for flag in venue.flags):
                    found[venue.name].append(day)
    return found


def write_games(path: Path, games: dict[str, list[date]]) -> None:
    """Write the games as the table that ``chicago_games.toml`` maps."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ref", "venue", "starts", "ends", "lon", "lat", "point"])
        for venue in VENUES:
            start, end = (f"T{hour:02}:00:00" for hour in venue.hours)
            place = [venue.lon, venue.lat, f"POINT ({venue.lon} {venue.lat})"]
            for day in games[venue.name]:
                writer.writerow(
                    [f"{venue.name} {day}", venue.name, f"{day}{start}", f"{day}{end}", *place]
                )


def effects(home: Home, first: date, after: date, draws: int) -> dict[str, Any]:
    """Return, by venue, the effect of a game and the same reckoning on dates without one.

    The model is the product's own, fitted on the home's plans and facts; only the public holidays
    are those of the settings. ``p`` is the share of deals of the game days anew, among days of one
    kind in one quarter, with a mean at least the true one.
    """
    standing = read_standing(
        home.lake,
        home.plans,
        center=home.settings.city.center,
        timezone=home.settings.city.timezone,
        now_us=now_us(home.clock),
        country=home.settings.forecast.country,
    )
    return {venue.name: _judge(standing, venue, first, after, draws) for venue in VENUES}


def _judge(
    standing: Standing, venue: Venue, first: date, after: date, draws: int
) -> dict[str, Any]:
    zone = ZoneInfo(standing.model.history.calendar.timezone)
    real = {
        datetime.fromtimestamp(o.starts_us / 1e6, zone).date(): o
        for o in standing.model.history.occasions
        if o.title == venue.name
    }
    begin = first + timedelta(days=2)
    days = [begin + timedelta(days=n) for n in range((after - begin).days - 3)]
    days = [day for n, day in enumerate(days) if day in real or n % PLACEBO_EVERY == 0]
    game = np.array([day in real for day in days])
    found: dict[str, Any] = {"games": int(game.sum()), "quiet_days": int((~game).sum())}
    if found["games"] < LEAST_GAMES:
        return found
    events = [real.get(day) or _imagined(standing, venue, day, zone) for day in days]
    calendar = standing.model.history.calendar
    kinds = calendar.kinds_of(np.array([(day - EPOCH.date()).days for day in days], np.int64))
    strata = [(int(k), d.year, (d.month - 1) // 3) for k, d in zip(kinds, days, strict=True)]
    told = [_measured(standing, event) for event in events]
    for name in RINGS:
        excess = np.array([one[name].excess.mean for one in told])
        seen = np.array([one[name].observed for one in told])
        inside = [one[name].excess.low80 <= 0.0 <= one[name].excess.high80 for one in told]
        found[name] = {
            "seen_per_game": float(seen[game].mean()),
            "facts_on_games": float(seen[game].sum()),
            "effect": mean_of(excess[game]),
            "p": permuted(excess, game, strata, draws),
            "placebo": mean_of(excess[~game]),
            "placebo_inside80": float(np.array(inside)[~game].mean()),
        }
    return found


def _imagined(standing: Standing, venue: Venue, day: date, zone: ZoneInfo) -> Occasion:
    x, y = standing.projection.to_metres(venue.lon, venue.lat)
    start, end = (
        to_us(datetime(day.year, day.month, day.day, hour, tzinfo=zone)) for hour in venue.hours
    )
    return Occasion("", KIND, Point(float(x), float(y)), start, end, (None, None, None))


def _measured(standing: Standing, event: Occasion) -> dict[str, Any]:
    around = standing.model.around
    past = around.past(around.count(event), event)
    about = standing.model.surroundings(past, event)
    return {name: about.measured(past.observed, rings=rings) for name, rings in RINGS.items()}


def mean_of(values: Floats) -> dict[str, float]:
    """Return a mean with its 95 % interval over days."""
    wide = 1.96 * float(values.std(ddof=1)) / len(values) ** 0.5
    mean = float(values.mean())
    return {"value": mean, "low": mean - wide, "high": mean + wide}


def permuted(excess: Floats, game: Bools, strata: Sequence[Any], draws: int) -> float:
    """Return the share of deals of the game days, within strata, with a mean at least the true."""
    chance = np.random.default_rng(1)
    codes = np.unique(np.array([repr(one) for one in strata]), return_inverse=True)[1]
    groups = [np.flatnonzero(codes == code) for code in range(int(codes.max()) + 1)]
    true, above = float(excess[game].mean()), 0
    for _ in range(draws):
        dealt = [excess[chance.permutation(g)[: int(game[g].sum())]] for g in groups]
        above += float(np.concatenate(dealt).mean()) >= true - 1e-12
    return (1 + above) / (1 + draws)
