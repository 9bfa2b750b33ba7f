"""Chicago, 2016 and 2017: four kinds of recorded offences, with rides, weather and home games."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asked
import chicago_days
import chicago_games
import drawn
import numpy as np
import tabled
from asked import Study
from page import span, table

from city import City, Feed, make_home, open_door
from vigie.geo.cells import cell_center, parse_cell

CHICAGO = City(
    name="Chicago",
    timezone="America/Chicago",
    bbox=(-87.95, 41.64, -87.52, 42.03),
    square_m=1_000.0,
    least=10,
    first=date(2016, 1, 1),
    after=date(2018, 1, 1),
)
KINDS = {
    "theft": "offence.property.theft",
    "battery": "offence.person.assault.battery",
    "damage": "offence.property.damage",
    "assault": "offence.person.assault.threat",
}
BENCHMARK = {"theft": "THEFT", "battery": "BATTERY", "damage": "DAMAGE", "assault": "ASSAULT"}
RECENT_DAYS = 92


def run(
    data: Path, folder: Path, *, draws: int = 199, period: tuple[date, date] | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Make the home in ``folder``, ask everything, and return figures and plots by name."""
    first, after = period or (CHICAGO.first, CHICAGO.after)
    source = data / "chicago"
    games = chicago_games.game_days(
        source / "us_city_sports_events_daily_2010_2018.csv.gz", first, after
    )
    listed = folder.with_name(f"{folder.name}_games.csv")
    chicago_games.write_games(listed, games)
    feeds = [
        Feed("chicago_crimes", source / "crime_points_2016_2017.parquet"),
        Feed("chicago_rides", source / "cta_ridership_daily_2001_2018.csv.gz"),
        Feed("chicago_weather", source / "weather_obs_2009_2019.csv.gz"),
        Feed("chicago_totals", source / "crime_daily_total_2001_2019.csv.gz"),
        Feed("chicago_games", listed),
    ]
    figures: dict[str, Any] = {"city": CHICAGO.name, "first": first, "after": after}
    figures["days"] = (after - first).days
    figures["ingested"] = make_home(folder, CHICAGO, feeds)
    with open_door(folder, CHICAGO) as door:
        recent = max(first, after - timedelta(days=RECENT_DAYS))
        study = Study(door, first, after, recent, draws)
        figures["recent"] = {"first": recent, "days": (after - recent).days}
        figures["coverage"] = chicago_days.coverage(study)
        figures["themes"], hot = _themes(study)
        together = study.ask("moves_together", by="kind")
        figures["together"] = {
            "notes": [note["en"] for note in together.notes],
            "pairs": [r for r in together.table.to_pylist() if r["first"] < r["second"]],
        }
        figures["beside"] = chicago_days.beside(study, KINDS)
        figures["games"] = chicago_games.effects(door.home, first, after, draws)
    figures["benchmark"] = benchmark(source / "grid_tensor_chi_3km.npz", figures)
    figures["tables"] = tables(figures)
    drawings = plots(figures, hot)
    for theme in figures["themes"].values():
        theme["trend"].pop("weekly", None)
    return figures, drawings


def _themes(study: Study) -> tuple[dict[str, Any], dict[str, list[tuple[float, float]]]]:
    themes: dict[str, Any] = {}
    hot: dict[str, list[tuple[float, float]]] = {}
    for name, kind in KINDS.items():
        spots, cells = asked.hot_spots(study, kind)
        hot[name] = [
            cell_center(parse_cell(str(cell)) if isinstance(cell, str) else cell) for cell in cells
        ]
        themes[name] = {
            "kind": kind,
            "trend": asked.trend(study, kind),
            "changes": asked.changes(study, kind),
            "calendar": asked.calendar(study, kind),
            "concentration": asked.concentration(study, kind),
            "hot_spots": spots,
            "near_repeat": asked.near_repeat(study, kind),
        }
    return themes, hot


def benchmark(path: Path, figures: dict[str, Any]) -> dict[str, Any]:
    """Return the totals of a published benchmark made from the same points, beside ours."""
    with np.load(path) as tensors:
        names = [str(name).upper() for name in tensors["categories"]]
        total = sum(
            tensors[part].sum(axis=(0, 1, 2), dtype=np.int64) for part in ("trn", "val", "tst")
        )
    theirs = {}
    for name, theme in figures["themes"].items():
        found = [int(total[n]) for n, label in enumerate(names) if BENCHMARK[name] in label]
        theirs[name] = {"theirs": found[0], "ours": theme["trend"]["base"]}
    both = {who: sum(one[who] for one in theirs.values()) for who in ("theirs", "ours")}
    return {**theirs, "all": both, "difference": both["theirs"] - both["ours"]}


def tables(figures: dict[str, Any]) -> dict[str, Any]:
    """Return the tables of the page."""
    themes = figures["themes"]
    return {
        "when": tabled.when(themes),
        "days": tabled.days(themes),
        "where": tabled.where(themes),
        "near_repeat": tabled.near_repeat(themes, 200),
        "together": table(
            ["first", "second", "lag, days", "r (95 %)", "q"],
            [
                [
                    _short(p["first"]),
                    _short(p["second"]),
                    str(p["lag"]),
                    span(p, "+.2f", "r"),
                    f"{p['q']:.3f}",
                ]
                for p in figures["together"]["pairs"]
            ],
        ),
        "beside": table(
            ["measure", "offence", "offence follows after, days", "r (95 %)", "q"],
            [
                [p["measure"], p["kind"], str(p["lag"]), span(p, "+.2f"), f"{p['q']:.3f}"]
                for p in figures["beside"]["pairs"]
            ],
        ),
        "games": _games_table(figures["games"]),
    }


def _short(kind: str) -> str:
    return next((name for name, code in KINDS.items() if code == kind), kind)


def _games_table(games: dict[str, Any]) -> dict[str, Any]:
    rows = []
    for venue, found in games.items():
        if "within_500_m" not in found:
            rows.append([venue, str(found["games"]), "too few", "-", "-", "-", "-"])
            continue
        near, far = found["within_500_m"], found["within_2000_m"]
        rows.append(
            [
                venue,
                str(found["games"]),
                f"{near['seen_per_game']:.2f}",
                span(near["effect"], "+.2f"),
                f"{near['p']:.3f}",
                span(near["placebo"], "+.2f"),
                f"{span(far['effect'], '+.2f')}, p {far['p']:.3f}",
            ]
        )
    head = [
        "venue",
        "days",
        "raw count within 500 m",
        "effect a game (95 %)",
        "p",
        "days without a game",
        "within 2,000 m",
    ]
    return table(head, rows)


def plots(figures: dict[str, Any], hot: dict[str, list[tuple[float, float]]]) -> dict[str, str]:
    """Return the plots of the page."""
    themes = figures["themes"]
    ends = [str(figures["first"]), str(figures["after"])]
    levels = {name: t["trend"]["weekly"] for name, t in themes.items() if "weekly" in t["trend"]}
    months = {name: t["trend"]["month"] for name, t in themes.items() if "month" in t["trend"]}
    drawings = {
        "trend": drawn.lines(
            "Level a day, season, week and holidays set apart (95 %)", levels, ends
        ),
        "hot": drawn.dots("Cells that stand out (Gi*, q 5 %)", hot, CHICAGO.bbox),
        "beside": drawn.intervals(
            "Correlation of offences with a measure, at its best lag (95 %)",
            [
                (f"{p['measure']}, {p['kind']} ({p['lag']:+d} d)", p)
                for p in figures["beside"]["pairs"]
            ],
        ),
        "games": drawn.intervals(
            "Facts more than expected within 500 m, a game (95 %)",
            [
                (f"{v}, n = {g['games']}", g["within_500_m"]["effect"])
                for v, g in figures["games"].items()
                if "within_500_m" in g
            ],
        ),
    }
    if months:
        drawings["months"] = drawn.lines(
            "Factor of the month (95 %)", months, ["January", "December"]
        )
    return drawings
