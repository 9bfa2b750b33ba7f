"""Sums of facts by cell, kind and source for whole days, months and years: maps of long windows.

A window of years is made of years, months and days that lie wholly within it and of the facts of
the two days that it cuts. A file carries in its name the fingerprint of the fact files it was made
from, as the cube's do, those of all its days together: any change of one of them makes its day,
month and year untrue at that moment, and the next smaller ones are read until they are made anew.
So sums cannot disagree with the facts; the worst that late ones can be is slow.

A file holds its facts by cell of resolution 10 and again by cell of resolution 8, whose indexes are
all smaller: sorted by cell, in small groups of rows, a box reads its own cells only. Months and
years have a second file that sums over all sources, for whoever asks for no source.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from vigie.lake.cubes import HOUR_US, by_part, fingerprint
from vigie.lake.layout import PART, DataFile, write_sorted
from vigie.lake.making import due, lasts
from vigie.lake.sources import Source, part_range
from vigie.lake.statements import get_statement
from vigie.lake.table import LakeTable, Version

if TYPE_CHECKING:
    from vigie.lake.engine import Engine

SUMS = "sums"
BY_SOURCE: Final = "s"
OF_ALL: Final = "a"
GROUP_ROWS = 8_192
"""Few, so that a close box reads little: a street's facts of a month stand in one or two groups."""
_YEAR, _MONTH, _DAY = 4, 7, 10
_HOURS_BEFORE = 20_000_000
"""Hours from long before the first year to 1970: a name holds no sign."""


def sums_schema() -> pa.Schema:
    """Return the schema of the stored sums."""
    return get_statement("sums_rebuild").returns


@dataclass(frozen=True, slots=True)
class Held:
    """The sums of a day, month or year that are true of the facts.

    Attributes:
        files: All of them.
        first_us: No fact of it is before; a whole hour.
        end_us: Every fact of it is before; a whole hour.
    """

    files: tuple[DataFile, ...]
    first_us: int
    end_us: int

    def within(self, first_us: int, end_us: int) -> bool:
        """Say whether all of its facts lie in a window."""
        return first_us <= self.first_us and self.end_us <= end_us

    def beside(self, first_us: int, end_us: int) -> bool:
        """Say whether none of them does."""
        return self.end_us <= first_us or end_us <= self.first_us


@dataclass(frozen=True, slots=True)
class Spans:
    """The facts of a version by day, month and year.

    Attributes:
        parts: Fact files by day.
        below: Months by year and days by month, in order.
        prints: Fingerprint of the facts of each day, month and year.
    """

    parts: dict[str, list[DataFile]]
    below: dict[str, list[str]]
    prints: dict[str, str]

    @property
    def years(self) -> list[str]:
        """The years that have facts, in order."""
        return [one for one in self.below if len(one) == _YEAR]

    @property
    def months(self) -> list[str]:
        """The months that have facts, in order."""
        return [one for one in self.below if len(one) == _MONTH]


@lru_cache(maxsize=4)
def spans_of(facts: Version) -> Spans:
    """Return the days, months and years of a version of the facts."""
    parts = dict(sorted(by_part(facts.files).items()))
    prints = {part: fingerprint(files) for part, files in parts.items()}
    below: defaultdict[str, list[str]] = defaultdict(list)
    for length, shorter in ((_DAY, _MONTH), (_MONTH, _YEAR)):
        for span in sorted(one for one in prints if len(one) == length):
            below[span[:shorter]].append(span)
        for span in [one for one in below if len(one) == shorter]:
            text = "\n".join(f"{one} {prints[one]}" for one in below[span])
            prints[span] = hashlib.blake2b(text.encode(), digest_size=10).hexdigest()
    return Spans(parts, dict(below), prints)


@dataclass(frozen=True, slots=True)
class Standing:
    """How sums stand to a version of the facts.

    Attributes:
        spans: The facts.
        held: True sums by day, month or year, and by form.
        alone: Sums of single files of days that have no true ones, by the file's path.
    """

    spans: Spans
    held: dict[tuple[str, str], Held]
    alone: dict[str, Held]

    def of(self, span: str, form: str) -> Held | None:
        """Return the true sums of a day, month or year, by source if there are no others."""
        return self.held.get((span, form)) or self.held.get((span, BY_SOURCE))

    def stale_days(self) -> dict[str, list[DataFile]]:
        """Return the fact files of the days without true sums."""
        return {day: f for day, f in self.spans.parts.items() if (day, BY_SOURCE) not in self.held}

    def left(self) -> dict[str, list[DataFile]]:
        """Return the files of the days without true sums that have none of their own either."""
        stale = self.stale_days()
        return {day: [f for f in fs if f.path not in self.alone] for day, fs in stale.items()}

    def unmade(self, length: int) -> list[str]:
        """Return the months (or years) that can be made of what is below them.

        The newest one changes with each fact: its days stand for it.
        """
        below = self.spans.below
        return [
            span
            for span in (self.spans.years if length == _YEAR else self.spans.months)[:-1]
            if not all((span, form) in self.held for form in (BY_SOURCE, OF_ALL))
            and all((one, BY_SOURCE) in self.held for one in below[span])
        ]


@lru_cache(maxsize=4)
def standing(facts: Version, sums: Version) -> Standing:
    """Return how a version of the sums stands to one of the facts."""
    spans = spans_of(facts)
    found: defaultdict[tuple[str, str], list[DataFile]] = defaultdict(list)
    for file in sums.files:
        made_from, form, *_ = _told(file)
        if spans.prints.get(file.part) == made_from:
            found[file.part, form].append(file)
    held = {}
    for key, files in found.items():
        held[key] = _held(files)
    return Standing(spans, held, _alone(spans, held, sums))


def _alone(spans: Spans, held: Collection[tuple[str, str]], sums: Version) -> dict[str, Held]:
    made = defaultdict(list)
    for file in sums.files:
        if file.part in spans.parts and (file.part, BY_SOURCE) not in held:
            made[file.part, _told(file)[0]].append(file)
    lasting = [f for part, _ in made for f in spans.parts[part] if lasts(f)]
    there = {file.path: made.get((file.part, fingerprint([file]))) for file in lasting}
    return {path: _held(files) for path, files in there.items() if files}


def _held(files: list[DataFile]) -> Held:
    first, last = (int(one) - _HOURS_BEFORE for one in _told(files[0])[2:])
    return Held(tuple(files), first * HOUR_US, (last + 1) * HOUR_US)


def _told(file: DataFile) -> list[str]:
    """Return what a file's name tells: fingerprint, form, first and last hour."""
    return file.path.split("/")[-1].split("-")[:4]


def _stem(made_from: str, form: str, first_us: int, last_us: int) -> str:
    hours = (us // HOUR_US + _HOURS_BEFORE for us in (first_us, last_us))
    return "-".join([made_from, form, *map(str, hours)]) + "-"


# --- Reading -----------------------------------------------------------------------------------


def cover(
    now: Standing, first_us: int, end_us: int, form: str
) -> tuple[list[DataFile], list[DataFile]]:
    """Return the sums that make up a window, and the files of the facts that are in none of them.

    Args:
        now: How the sums stand to the facts.
        first_us: Begin of the window.
        end_us: Its end, exclusive.
        form: Sums by source, or over all of them where there are such.
    """
    bounds = part_range(first_us, end_us, thin=False)
    taken: list[DataFile] = []
    left: list[DataFile] = []

    def outside(span: str) -> bool:
        return bounds is not None and not (bounds[0][: len(span)] <= span <= bounds[1][: len(span)])

    def take(spans: list[str]) -> None:
        for span in spans:
            held = now.of(span, form)
            if outside(span) or (held is not None and held.beside(first_us, end_us)):
                continue
            if held is not None and held.within(first_us, end_us):
                taken.extend(held.files)
            elif span in now.spans.below:
                take(now.spans.below[span])
            else:
                take_alone(span)

    def take_alone(day: str) -> None:
        for file in now.spans.parts[day]:
            held = now.alone.get(file.path)
            if held is None or not (held.within(first_us, end_us) or held.beside(first_us, end_us)):
                left.append(file)
            elif held.within(first_us, end_us):
                taken.extend(held.files)

    take(now.spans.years)
    return taken, left


# --- Making ------------------------------------------------------------------------------------


def make_days(
    facts: LakeTable, sums: LakeTable, engine: Engine, days: Collection[str], *, felt: bool = False
) -> int:
    """Make the sums of some days anew, those that are still not true; under the sums' lock.

    Args:
        facts: The facts.
        sums: Their sums.
        engine: Sums.
        days: These days.
        felt: Only what is worth it while the day is fed: see ``making.due``.

    Returns:
        The number of days made.
    """
    stored = sums.current()
    now = standing(facts.current(), stored)
    left = {day: files for day, files in now.left().items() if day in days}
    found = due(now.spans.parts, left, felt=felt)
    if not found.sets:
        return 0
    added: list[DataFile] = []
    for group in found.rounds():
        sources = {"facts": facts.source([file for files in group.values() for file in files])}
        stems = {
            one[PART]: _stem(
                fingerprint(group[one[PART]]), BY_SOURCE, one["first_us"], one["last_us"]
            )
            for one in _run(engine, "part_hours", sources).to_pylist()
        }
        added += write_sorted(sums.drafts, _run(engine, "sums_rebuild", sources), stems, GROUP_ROWS)
    alone = (file for held in now.alone.values() for file in held.files)
    _put(sums, added, found.replaced(stored.files, alone))
    return len(found.parts)


def make_longer(facts: LakeTable, sums: LakeTable, engine: Engine, span: str) -> None:
    """Make the sums of a month or year of those below it; under the sums' lock."""
    now = standing(facts.current(), sums.current())
    if span not in now.unmade(len(span)):
        return
    added: list[DataFile] = []
    for form in (BY_SOURCE, OF_ALL):
        there = [held for one in now.spans.below[span] if (held := now.of(one, form)) is not None]
        first, end = min(one.first_us for one in there), max(one.end_us for one in there)
        sources = {SUMS: sums.source([file for one in there for file in one.files])}
        values = {"length": len(span), "by_source": form == BY_SOURCE}
        stems = {span: _stem(now.spans.prints[span], form, first, end - 1)}
        table = _run(engine, "sums_merged", sources, values)
        added += write_sorted(sums.drafts, table, stems, GROUP_ROWS)
    _put(sums, added, [file for file in sums.current().files if file.part == span])


def longer_spans(facts: LakeTable, sums: LakeTable) -> Iterator[str]:
    """Yield the months that lack sums, then the years, each to be made before the next is asked."""
    for length in (_MONTH, _YEAR):
        yield from standing(facts.current(), sums.current()).unmade(length)


def drop_untrue(facts: LakeTable, sums: LakeTable, *, everything: bool = False) -> None:
    """Drop the sums that are not true of the facts as they are, or all; under the sums' lock."""
    now = standing(facts.current(), sums.current())
    true = [*now.held.values(), *now.alone.values()]
    kept = set() if everything else {f.path for held in true for f in held.files}
    dead = [file for file in sums.current().files if file.path not in kept]
    if dead:
        _put(sums, [], dead)


def _run(
    engine: Engine,
    name: str,
    sources: Mapping[str, Source],
    values: Mapping[str, object] | None = None,
) -> pa.Table:
    statement = get_statement(name)
    return statement.finish(engine.run(statement, sources, (), {}, values or {}))


def _put(sums: LakeTable, added: list[DataFile], old: list[DataFile]) -> None:
    sums.commit(added, old, metadata={"vigie.operation": SUMS})
