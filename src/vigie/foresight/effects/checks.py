"""How far to believe it: placebo dates, coverage on past events, and the raw-count method beside.

The raw-count method takes the facts that happened around similar past events for what such an event
brings (as the tool delivered to Marseille did). It confounds the event with its place: a quiet
event in a busy square seems to bring much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vigie.base.stopping import look
from vigie.foresight.effects.bins import Ints
from vigie.foresight.effects.model import EffectModel
from vigie.foresight.effects.occasion import Occasion
from vigie.foresight.effects.rates import PEOPLE, nearest

FOLDS = 5
PLACEBOS = 24
LEAST_PLACEBOS = 5


@dataclass(frozen=True)
class Placebo:
    """The same estimate on dates without the event: same place, same hours, same kind of day.

    Attributes:
        starts_us: When each placebo event would have begun.
        excess: Observed minus expected on each.
        mean: Their mean; near zero when the baseline is honest.
        low: Lower end of the 95 % interval of the mean.
        high: Upper end.
        inside: Share whose 80 % interval holds zero; about 0.8 when the intervals are honest.
        p: Share of placebo dates, the event itself counted, with an excess at least the event's;
            None for an event that has not been.
    """

    starts_us: tuple[int, ...]
    excess: tuple[float, ...]
    mean: float
    low: float
    high: float
    inside: float
    p: float | None


def placebo(model: EffectModel, occasion: Occasion, most: int = PLACEBOS) -> Placebo | None:
    """Return the estimate on placebo dates, the latest first; None with fewer than five of them."""
    windows = model.around.count(occasion).windows
    starts = np.sort(windows.edges_us[windows.same_day, 0])[::-1][:most]
    lasting = occasion.ends_us - occasion.starts_us
    before = windows.edges_us[0, 0] - occasion.starts_us
    found: list[tuple[int, float, bool]] = []
    for begin in (starts - before).tolist():
        look()
        other = replace(occasion, plan_id="", starts_us=begin, ends_us=begin + lasting)
        counted = model.around.count(other)
        past = model.around.past(counted, other)
        told = model.surroundings(past, other).measured(past.observed)
        found.append((begin, told.excess.mean, told.excess.low80 <= 0.0 <= told.excess.high80))
    if len(found) < LEAST_PLACEBOS:
        return None
    excess = np.array([one[1] for one in found])
    wide = 1.96 * float(excess.std(ddof=1)) / len(excess) ** 0.5
    row = model.rows.get(occasion.plan_id)
    own = None if row is None else model.measured(occasion.plan_id).excess.mean
    p = None if own is None else (1 + int((excess >= own).sum())) / (1 + len(excess))
    mean = float(excess.mean())
    return Placebo(
        starts_us=tuple(one[0] for one in found),
        excess=tuple(excess.tolist()),
        mean=mean,
        low=mean - wide,
        high=mean + wide,
        inside=float(np.mean([one[2] for one in found])),
        p=p,
    )


@dataclass(frozen=True)
class RawTransfer:
    """What the raw-count method says of an event, and how far it is off.

    Attributes:
        claimed: Facts around similar events, per event: what it takes for their effect.
        events: Similar events it takes.
        effect: Facts these events brought by the estimate against the baseline, per event.
        usual: Facts that the places bring at those hours without any event, per event: the bias.
    """

    claimed: float
    events: int
    effect: float
    usual: float


def raw_transfer(model: EffectModel, plan_ids: Sequence[str]) -> RawTransfer | None:
    """Return what the raw-count method takes from these past events; None without any."""
    rows = [model.rows[one] for one in plan_ids if one in model.rows]
    if not rows:
        return None
    told = [model.measured(model.past[row].occasion.plan_id) for row in rows]
    observed = float(np.mean([one.observed for one in told]))
    usual = float(np.mean([one.without.mean for one in told]))
    return RawTransfer(observed, len(rows), observed - usual, usual)


@dataclass(frozen=True)
class Score:
    """How well past events were foreseen by a model that did not know them.

    Attributes:
        kind: Kind of event; empty for all.
        events: Events scored.
        inside50: Share of observed totals inside the 50 % interval.
        inside80: The same for 80 %.
        inside95: The same for 95 %.
        bias: Mean of foreseen minus observed, facts per event.
        error: Mean absolute error, facts per event.
        raw_bias: Bias of the raw-count method.
        raw_error: Its mean absolute error.
        usual_error: Mean absolute error of expecting no effect at all.
        per_10k: Facts brought per 10,000 people: mean, and the 80 % interval.
    """

    kind: str
    events: int
    inside50: float
    inside80: float
    inside95: float
    bias: float
    error: float
    raw_bias: float
    raw_error: float
    usual_error: float
    per_10k: tuple[float, float, float]


@dataclass(frozen=True)
class _Held:
    kind: str
    observed: float
    foreseen: float
    usual: float
    raw: float
    inside: tuple[bool, bool, bool]


def _held_out(model: EffectModel) -> list[_Held]:
    """Return each past event foreseen by a model fitted without it and a fifth of the others.

    Folds go by turns through time. The baseline of an event knows the weeks after it too: this
    scores the effects, not a forecast made on the day.
    """
    rows = np.arange(len(model.past))
    found = []
    for fold in range(FOLDS):
        out = rows[rows % FOLDS == fold]
        rest = rows[rows % FOLDS != fold]
        if len(out) == 0 or len(rest) == 0:
            continue
        blind = model.fitted_on(rest)
        raw = _raw_means(model, rest)
        for row in out:
            look()
            event = model.past[row]
            told = blind.surroundings(event, event.occasion).over()
            observed = float(event.observed.sum())
            total = told.total
            found.append(
                _Held(
                    event.occasion.kind,
                    observed,
                    total.mean,
                    told.without.mean,
                    raw[nearest(raw, event.occasion.kind)],
                    (
                        total.low50 <= observed <= total.high50,
                        total.low80 <= observed <= total.high80,
                        total.low95 <= observed <= total.high95,
                    ),
                )
            )
    return found


def _raw_means(model: EffectModel, rows: Ints) -> dict[str, float]:
    seen: dict[str, list[float]] = {}
    for row in rows:
        kind, total = model.past[row].occasion.kind, float(model.past[row].observed.sum())
        parts = kind.split(".")
        for depth in range(len(parts) + 1):
            seen.setdefault(".".join(parts[:depth]), []).append(total)
    return {code: float(np.mean(totals)) for code, totals in seen.items()}


def scores(model: EffectModel) -> list[Score]:
    """Return the scores of every kind of event, all together first, then by most events."""
    held = _held_out(model)
    by_kind: dict[str, list[_Held]] = {"": held}
    for one in held:
        by_kind.setdefault(one.kind, []).append(one)
    order = sorted(by_kind, key=lambda kind: (kind != "", -len(by_kind[kind]), kind))
    return [_score(model, kind, by_kind[kind]) for kind in order if by_kind[kind]]


def _score(model: EffectModel, kind: str, held: Sequence[_Held]) -> Score:
    observed = np.array([one.observed for one in held])
    foreseen = np.array([one.foreseen for one in held])
    raw = np.array([one.raw for one in held])
    usual = np.array([one.usual for one in held])
    inside = np.array([one.inside for one in held], float).mean(0)
    rate = model.rate(kind)
    return Score(
        kind=kind,
        events=len(held),
        inside50=float(inside[0]),
        inside80=float(inside[1]),
        inside95=float(inside[2]),
        bias=float((foreseen - observed).mean()),
        error=float(np.abs(foreseen - observed).mean()),
        raw_bias=float((raw - observed).mean()),
        raw_error=float(np.abs(raw - observed).mean()),
        usual_error=float(np.abs(usual - observed).mean()),
        per_10k=(rate.mean, rate.low80, rate.high80),
    )


def people_hours(model: EffectModel, occasion: Occasion) -> float:
    """Return the attendance times the hours it lasts, in 10,000 attendee-hours."""
    lasting = max(0.5, (occasion.ends_us - occasion.starts_us) / 3.6e9)
    return model.people(occasion) * lasting / PEOPLE
