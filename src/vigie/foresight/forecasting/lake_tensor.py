"""From the facts of the lake to the counts that a forecast is made of.

A fact counts in the slot in which it happened. Where the source knows only between which instants
(somebody was away from 18:00 to 08:00), it is put whole at one instant drawn evenly from the
interval by the fact's own id: the same each time, and over many facts in proportion to the shares
of an aoristic analysis (Ratcliffe 2000; drawn rather than shared, as in Crema 2012, because the
intervals of a forecast need whole numbers). Facts whose interval is longer than ``WIDEST_US`` say
nothing of an hour and count nowhere; how many is told.

Days are whole local days: a slot of six hours has five or seven on the two days when clocks change.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vigie.base.clock import EPOCH
from vigie.base.errors import Conflict, WrongUsage
from vigie.base.hands import OWN, Hands
from vigie.foresight.forecasting.beside import Beside, covariates_of
from vigie.foresight.forecasting.evidence import Weighed, weigh
from vigie.foresight.forecasting.grids import OUTSIDE, Grid, keys_of, lay_grid, places_in
from vigie.foresight.forecasting.tensor import HOURS, Calendar, Tensor
from vigie.foresight.plans import PlanRecord
from vigie.geo.zonings import Zoning
from vigie.lake.store import Lake
from vigie.model.taxonomy import TAXONOMY
from vigie.model.times import DAY_US, HOUR_US, day_bounds, local_us

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Plans = Sequence[PlanRecord]

WIDEST_US = 3 * DAY_US
"""Facts of a longer interval of time are left out."""
SLOT_HOURS = (6, 24)
COLUMNS = ("fact_id", "kind", "discovered_by", "earliest_us", "latest_us", "lon", "lat", "source")
_SOURCE = 3
_SETTLED = 0.5
"""History begins on the first day with this share of the median day's facts."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a tensor is about.

    Attributes:
        grid: A name that ``grids.check_grid`` has passed.
        slot_hours: 6 or 24.
        kinds: Kinds that ``evidence.check_kinds`` has passed.
        first: First local day read; history may begin later.
        last: Local day after the last one counted.
        ahead_days: Days beyond ``last`` that the calendar and the plans reach.
        timezone: The city's zone.
        centre: The city's centre, lon lat.
        days_off: Public holidays.
        school_breaks: Days of school holidays.
    """

    grid: str
    slot_hours: int
    kinds: tuple[str, ...]
    first: date
    last: date
    ahead_days: int
    timezone: str
    centre: tuple[float, float]
    days_off: Collection[date] = ()
    school_breaks: Collection[date] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """A tensor with what it rests on.

    Attributes:
        tensor: Counts and what stands beside them.
        grid: Its places.
        weighed: Which facts counted, over all kinds.
        by_kind: Facts counted of each kind asked for.
        unplaced: Facts of the kinds asked for that lie in no place of the grid.
        uncertain: Facts of the kinds asked for whose time is too uncertain.
        drawn: Facts put at an instant drawn from an interval that crosses slots.
        sources: Facts counted by feed.
    """

    tensor: Tensor
    grid: Grid
    weighed: Weighed
    by_kind: Mapping[str, int]
    unplaced: int
    uncertain: int
    drawn: int
    sources: Mapping[str, int]


def read_counts(
    lake: Lake,
    plans: Plans,
    asked: Question,
    zonings: Mapping[str, Zoning],
    hands: Hands = OWN,
) -> Counted:
    """Return the counts of a stretch of days.

    Args:
        lake: Where the facts and measures are.
        plans: What is planned from the first day to the end of what is ahead.
        asked: What it is about.
        zonings: The city's zonings.
        hands: Sum up the facts, piece by piece; the counts are the same from any.

    Raises:
        WrongUsage: When no fact is on record in it, or the slot is neither 6 nor 24 hours.
    """
    if asked.slot_hours not in SLOT_HOURS:
        raise WrongUsage(reason=f"slot: {SLOT_HOURS}", field="slot_hours")
    try:
        found = _sum_up(lake, asked, zonings, hands)
    except Conflict:  # erased meanwhile: once more, on what is
        found = _sum_up(lake, asked, zonings, hands)
    if found.facts == 0:
        raise WrongUsage(reason="facts: 0", field="from")
    grid = lay_grid(asked.grid, found.seen, asked.centre, zonings)
    key, slot, kind, source, wide, crossing, n = found.groups.T
    place = places_in(grid, key)
    per_day = HOURS // asked.slot_hours
    start = _days_since_epoch(asked.first)
    by_day = np.bincount(slot // per_day - start, n, (asked.last - asked.first).days)
    first = settled_on(by_day, asked)
    origin = _days_since_epoch(first) * per_day
    kept = (wide == 0) & (place != OUTSIDE) & (slot >= origin)
    shape = (len(grid.cells), (asked.last - first).days * per_day, len(asked.kinds))
    flat = np.ravel_multi_index((place[kept], slot[kept] - origin, kind[kept]), shape)
    summed = np.bincount(flat, n[kept], int(np.prod(shape)))
    counts = summed.astype(np.float64, copy=False).reshape(shape)
    by_kind = np.bincount(kind[kept], n[kept], len(asked.kinds)).astype(np.int64).tolist()
    by_source = np.bincount(source[kept], n[kept], len(found.sources)).astype(np.int64).tolist()
    return Counted(
        tensor=_tensor(asked, grid, counts, first, lake=lake, plans=plans),
        grid=grid,
        weighed=found.weighed,
        by_kind=dict(zip(asked.kinds, by_kind, strict=True)),
        unplaced=int(n[place == OUTSIDE].sum()),
        uncertain=int(n[wide == 1].sum()),
        drawn=int(n[kept & (crossing == 1)].sum()),
        sources={name: many for name, many in zip(found.sources, by_source, strict=True) if many},
    )


@dataclass(frozen=True, slots=True)
class _Summed:
    """What the facts of all pieces are summed up to.

    Attributes:
        facts: How many were read.
        seen: Places that any fact lies in, evidence or not.
        groups: Facts that may count: place, slot since the epoch, kind, source, whether their time
            is too uncertain, whether it was drawn, and how many are so.
        sources: Feeds by number.
        weighed: Which facts are evidence.
    """

    facts: int
    seen: Integers
    groups: Integers
    sources: tuple[str, ...]
    weighed: Weighed


def _sum_up(lake: Lake, asked: Question, zonings: Mapping[str, Zoning], hands: Hands) -> _Summed:
    begin, end = (day_bounds(day, asked.timezone)[0] for day in (asked.first, asked.last))
    _, _, zoning = asked.grid.partition("zoning:")
    work = partial(
        count_piece,
        asked=asked,
        begin=begin,
        end=end,
        zonings={zoning: zonings[zoning]} if zoning else {},
    )
    pieces = lake.snapshot().pieces("facts", from_us=begin - WIDEST_US, to_us=end)
    facts, numbers, by = 0, np.zeros(4, np.int64), Counter[str]()
    seen, groups, names = [np.empty(0, np.int64)], [np.empty((0, 7), np.int64)], dict[str, int]()
    for told, places, rows, sources, discoverers, many in hands.each(work, pieces):
        facts += int(told[0])
        numbers += told[1:]
        seen.append(places)
        number = [names.setdefault(one, len(names)) for one in sources.tolist()]
        rows[:, _SOURCE] = np.array(number, np.int64)[rows[:, _SOURCE]] if len(rows) else 0
        groups.append(rows)
        by.update(dict(zip(discoverers.tolist(), many.tolist(), strict=True)))
    order = sorted(names)
    rank = np.array([order.index(one) for one in names], np.int64)
    everything = np.concatenate(groups)
    everything[:, _SOURCE] = rank[everything[:, _SOURCE]] if len(everything) else 0
    evidence, discovered, excluded, unknown = map(int, numbers)
    weighed = Weighed(
        np.empty(0), evidence, discovered, excluded, unknown, dict(sorted(by.items()))
    )
    return _Summed(facts, np.unique(np.concatenate(seen)), everything, tuple(order), weighed)


def count_piece(
    paths: Sequence[str],
    *,
    asked: Question,
    begin: int,
    end: int,
    zonings: Mapping[str, Zoning],
) -> tuple[np.ndarray, ...]:
    """Return what the facts of some files sum up to, in whatever process; see ``_Summed``.

    Raises:
        Conflict: When a file is gone.
    """
    try:
        read = [pq.read_table(one, columns=list(COLUMNS), partitioning=None) for one in paths]
    except FileNotFoundError as error:
        raise Conflict("the files of this snapshot are gone") from error
    facts = pa.concat_tables(read)
    first = pc.greater_equal(facts["earliest_us"], begin - WIDEST_US)
    facts = facts.filter(pc.and_(first, pc.less(facts["earliest_us"], end)))
    lon, lat = (np.asarray(facts[name].to_numpy(), np.float64) for name in ("lon", "lat"))
    place = keys_of(asked.grid, lon, lat, asked.centre, zonings)
    weighed = weigh(facts)
    kind = kinds_of(facts["kind"], asked.kinds)
    early, late = (facts[name].to_numpy() for name in ("earliest_us", "latest_us"))
    at, crossing = drawn_instants(facts["fact_id"], early, late, asked)
    wanted = (kind >= 0) & (weighed.weight > 0) & (at >= begin) & (at < end)
    coded = facts["source"].combine_chunks().dictionary_encode()
    columns = (place, slots_of(at, EPOCH.date(), asked), kind, coded.indices.to_numpy())
    flags = (late - early > WIDEST_US, crossing)
    table = np.stack([*columns, *flags], axis=1).astype(np.int64)[wanted]
    rows, many = np.unique(table, axis=0, return_counts=True)
    numbers = (weighed.evidence, weighed.discovered, weighed.excluded, weighed.unknown)
    return (
        np.array([facts.num_rows, *numbers], np.int64),
        np.unique(place[place != OUTSIDE]),
        np.column_stack([rows, many]).astype(np.int64),
        np.array(coded.dictionary.to_pylist(), np.str_),
        np.array(list(weighed.by_discoverer), np.str_),
        np.array(list(weighed.by_discoverer.values()), np.int64),
    )


def _tensor(
    asked: Question, grid: Grid, counts: Floats, first: date, *, lake: Lake, plans: Plans
) -> Tensor:
    per_day = HOURS // asked.slot_hours
    span = counts.shape[1] + asked.ahead_days * per_day
    beside = Beside(
        first=first,
        span=span,
        known=counts.shape[1],
        slot_hours=asked.slot_hours,
        timezone=asked.timezone,
        grid=grid,
    )
    return Tensor(
        counts=counts,
        kinds=asked.kinds,
        first=first,
        calendar=Calendar.of(first, span, per_day, asked.days_off, asked.school_breaks),
        neighbours=grid.neighbours,
        slot_hours=asked.slot_hours,
        cells=grid.cells,
        centres=grid.centres,
        covariates=covariates_of(lake, beside, plans),
        active=np.ones(len(grid.cells), np.bool_),
    )


def kinds_of(codes: pa.ChunkedArray, wanted: Sequence[str]) -> Integers:
    """Return the place of each code's branch among the wanted ones; -1 for none."""
    encoded = codes.combine_chunks().dictionary_encode()
    branch = [
        next((at for at, one in enumerate(wanted) if TAXONOMY.is_within(str(code), one)), -1)
        for code in encoded.dictionary.to_pylist()
    ]
    table = np.array([*branch, -1], np.int64)
    index: Integers = table[pc.fill_null(encoded.indices, len(branch)).to_numpy()]
    return index


def drawn_instants(
    ids: pa.ChunkedArray, early: Integers, late: Integers, asked: Question
) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Return an instant for each fact, and which ones had to be drawn.

    A fact that can only have happened in one slot keeps its first instant.
    """
    at = np.array(early, np.int64)
    local_early, local_late = (local_us(one, asked.timezone) for one in (at, np.asarray(late)))
    step = asked.slot_hours * HOUR_US
    crossing = (local_early // step != local_late // step) & (late - early <= WIDEST_US)
    where = np.flatnonzero(crossing)
    shares = np.array([share_of(one) for one in ids.take(pa.array(where)).to_pylist()])
    length = (late - early)[where].astype(np.float64)
    at[where] += (shares.reshape(-1) * length).astype(np.int64)
    return at, crossing


def share_of(fact_id: str) -> float:
    """Return a number from 0 to under 1 that the id alone decides, evenly spread over ids."""
    digest = hashlib.blake2b(fact_id.encode(), digest_size=6, person=b"vigie-time").digest()
    return int.from_bytes(digest, "big") / 2**48


def slots_of(at_us: Integers, first: date, asked: Question) -> Integers:
    """Return the slot of each instant, counted from local midnight of ``first``."""
    clock = local_us(np.asarray(at_us, np.int64), asked.timezone)
    origin = _days_since_epoch(first) * DAY_US
    return np.asarray((clock - origin) // (asked.slot_hours * HOUR_US), np.int64)


def settled_on(counts: npt.NDArray[Any], asked: Question) -> date:
    """Return the first day from which the feeds are there, of facts by day from ``asked.first``.

    A feed's first days hold a few early facts only; a model would take them for quiet ones.
    """
    if not counts.any():
        return asked.first
    usual = np.median(counts[counts > 0])
    return asked.first + timedelta(days=int(np.argmax(counts >= _SETTLED * usual)))


def _days_since_epoch(day: date) -> int:
    return (day - EPOCH.date()).days
