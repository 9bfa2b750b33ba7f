"""What a feed should bring beside what it brought: fields, drift, and volume by day.

The counts come from what intake remarks anyway (a column nobody named, a personal field dropped, a
required one missing) and from what each commit let in. A field that is let in is not counted by
itself, save that every accepted record holds the required ones: what is not known is told as such.
The functions that judge are pure; instants are epoch µs.
"""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median
from typing import Any, Literal

import numpy as np

from vigie.base.clock import EPOCH
from vigie.base.errors import MappingInvalid
from vigie.intake.connector import Connector, Field
from vigie.intake.database import Database
from vigie.intake.messages.allowed import OTHER, plain_name
from vigie.intake.tabular.mapping import TableMapping, compile_mapping
from vigie.model.contracts import CONTRACTS
from vigie.model.times import DAY_US, SECOND_US, at_local, local_us

QUARTER_US = 900 * SECOND_US
WEEKS = 8
WEEK_S = 7 * 86_400
LEAST_WEEKS = 4
SHOWN_DAYS = 14
RECENT_BATCHES = 10
MOST_FIELDS = 300
REGULAR = 5
OLD_US = 60 * DAY_US
BAND = 3.0
NORMAL = 1.4826
"""Median absolute deviation to standard deviation, for a normal law."""

STATES = {
    "unmapped_column": "unmapped",
    "dropped_personal": "dropped",
    "missing_column": "absent",
    "missing_required": "missing",
}
"""By code: seen though nobody expects it, dropped, gone from a whole file, missing in a row."""
Drift = Literal["", "new", "gone"]
Verdict = Literal["normal", "low", "high", "unknown"]


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a feed.

    Attributes:
        name: In the source's words; ``…`` stands for names that are not shown.
        meaning: French and English, empty when nobody told.
        privacy: As the connector says; empty for a field that nobody expects.
        expected: Whether it is on the allow-list.
        required: Whether a record cannot be without it.
        seen: How often it was seen; None for one that is let in without being counted.
        missing: How often it was missed.
        last_us: When it was last seen, or last missed.
        drift: ``new`` or ``gone`` since the previous batches, or empty.
    """

    name: str
    meaning: Mapping[str, str]
    privacy: str
    expected: bool
    required: bool
    seen: int | None = None
    missing: int = 0
    last_us: int | None = None
    drift: Drift = ""


@dataclass(frozen=True, slots=True)
class DayVolume:
    """Records of one local day against the same weekday of the last weeks.

    Attributes:
        day: Local day, by time of receipt.
        records: Accepted on it.
        typical: Median of the same weekday; None when there is too little history.
        low: Below it, the day is low; None as above.
        high: Above it, the day is high; None as above.
        weeks: How many weeks the median is of.
        verdict: ``unknown`` with too little history; a day that goes on is never low.
    """

    day: date
    records: int
    typical: float | None
    low: float | None
    high: float | None
    weeks: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Remarked:
    """A field as it was remarked on: a row of ``source_fields``."""

    field: str
    state: str
    n: int
    batches: int
    first_us: int
    last_us: int


@dataclass(frozen=True, slots=True)
class Window:
    """The batches that count as recent.

    Attributes:
        since_us: When they begin; None while there were no batches before them.
        newest_us: The latest batch.
    """

    since_us: int | None
    newest_us: int


@dataclass(frozen=True, slots=True)
class SourceContract:
    """What a feed should bring beside what it brought.

    Attributes:
        fields: Expected ones first, then those nobody expects.
        days: Volume of the last days, newest first; empty before the first record.
        since_us: Since when a field counts as new or gone; None while the past is too short.
    """

    fields: tuple[FieldView, ...]
    days: tuple[DayVolume, ...]
    since_us: int | None


# --- Noting, within a commit ---------------------------------------------------------------------


def count_field(
    counts: Counter[tuple[str, str]], code: str, params: Mapping[str, Any], n: int
) -> None:
    """Count a remark or a refusal, if it is about a field."""
    name = params.get("column")
    if code in STATES and isinstance(name, str) and name:
        state = STATES[code]
        counts[(plain_name(name) if state == "unmapped" else name[:80]), state] += n


def note_within(
    connection: sqlite3.Connection,
    source: str,
    counts: Mapping[tuple[str, str], int],
    at_us: int,
) -> None:
    """Add what was remarked on to what is known, in the caller's transaction."""
    if not counts:
        return
    held = connection.execute("SELECT field, state FROM source_fields WHERE source = ?", (source,))
    known = {(row["field"], row["state"]) for row in held}
    bounded: Counter[tuple[str, str]] = Counter()
    for (name, state), n in counts.items():
        full = (name, state) not in known and len(known) >= MOST_FIELDS
        key = (OTHER if full else name, state)
        known.add(key)
        bounded[key] += n
    connection.executemany(
        "INSERT INTO source_fields VALUES (?, ?, ?, ?, 1, ?, ?)"
        " ON CONFLICT (source, field, state) DO UPDATE SET n = n + excluded.n,"
        " batches = batches + 1, last_us = max(last_us, excluded.last_us)",
        [(source, name, state, n, at_us, at_us) for (name, state), n in bounded.items()],
    )


def note_volume_within(
    connection: sqlite3.Connection, source: str, records: int, at_us: int
) -> None:
    """Add accepted records to the quarter of an hour they came in."""
    if records:
        connection.execute(
            "INSERT INTO source_volume VALUES (?, ?, ?) ON CONFLICT (source, quarter)"
            " DO UPDATE SET records = records + excluded.records",
            (source, at_us // QUARTER_US, records),
        )


# --- Expected --------------------------------------------------------------------------------


def expected_fields(connector: Connector, mapping: Mapping[str, Any]) -> tuple[Field, ...]:
    """Return what is let in or refused by name: the connector's list, or the mapping's columns."""
    if connector.fields or not connector.needs_mapping:
        return connector.fields
    try:
        return _mapped(compile_mapping(mapping))
    except MappingInvalid:
        return ()


def _mapped(mapping: TableMapping) -> tuple[Field, ...]:
    contract = CONTRACTS[mapping.kind]
    given = set(contract.names("given"))
    needed = {
        column
        for target, recipe in mapping.recipes.items()
        if recipe.default is None
        and (target == "source_ref" or (target in given and not contract.column(target).nullable))
        for column in recipe.columns
    }
    found = [Field(name, {}, required=name in needed) for name in sorted(mapping.used)]
    texts = set(mapping.free_text)
    found = [replace(one, privacy="free_text") if one.name in texts else one for one in found]
    found += [Field(name, {}, "free_text") for name in sorted(texts - mapping.used)]
    return (*found, *(Field(name, {}, "personal") for name in mapping.drop))


def read_contract(
    database: Database, source: str, expected: Iterable[Field], now: int, timezone: str
) -> SourceContract:
    """Return the contract of a registered feed at an instant.

    Args:
        database: The journal's.
        source: Feed.
        expected: Its allow-list.
        now: Epoch µs.
        timezone: Zone of local days.

    Raises:
        Unavailable: When the journal cannot be read now.
    """
    latest = "SELECT at_us FROM batches WHERE source = ? ORDER BY at_us DESC LIMIT ?"
    batches = [row["at_us"] for row in database.rows(latest, source, RECENT_BATCHES)]
    earliest = "SELECT at_us FROM batches WHERE source = ? ORDER BY at_us LIMIT ?"
    begun_us = [row["at_us"] for row in database.rows(earliest, source, RECENT_BATCHES)]
    window = window_of(batches, begun_us)
    columns = "field, state, n, batches, first_us, last_us"
    remarks = database.rows(f"SELECT {columns} FROM source_fields WHERE source = ?", source)  # noqa: S608
    held = database.row("SELECT accepted, period_s FROM sources WHERE source = ?", source)
    accepted, period_s = (held["accepted"], held["period_s"]) if held else (0, 0)
    since = (now - (WEEKS * 7 + SHOWN_DAYS + 2) * DAY_US) // QUARTER_US
    volume = "SELECT quarter, records FROM source_volume WHERE source = ? AND quarter >= ?"
    quarters = {row["quarter"]: row["records"] for row in database.rows(volume, source, since)}
    begun = "SELECT min(quarter) AS quarter FROM source_volume WHERE source = ?"
    row = database.row(begun, source)
    began = None if row is None or row["quarter"] is None else row["quarter"] * QUARTER_US
    return SourceContract(
        fields=view_fields(expected, [Remarked(**dict(one)) for one in remarks], window, accepted),
        days=judge_days(
            local_days(quarters, timezone),
            None if began is None else at_local(began, timezone).date(),
            at_local(now, timezone).date(),
            weekly=period_s <= WEEK_S,
        ),
        since_us=window.since_us,
    )


# --- Judging -----------------------------------------------------------------------------------


def window_of(batches_us: Sequence[int], begun_us: Sequence[int]) -> Window:
    """Return the recent batches: the last ten, or a day of them if that reaches further back.

    Of more than ten a day, the first ten are past at once: how the feed is, not news.

    Args:
        batches_us: Of the latest batches, newest first, at most ten.
        begun_us: Of the feed's first batches that are still known, oldest first, at most ten.
    """
    if not batches_us or not begun_us:
        return Window(None, 0)
    newest_us = batches_us[0]
    since_us = min(batches_us[-1], newest_us - DAY_US)
    if batches_us[-1] > since_us:
        since_us = max(since_us, begun_us[-1] + 1)
    return Window(since_us if begun_us[0] < since_us <= newest_us else None, newest_us)


def drift_of(one: Remarked, window: Window) -> Drift:
    """Say whether a field is new, or gone, since the batches before the window.

    Gone means: a whole file is without it for the first time; or, for what nobody expects, seen in
    several batches and now unseen for much longer than between two sightings.
    """
    if window.since_us is None:
        return ""
    if one.state == "missing":  # rows without it say nothing of the others
        return ""
    if one.state == "absent":
        return "gone" if one.first_us >= window.since_us else ""
    if one.first_us >= window.since_us:
        return "new"
    silent_us = window.newest_us - one.last_us
    if one.last_us >= window.since_us or one.batches < REGULAR or silent_us > OLD_US:
        return ""
    usual_us = (one.last_us - one.first_us) / (one.batches - 1)
    return "gone" if silent_us > REGULAR * usual_us else ""


def view_fields(
    expected: Iterable[Field], remarked: Iterable[Remarked], window: Window, accepted: int
) -> tuple[FieldView, ...]:
    """Return expected fields, then those nobody expects, each with what was seen of it."""
    views = {
        one.name: FieldView(
            name=one.name,
            meaning=one.meaning,
            privacy=one.privacy,
            expected=True,
            required=one.required,
            seen=_seen_at_first(one, accepted),
        )
        for one in expected
    }
    for one in sorted(remarked, key=lambda one: (one.field, one.state)):
        held = views.get(one.field) or FieldView(one.field, {}, "", expected=False, required=False)
        last_us = max(one.last_us, held.last_us or 0)
        drift = drift_of(one, window) or held.drift
        if one.state in {"missing", "absent"}:
            held = replace(held, missing=held.missing + one.n)
        else:
            held = replace(held, seen=(held.seen or 0) + one.n)
        views[one.field] = replace(held, last_us=last_us, drift=drift)
    return tuple(views.values())


def _seen_at_first(one: Field, accepted: int) -> int | None:
    if one.privacy in {"personal", "agent"}:
        return 0
    return accepted if one.required else None


def local_days(quarters: Mapping[int, int], timezone: str) -> dict[date, int]:
    """Return records by local day from records by quarter of an hour (since the epoch)."""
    if not quarters:
        return {}
    starts = np.array(sorted(quarters), np.int64)
    days = local_us(starts * QUARTER_US, timezone) // DAY_US
    found: Counter[date] = Counter()
    for quarter, day in zip(starts.tolist(), days.tolist(), strict=True):
        found[EPOCH.date() + timedelta(days=day)] += quarters[quarter]
    return dict(found)


def judge_day(
    day: date, records: int, history: Sequence[int], *, goes_on: bool = False
) -> DayVolume:
    """Return a day's records against its history, with a band that a few odd weeks do not move.

    The band is the median, three robust standard deviations on each side; a deviation is at least
    what counting alone gives (the square root of the median), so that small counts are not judged.
    """
    if len(history) < LEAST_WEEKS:
        return DayVolume(day, records, None, None, None, len(history), "unknown")
    middle = float(median(history))
    spread = NORMAL * float(median(abs(one - middle) for one in history))
    reach = BAND * max(spread, math.sqrt(middle), 1.0)
    low, high = max(0.0, middle - reach), middle + reach
    verdict: Verdict = "normal"
    if records > high:
        verdict = "high"
    elif records < low and not goes_on:
        verdict = "low"
    return DayVolume(day, records, middle, low, high, len(history), verdict)


def judge_days(
    by_day: Mapping[date, int],
    first: date | None,
    today: date,
    *,
    shown: int = SHOWN_DAYS,
    weekly: bool = True,
) -> tuple[DayVolume, ...]:
    """Return the last days, newest first, each against the same weekday of eight weeks before.

    A day without any record counts as none; the day of the very first record counts for nothing,
    since the feed began within it. A feed that comes more rarely than every week (not ``weekly``)
    has no usual weekday, hence no verdict.
    """
    if first is None:
        return ()
    found = []
    for back in range(shown):
        day = today - timedelta(days=back)
        if day < first:
            break
        before = [day - timedelta(weeks=week) for week in range(1, WEEKS + 1)]
        history = [by_day.get(one, 0) for one in before if one > first and weekly]
        found.append(judge_day(day, by_day.get(day, 0), history, goes_on=back == 0))
    return tuple(found)
