"""The tables both pages show, from the figures of each theme."""

from __future__ import annotations

from typing import Any

from page import span, table

Themes = dict[str, Any]


def when(themes: Themes) -> dict[str, Any]:
    """Return levels, the holidays' factor and the days the level changed."""
    head = ["", "facts", "level at the start, a day (95 %)", "at the end"]
    head += ["public holiday, times", "level changed on"]
    rows = []
    for name, theme in themes.items():
        found = theme["trend"]
        changed = [str(c["first_day"]) for c in theme["changes"]["levels"] if c["earliest"]]
        rows.append(
            [
                name,
                f"{found['base']:,}",
                span(found["from"]) if "from" in found else "-",
                span(found["to"]) if "to" in found else "-",
                span(found["holiday"], ".2f") if "holiday" in found else "-",
                ", ".join(changed) or "no day",
            ]
        )
    return table(head, rows)


def days(themes: Themes) -> dict[str, Any]:
    """Return how many days stood out, and the most striking."""
    head = ["", "days", "above the usual", "below", "most striking day", "facts", "usual"]
    rows = []
    for name, theme in themes.items():
        found = theme["calendar"]
        first = (found["striking"] or [{"day": "-", "facts": 0, "usual": 0}])[0]
        told = [str(found[part]) for part in ("days", "above", "below")]
        rows.append([name, *told, first["day"], f"{first['facts']:.0f}", f"{first['usual']:.0f}"])
    return table(head, rows)


def where(themes: Themes) -> dict[str, Any]:
    """Return concentration and the cells that stand out."""
    head = ["", "facts", "busiest 5 % of cells hold (95 %)", "if dropped evenly"]
    head += ["busiest 20 % (95 %)", "hot cells", "facts in them"]
    rows = []
    for name, theme in themes.items():
        found, hot = theme["concentration"], theme["hot_spots"]
        top = {n: {k: 100 * v for k, v in found[n].items()} for n in ("top5", "top20")}
        rows.append(
            [
                name,
                f"{found['base']:,}",
                f"{span(top['top5'], '.0f', 'facts')} %",
                f"{top['top5']['even']:.0f} %",
                f"{span(top['top20'], '.0f', 'facts')} %",
                f"{hot['hot']:,} of {hot['cells']:,}",
                f"{100 * (hot['share_in_hot'] or 0):.0f} %",
            ]
        )
    return table(head, rows)


def near_repeat(themes: Themes, most_m: float) -> dict[str, Any]:
    """Return the bands of the first week up to a distance."""
    head = ["", "distance, first 7 days", "pairs", "without a link (95 % of draws)", "ratio", "q"]
    rows = []
    for name, theme in themes.items():
        for band in theme["near_repeat"]["bands"]:
            if band["from_days"] or band["to_m"] > most_m or band["ratio"] is None:
                continue
            near = band["to_m"] == 0
            place = "same place" if near else f"{band['from_m']:.0f}-{band['to_m']:.0f} m"
            usual = f"{band['expected']:,.1f} ({band['low']:,.0f} to {band['high']:,.0f})"
            told = [f"{band['pairs']:,}", usual, f"{band['ratio']:.2f}", f"{band['q']:.3f}"]
            rows.append([name, place, *told])
    return table(head, rows)
