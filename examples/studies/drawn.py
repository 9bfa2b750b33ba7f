"""Small plots as SVG: text that a browser draws and that a diff can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

COLOURS = ("#1b6ca8", "#b5541c", "#2e7d4f", "#7b3fa0")
WIDE, HIGH, LEFT, TOP, BOTTOM = 640, 300, 56, 34, 34
FEW = 10.0
Span = Mapping[str, Any]


def svg(title: str, body: Sequence[str], height: int = HIGH) -> str:
    """Return a whole drawing."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {height}" '
        f'font-family="sans-serif" font-size="11" role="img" aria-label="{escape(title)}">'
        f'<rect width="{WIDE}" height="{height}" fill="#fff"/>'
        f'<text x="8" y="16" font-size="13" fill="#222">{escape(title)}</text>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


def _word(x: float, y: float, text: str, anchor: str = "start", fill: str = "#444") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'
    )


def _rule(y: float, word: str) -> list[str]:
    return [
        f'<path d="M{LEFT} {y:.1f}H{WIDE - 12}" stroke="#ddd"/>',
        _word(LEFT - 6, y + 4, word, "end"),
    ]


def lines(title: str, series: Mapping[str, Sequence[Span]], labels: Sequence[str]) -> str:
    """Return levels with their 95 % bands over time, each series with its own colour and name.

    Args:
        title: Above the drawing.
        series: Spans (value, low, high) by name, equally many each.
        labels: Words for the first and the last position.
    """
    top = max((s["high"] for spans in series.values() for s in spans), default=1.0) * 1.05
    foot, room = HIGH - BOTTOM, HIGH - BOTTOM - TOP - 14
    body: list[str] = []
    for part in (0.0, 0.5, 1.0):
        body += _rule(foot - part * room, f"{part * top:.{0 if top > FEW else 1}f}")
    for (name, spans), colour, at in zip(series.items(), COLOURS, range(len(series)), strict=False):
        step = (WIDE - 12 - LEFT) / max(len(spans) - 1, 1)
        high = [
            f"{LEFT + i * step:.1f} {foot - s['high'] / top * room:.1f}"
            for i, s in enumerate(spans)
        ]
        low = [
            f"{LEFT + i * step:.1f} {foot - s['low'] / top * room:.1f}" for i, s in enumerate(spans)
        ]
        mid = [
            f"{LEFT + i * step:.1f} {foot - s['value'] / top * room:.1f}"
            for i, s in enumerate(spans)
        ]
        band = "L".join([*high, *reversed(low)])
        body.append(f'<path d="M{band}Z" fill="{colour}" opacity=".2"/>')
        body.append(
            f'<path d="M{"L".join(mid)}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        )
        body.append(_word(LEFT + 140 * at, TOP, name, fill=colour))
    body += [_word(LEFT, HIGH - 12, labels[0]), _word(WIDE - 12, HIGH - 12, labels[-1], "end")]
    return svg(title, body)


def intervals(title: str, rows: Sequence[tuple[str, Span]], even: float = 0.0) -> str:
    """Return values with their intervals, one under the other, around a line of no effect."""
    reach = [end for _, s in rows for end in (s["low"], s["high"])] + [even]
    low, high = min(reach), max(reach)
    room = (high - low) or 1.0
    left, height = 230, TOP + 22 * len(rows) + 30

    def at(value: float) -> float:
        return left + (value - low) / room * (WIDE - left - 24)

    foot = height - 26
    body = [f'<path d="M{at(even):.1f} {TOP - 8}V{foot}" stroke="#999" stroke-dasharray="4 3"/>']
    for n, (name, s) in enumerate(rows):
        y = TOP + 6 + 22 * n
        colour = COLOURS[0] if s["low"] > even or s["high"] < even else "#888"
        body.append(_word(left - 10, y + 4, name, "end"))
        body.append(
            f'<path d="M{at(s["low"]):.1f} {y}H{at(s["high"]):.1f}" '
            f'stroke="{colour}" stroke-width="3"/>'
        )
        body.append(f'<circle cx="{at(s["value"]):.1f}" cy="{y}" r="4" fill="{colour}"/>')
    body += [
        _word(at(v), height - 8, f"{v:.2f}", "middle")
        for v in (low, even, high)
        if v == even or abs(at(v) - at(even)) > LEFT
    ]
    return svg(title, body, height)


def heat(
    title: str, cells: Sequence[Sequence[float]], rows: Sequence[str], columns: Sequence[str]
) -> str:
    """Return a table of shades: the darker the more, white for none."""
    top = max((value for row in cells for value in row), default=1.0) or 1.0
    wide = (WIDE - LEFT - 12) / len(columns)
    body = []
    for y, (row, name) in enumerate(zip(cells, rows, strict=True)):
        body.append(_word(LEFT - 6, TOP + 24 + 22 * y, name, "end"))
        for x, value in enumerate(row):
            body.append(
                f'<rect x="{LEFT + x * wide:.1f}" y="{TOP + 10 + 22 * y}" '
                f'width="{wide:.1f}" height="21" fill="{COLOURS[0]}" opacity="{value / top:.2f}"/>'
            )
    foot = TOP + 26 + 22 * len(rows)
    body += [_word(LEFT + (x + 0.5) * wide, foot, word, "middle") for x, word in enumerate(columns)]
    return svg(title, body, foot + 12)


def dots(
    title: str,
    layers: Mapping[str, Sequence[tuple[float, float]]],
    bbox: tuple[float, float, float, float],
) -> str:
    """Return a map of points by layer, north up, without anything behind it."""
    west, south, east, north = bbox
    height = 420
    scale = min((WIDE - 180) / ((east - west) * 0.75), (height - 50) / (north - south))
    body = []
    for at, ((name, points), colour) in enumerate(zip(layers.items(), COLOURS, strict=False)):
        body.append(f'<g fill="{colour}" opacity=".6">')
        body += [
            f'<circle cx="{20 + (lon - west) * 0.75 * scale:.1f}" '
            f'cy="{height - 16 - (lat - south) * scale:.1f}" r="2"/>'
            for lon, lat in points
        ]
        body.append("</g>")
        body.append(_word(WIDE - 150, 60 + 20 * at, f"● {name} ({len(points)})", fill=colour))
    return svg(title, body, height)
