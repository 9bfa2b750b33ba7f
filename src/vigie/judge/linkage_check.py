"""How good links are where the truth is known: precision, recall, calibration, and the baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from vigie.judge.linkage import Floats, Links, Reports, clusters, gaps_us
from vigie.judge.linkage_learning import Known, truths
from vigie.judge.linkage_spans import SPAN_US, link_over_time

LEVELS = (0.5, 0.8, 0.9)
SHOWN = 0.1
NEAR_M, SOON_US = 100.0, 30 * 60_000_000
"""What control rooms do without a model: same kind, so near, so soon."""
BIG = 100
"""Pairs in a bin of the calibration curve, at least, for its gap to count."""


def true_pairs(known: Known) -> int:
    """Return how many pairs of reports tell of one incident, those never compared too."""
    return sum(n * (n - 1) // 2 for n in Counter(known.incident.tolist()).values())


def check(known: Known) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the figures of the weights that come with Vigie, and those of the baseline."""
    links = link_over_time(known.reports)
    left, right, shown = links.left, links.right, links.probability
    truth, everything = truths(known, left, right) > 0, true_pairs(known)
    figures: dict[str, Any] = {
        "facts": len(known.reports),
        "true_pairs": everything,
        "compared": len(left),
        "compared_true": int(truth.sum()),
    }
    for least in LEVELS:
        figures[f"at_{least:g}"] = scored(shown >= least, truth, everything)
    figures["calibration"] = curve = calibration(shown, truth)
    gaps = [(abs(one["shown"] - one["true"]), one["pairs"]) for one in curve]
    weight = max(1, sum(pairs for _, pairs in gaps))
    figures["greatest_gap"] = round(max((gap for gap, n in gaps if n >= BIG), default=0.0), 3)
    figures["mean_gap"] = round(sum(gap * n for gap, n in gaps) / weight, 3)
    kept = shown >= SHOWN
    figures["groups"] = _grouped(known, Links(left[kept], right[kept], shown[kept]), everything)
    r = known.reports
    near = np.hypot(r.x[left] - r.x[right], r.y[left] - r.y[right]) <= NEAR_M
    same = np.array([r.kinds[a] == r.kinds[b] for a, b in zip(left, right, strict=True)], bool)
    baseline = near & same & (gaps_us(r, left, right) <= SOON_US)
    return figures, scored(baseline, truth, everything)


def scored(
    linked: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_], everything: int
) -> dict[str, Any]:
    """Return links, their precision, and their recall of all true pairs."""
    found, right = int(linked.sum()), int(truth[linked].sum())
    return {
        "links": found,
        "precision": round(right / max(1, found), 3),
        "recall": round(right / max(1, everything), 3),
    }


def calibration(shown: Floats, truth: npt.NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Return the curve in nine bins of what is shown: probability told, share true."""
    told = []
    number = np.minimum(np.floor(shown * 10 + 1e-9).astype(np.int64), 9)
    for low in range(1, 10):
        inside = number == low
        if inside.any():
            told.append(
                {
                    "from": low / 10,
                    "pairs": int(inside.sum()),
                    "shown": round(float(shown[inside].mean()), 3),
                    "true": round(float(truth[inside].mean()), 3),
                }
            )
    return told


def _grouped(known: Known, links: Links, everything: int) -> dict[str, Any]:
    found = clusters(len(known.reports), links)
    pairs = [(a, b) for group in found for n, a in enumerate(group) for b in group[n + 1 :]]
    right = sum(bool(known.incident[a] == known.incident[b]) for a, b in pairs)
    return {
        "groups": len(found),
        "precision": round(right / max(1, len(pairs)), 3),
        "recall": round(right / max(1, everything), 3),
    }


def merge(parts: Sequence[Known]) -> Known:
    """Return several cities as one whose places do not meet."""
    reports = [one.reports for one in parts]

    def joined(name: str) -> Any:
        return np.concatenate([getattr(one, name) for one in reports])

    return Known(
        Reports(
            x=np.concatenate([one.x + n * 1e7 for n, one in enumerate(reports)]),
            y=joined("y"),
            accuracy_m=joined("accuracy_m"),
            earliest_us=joined("earliest_us"),
            latest_us=joined("latest_us"),
            reported_us=joined("reported_us"),
            kinds=[kind for one in reports for kind in one.kinds],
            sources=[source for one in reports for source in one.sources],
        ),
        np.concatenate([one.incident + n * 10_000_000 for n, one in enumerate(parts)]),
    )


def spaced(known: Known) -> Known:
    """Return the reports with spans of time laid aside each other, so that few pairs meet."""
    r = known.reports
    aside = (r.earliest_us // (2 * SPAN_US)).astype(np.float64) * 1e6
    moved = Reports(
        *(r.x, r.y + aside, r.accuracy_m, r.earliest_us, r.latest_us, r.reported_us),
        r.kinds,
        r.sources,
    )
    return Known(moved, known.incident)
