"""Learning what comparisons of reports weigh, from reports whose incident is known.

A penalised logistic regression with signs (weights of distance and gap never rise), then the
calibration curve by isotonic regression on reports that were kept out of the fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from vigie.judge.linkage import (
    FALLING,
    NAMES,
    Floats,
    Ints,
    Reports,
    Weights,
    candidates,
    comparisons,
    log_odds,
    pair_key,
)

RIDGE = 1.0
LEAST_PAIRS = 60
"""A pair of kinds or of sources seen less often among the compared has no weight of its own."""
LOWEST, HIGHEST, BIN = -6.0, 9.0, 0.4
"""Bins of the calibration curve, log-odds."""
UNRELATED_PER_PAIR = 20
"""Pairs of different incidents are many: so many of them for each true pair, weighted up, do."""
SEED = 20_261_127
SUREST = 0.999
"""No link is shown as certain."""


@dataclass(frozen=True, slots=True)
class Known:
    """Reports and the number of the incident that each tells."""

    reports: Reports
    incident: Ints


def truths(known: Known, left: Ints, right: Ints) -> Floats:
    """Return 1 for the pairs that tell of one incident, 0 for the others."""
    return np.asarray(known.incident[left] == known.incident[right], np.float64)


def _coded(names: Sequence[str], left: Ints, right: Ints, known: Sequence[str] | None) -> Any:
    """Return the frequent pairs of names, and the position of each pair (-1: rare)."""
    keys = [pair_key(names[a], names[b]) for a, b in zip(left, right, strict=True)]
    if known is None:
        distinct, counts = np.unique(keys, return_counts=True)
        known = [str(k) for k, n in zip(distinct, counts, strict=True) if n >= LEAST_PAIRS]
    at = {key: position for position, key in enumerate(known)}
    return list(known), np.array([at.get(key, -1) for key in keys], dtype=np.int64)


def fit(fitted: Known, kept_out: Known, learnt: Mapping[str, Any]) -> Weights:
    """Return weights fitted on one set of reports and calibrated on another."""
    left, right, weight = _sample(fitted)
    truth = truths(fitted, left, right)
    numeric = comparisons(fitted.reports, left, right)
    kind_names, kind_at = _coded(fitted.reports.kinds, left, right, None)
    source_names, source_at = _coded(fitted.reports.sources, left, right, None)
    sizes = (numeric.shape[1], len(kind_names), len(source_names))
    solved = _solve(numeric, (kind_at, source_at), (truth, weight), sizes)
    n, k, _ = sizes
    raw = Weights(
        NAMES,
        solved[:n],
        dict(zip(kind_names, solved[n : n + k].tolist(), strict=True)),
        dict(zip(source_names, solved[n + k :].tolist(), strict=True)),
        (np.array([-1.0, 1.0]), np.array([0.0, 1.0])),
        learnt,
    )
    return Weights(
        raw.names, raw.values, raw.kind_pairs, raw.source_pairs, _curve(kept_out, raw), learnt
    )


def _sample(known: Known) -> tuple[Ints, Ints, Floats]:
    """Return every true pair and a part of the others, with the weight of each."""
    left, right = candidates(known.reports)
    truth = truths(known, left, right) > 0
    others = np.flatnonzero(~truth)
    many = min(len(others), UNRELATED_PER_PAIR * max(1, int(truth.sum())))
    drawn = np.random.default_rng(SEED).choice(others, many, replace=False)
    kept = np.sort(np.concatenate([np.flatnonzero(truth), drawn]))
    weight = np.where(truth[kept], 1.0, len(others) / max(1, many))
    return left[kept], right[kept], weight


def _solve(
    numeric: Floats,
    coded: tuple[Ints, Ints],
    judged: tuple[Floats, Floats],
    sizes: tuple[int, int, int],
) -> Floats:
    n, k, s = sizes
    truth, weight = judged
    kind_at, source_at = coded
    kind_rows, source_rows = np.flatnonzero(kind_at >= 0), np.flatnonzero(source_at >= 0)

    def loss(w: Floats) -> tuple[float, Floats]:
        odds = numeric @ w[:n]
        odds[kind_rows] += w[n : n + k][kind_at[kind_rows]]
        odds[source_rows] += w[n + k :][source_at[source_rows]]
        value = float(weight @ (np.logaddexp(0.0, odds) - truth * odds)) + 0.5 * RIDGE * float(
            w @ w
        )
        slope = weight * (1.0 / (1.0 + np.exp(-odds)) - truth)
        gradient = np.concatenate(
            [
                numeric.T @ slope,
                np.bincount(kind_at[kind_rows], slope[kind_rows], minlength=k),
                np.bincount(source_at[source_rows], slope[source_rows], minlength=s),
            ]
        )
        return value, gradient + RIDGE * w

    bounds = [(None, 0.0) if name in FALLING else (None, None) for name in NAMES]
    bounds += [(None, None)] * (k + s)
    found = scipy.optimize.minimize(
        loss,
        np.zeros(n + k + s),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 400, "maxfun": 500},
    )
    return np.asarray(found.x, np.float64)


def _curve(kept_out: Known, raw: Weights) -> tuple[Floats, Floats]:
    """Return the share of true pairs by log-odds, in bins of equal width, made to rise."""
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 - late: slow to load

    left, right = candidates(kept_out.reports)
    odds = log_odds(kept_out.reports, left, right, raw)
    truth = truths(kept_out, left, right)
    number = np.floor(np.clip(odds, LOWEST, HIGHEST) / BIN).astype(np.int64)
    bins, inside, many = np.unique(number, return_inverse=True, return_counts=True)
    middle = np.bincount(inside, odds) / many
    share = np.bincount(inside, truth) / many
    isotonic = IsotonicRegression(y_min=0.0, y_max=SUREST, out_of_bounds="clip")
    seen = isotonic.fit(bins, share, sample_weight=many).predict(bins)
    return np.asarray(middle, np.float64), np.asarray(seen, np.float64)


def as_toml(weights: Weights) -> str:
    """Return weights as the file that ``read_weights`` reads."""
    lines = [
        "# What comparisons of two reports add to the log-odds that they tell of one incident.",
        "# Learnt on invented cities: vigie linkage --learn (see decision 0031).",
        "",
        "curve = [",
        *(f"  [{a:.4f}, {p:.4f}]," for a, p in zip(*weights.curve, strict=True)),
        "]",
        "",
        "[learnt]",
        *(f"{name} = {_value(value)}" for name, value in weights.learnt.items()),
        "",
        "[weights]",
        *(f'"{n}" = {v:.4f}' for n, v in zip(weights.names, weights.values, strict=True)),
    ]
    for table, pairs in (
        ("kind_pairs", weights.kind_pairs),
        ("source_pairs", weights.source_pairs),
    ):
        lines += ["", f"[{table}]", *(f'"{k}" = {v:.3f}' for k, v in sorted(pairs.items()))]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, list | tuple) else str(value)
