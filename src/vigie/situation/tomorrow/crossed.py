"""What happened around past events by kind of fact, ring and hours at once, as it is answered.

Hours go by two: by one, hardly a count of a few events would reach the least that may be told.
Kinds with few facts are one line, for the same reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vigie.foresight.effects.bins import Estimate
from vigie.foresight.effects.model import EffectModel
from vigie.foresight.effects.telling import Cell, Teller

SPAN_H = 2


def crossed_json(
    teller: Teller, model: EffectModel, hours: int, kinds: Sequence[int]
) -> dict[str, Any] | None:
    """Return the lines of the three tables crossed; None when nothing can be told so finely.

    Args:
        teller: Tells of the events.
        model: The model.
        hours: Hour bins that the longest of the events has.
        kinds: Kinds told by name; what the teller tells beyond them are all others.
    """
    rings = (0.0, *model.bins.rings_m)
    begins = model.bins.hours[:hours]
    spans = [list(range(at, min(at + SPAN_H, hours))) for at in range(0, hours, SPAN_H)]
    crossed = teller.crossed(spans, len(kinds))
    if crossed is None:
        return None
    apart, found = crossed.apart, crossed.cells
    told = [cell for rows in found for row in rows for cell in row if not cell.withheld]
    if not told:
        return None
    return {
        "told": len(told),
        "withheld": sum(len(row) for rows in found for row in rows) - len(told),
        "outside80": sum(_outside(cell) for cell in told),
        "kinds": [
            {
                "kind": model.kinds[kinds[apart[line]]] if line < len(apart) else None,
                "rings": [
                    {
                        "from_m": rings[ring],
                        "to_m": rings[ring + 1],
                        "hours": [
                            {"from_hour": begins[span[0]], "to_hour": begins[span[-1]] + 1}
                            | _cell_json(cell)
                            for span, cell in zip(spans, row, strict=True)
                        ],
                    }
                    for ring, row in enumerate(rows)
                ],
            }
            for line, rows in enumerate(found)
        ],
    }


def _outside(cell: Cell) -> bool:
    """Whether a count lies outside of what is expected without the event at 80 %."""
    return cell.excess is not None and not cell.excess.low80 <= 0.0 <= cell.excess.high80


def _short(estimate: Estimate) -> dict[str, float]:
    return {
        "mean": round(estimate.mean, 2),
        "low80": round(estimate.low80, 2),
        "high80": round(estimate.high80, 2),
    }


def _cell_json(cell: Cell) -> dict[str, Any]:
    return {
        "observed": cell.observed,
        "withheld": cell.withheld,
        "without": _short(cell.without),
        "excess": None if cell.excess is None else _short(cell.excess),
    }
