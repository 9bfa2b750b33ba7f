"""Montgomery County, Pennsylvania, December 2015 to June 2016: rescue, fire and traffic calls."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asked
import drawn
import tabled
from asked import WEEKDAYS, Study
from page import span, table

from city import City, Feed, make_home, open_door

MONTGOMERY = City(
    name="Montgomery County",
    timezone="America/New_York",
    bbox=(-75.78, 39.90, -74.96, 40.51),
    square_m=2_000.0,
    least=5,
    first=date(2015, 12, 11),
    after=date(2016, 7, 1),
)
KINDS = {"medical": "rescue.person", "fire": "rescue.fire", "traffic": "road"}
SCANNED = "rescue.fire"
RECENT_DAYS = 92


def run(
    data: Path, folder: Path, *, draws: int = 199, period: tuple[date, date] | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Make the home in ``folder``, ask everything, and return figures and plots by name."""
    first, after = period or (MONTGOMERY.first, MONTGOMERY.after)
    feeds = [Feed("montgomery_911", data / "montgomery_911" / "calls_2015-12_2016-06.parquet")]
    figures: dict[str, Any] = {"city": MONTGOMERY.name, "first": first, "after": after}
    figures["days"] = (after - first).days
    figures["ingested"] = make_home(folder, MONTGOMERY, feeds)
    with open_door(folder, MONTGOMERY) as door:
        recent = max(first, after - timedelta(days=RECENT_DAYS))
        study = Study(door, first, after, recent, draws)
        figures["recent"] = {"first": recent, "days": (after - recent).days}
        figures["themes"] = {name: _theme(study, kind) for name, kind in KINDS.items()}
        figures["scan"] = asked.scan(study, SCANNED)
        together = study.ask("moves_together", by="kind")
        figures["together"] = {
            "notes": [note["en"] for note in together.notes],
            "pairs": [r for r in together.table.to_pylist() if r["first"] < r["second"]],
        }
    figures["tables"] = tables(figures)
    drawings = plots(figures)
    for theme in figures["themes"].values():
        theme["trend"].pop("weekly", None)
    return figures, drawings


def _theme(study: Study, kind: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "trend": asked.trend(study, kind),
        "changes": asked.changes(study, kind),
        "calendar": asked.calendar(study, kind),
        "week": asked.week(study, kind),
        "concentration": asked.concentration(study, kind),
        "hot_spots": asked.hot_spots(study, kind)[0],
        "near_repeat": asked.near_repeat(study, kind),
    }


def tables(figures: dict[str, Any]) -> dict[str, Any]:
    """Return the tables of the page."""
    themes = figures["themes"]
    return {
        "when": tabled.when(themes),
        "days": tabled.days(themes),
        "where": tabled.where(themes),
        "near_repeat": tabled.near_repeat(themes, 1_000),
        "together": table(
            ["first", "second", "lag, days", "r (95 %)", "q"],
            [
                [p["first"], p["second"], str(p["lag"]), span(p, "+.2f", "r"), f"{p['q']:.3f}"]
                for p in sorted(figures["together"]["pairs"], key=lambda p: -abs(p["r"]))[:10]
            ],
        ),
        "scan": table(
            ["place", "radius", "from", "to", "calls", "expected", "ratio (95 %)", "p"],
            [
                [
                    f"{c['lat']:.2f}, {c['lon']:.2f}",
                    f"{c['radius_m']:,.0f} m",
                    c["from_day"],
                    c["to_day"],
                    str(c["facts"]),
                    f"{c['expected']:.1f}",
                    f"{c['ratio']:.1f} ({c['ratio_low']:.1f} to {c['ratio_high']:.1f})",
                    f"{c['p']:.2f}",
                ]
                for c in figures["scan"]["clusters"]
                if c["facts"] is not None
            ],
        ),
    }


def plots(figures: dict[str, Any]) -> dict[str, str]:
    """Return the plots of the page."""
    themes = figures["themes"]
    levels = {name: t["trend"]["weekly"] for name, t in themes.items() if "weekly" in t["trend"]}
    hours = [str(hour) for hour in range(24)]
    return {
        "trend": drawn.lines(
            "Calls a day, week and holidays set apart (95 %)",
            levels,
            [str(figures["first"]), str(figures["after"])],
        ),
        **{
            f"week-{name}": drawn.heat(
                f"Hours of the week: {name}", t["week"]["shares"], WEEKDAYS, hours
            )
            for name, t in themes.items()
        },
    }
