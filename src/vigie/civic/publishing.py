"""Publishing: a week's table is drawn once, stored, and answered from the store for ever.

``civic/releases/TABLE/2026-W10.json`` holds a release, ``civic/budget.jsonl`` the ledger, one line
for each. The line is on disk before the release can be read: a stop in between leaves a release
that was drawn and paid for and that the next run brings out, unchanged.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock

from vigie.analyse.partitions import count_partition, rows_of
from vigie.audit.line import Line, Writer
from vigie.base.clock import Clock, now_us, to_rfc3339
from vigie.base.errors import Conflict, NotFound, StoreBroken, WrongUsage
from vigie.civic.noise import stated_loss
from vigie.civic.tables import DELAY_DAYS, PUBLIC_TABLES, PublicTable, make_figures
from vigie.geo.zonings import Zoning
from vigie.lake.store import Lake
from vigie.model.times import at_local
from vigie.privacy.budget import LIMITS, BudgetSpent, Ledger, Spending, replay, spend
from vigie.privacy.disclosure import threshold
from vigie.privacy.purposes import Purpose, Verb
from vigie.privacy.suppression import Key

FOLDER = "civic"
_WEEK_DAYS = 7

Release = dict[str, Any]
Week = tuple[int, int]
Count = Callable[[PublicTable, Week], tuple[Mapping[Key, int], Mapping[str, str]]]


def week_name(week: Week) -> str:
    """Return an ISO week as ``2026-W10``."""
    return f"{week[0]:04d}-W{week[1]:02d}"


def parse_week(text: str) -> Week:
    """Return the ISO year and week of ``2026-W10``.

    Raises:
        WrongUsage: When it is none.
    """
    year, _, number = text.partition("-W")
    try:
        week = int(year), int(number)
        date.fromisocalendar(*week, 1)
    except ValueError as error:
        raise WrongUsage(reason=f"{text[:20]}: 2026-W10", field="week") from error
    return week


class Shelf:
    """The stored releases and the ledger of a home.

    Attributes:
        folder: The home's ``civic`` folder; made at the first release.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER

    def path(self, table: str, week: Week) -> Path:
        """Return where a release is kept."""
        return self.folder / "releases" / table / f"{week_name(week)}.json"

    def weeks(self, table: str) -> list[str]:
        """Return the names of the weeks released, oldest first."""
        return sorted(path.stem for path in self.path(table, (1, 1)).parent.glob("*-W*.json"))

    def read(self, table: str, week: Week) -> Release:
        """Return a stored release.

        Raises:
            NotFound: When there is none.
        """
        path = self.path(table, week)
        if table not in PUBLIC_TABLES or not path.is_file():
            raise NotFound(what="release", name=f"{table[:40]} {week_name(week)}")
        release: Release = json.loads(path.read_text(encoding="utf-8"))
        return release

    def ledger(self) -> Ledger:
        """Return the ledger, each line spent again.

        Raises:
            StoreBroken: When a line cannot be read or the whole could never have been spent.
        """
        path = self.folder / "budget.jsonl"
        if not path.is_file():
            return Ledger()
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
            return replay(Spending(**json.loads(line)) for line in lines)
        except (ValueError, TypeError) as error:
            raise StoreBroken(store=path.name, reason=str(error)) from error

    def keep(self, table: str, week: Week, release: Release, spending: Spending) -> None:
        """Store a release: aside, then the ledger's line, then in sight, each on disk in turn."""
        path = self.path(table, week)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(self._aside(path), json.dumps(release, ensure_ascii=False, indent=1), "w")
        _write(self.folder / "budget.jsonl", json.dumps(asdict(spending)) + "\n", "a")
        self.bring_out(table, week)

    def bring_out(self, table: str, week: Week) -> None:
        """Bring a release that is drawn and paid for in sight."""
        path = self.path(table, week)
        self._aside(path).replace(path)

    @staticmethod
    def _aside(path: Path) -> Path:
        return path.with_suffix(".drawn")


def _write(path: Path, text: str, mode: str) -> None:
    with path.open(mode, encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def counting(lake: Lake, zonings: Mapping[str, Zoning], timezone: str) -> Count:
    """Return what counts the weeks of a lake.

    It raises ``NotFound`` for a table whose zoning this city does not have.
    """

    def count(table: PublicTable, week: Week) -> tuple[Mapping[Key, int], Mapping[str, str]]:
        if table.zoning and table.zoning not in zonings:
            raise NotFound(what="zoning", name=table.zoning)
        zoning = zonings[table.zoning] if table.zoning else None
        first = date.fromisocalendar(*week, 1)
        counts = count_partition(
            lake, zoning, table.columns, first=first, days=_WEEK_DAYS, timezone=timezone
        )
        return counts, rows_of(zoning)

    return count


@dataclass(frozen=True)
class Publisher:
    """Publishes the tables of a home.

    Attributes:
        shelf: Where releases are kept.
        count: Counts a table's week: the finest cells, and what each row is part of.
        timezone: The city's.
        clock: When it is.
        audit: Where a disclosure is written before it is made.
        who: Who publishes: a login, or the program.
    """

    shelf: Shelf
    count: Count
    timezone: str
    clock: Clock
    audit: Writer
    who: str = "vigie"

    def last_due(self) -> Week:
        """Return the newest week that may be told about: over, and the delay too."""
        today = at_local(now_us(self.clock), self.timezone).date()
        waited = today - timedelta(days=DELAY_DAYS)
        last = waited - timedelta(days=waited.weekday() + 1)
        year, number, _ = last.isocalendar()
        return year, number

    def publish(self, name: str, week: Week | None = None) -> Release:
        """Return the release of a table for a week, drawn now if it never was.

        Args:
            name: Name of a public table.
            week: ISO year and week; the newest that is due by default.

        Raises:
            NotFound: An unknown table, or a zoning that this city does not have.
            Conflict: The week is not over for long enough, or its allowance is spent.
            MissingPart: OpenDP is not installed; nothing goes out.
            Unavailable: The disclosure cannot be written down; nothing goes out.
        """
        if name not in PUBLIC_TABLES:
            raise NotFound(what="table", name=name[:40])
        table = PUBLIC_TABLES[name]
        due = self.last_due()
        week = week or due
        if week > due:
            raise Conflict(what="week", name=week_name(week))
        self.shelf.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.shelf.folder / ".lock"):
            if not self.shelf.path(name, week).is_file():
                self._draw(table, week)
        return self.shelf.read(name, week)

    def _draw(self, table: PublicTable, week: Week) -> None:
        ledger = self.shelf.ledger()
        spending = Spending(table.dataset, *week, table.name, table.cost)
        if spending in ledger.lines:
            self.shelf.bring_out(table.name, week)
            return
        try:
            spend(ledger, spending)
        except BudgetSpent as error:
            raise Conflict(str(error), what="budget", name=week_name(week)) from error
        release = self._release(table, week)
        self.audit.append(
            Line(
                at_us=now_us(self.clock),
                verb=Verb.DISCLOSE,
                who=self.who,
                role="system",
                purpose=Purpose.PUBLIC_INFORMATION,
                dataset="figures",
                subject={"table": table.name, "week": week_name(week), "cost": table.cost},
                recipient="public",
            )
        )
        self.shelf.keep(table.name, week, release, spending)

    def _release(self, table: PublicTable, week: Week) -> Release:
        counts, parents = self.count(table, week)
        figures = make_figures(counts, parents, table.cost)
        return {
            "table": table.name,
            "title": dict(table.title),
            "week": week_name(week),
            "released_at": to_rfc3339(now_us(self.clock)),
            "least": threshold("public"),
            "epsilon": stated_loss(table.cost),
            "figures": [
                {
                    "row": one.key[0],
                    "column": one.key[1],
                    "value": one.value,
                    "half_width": one.half_width,
                }
                for one in figures
            ],
        }


def budget_rows(shelf: Shelf) -> list[dict[str, Any]]:
    """Return what was spent and left of each week of which something was told, in epsilon.

    Raises:
        StoreBroken: When the ledger cannot be read.
    """
    ledger = shelf.ledger()
    rows = []
    for dataset, *week in sorted({(one.dataset, one.year, one.week) for one in ledger.lines}):
        week_left, year_left = ledger.left(dataset, *week)
        rows.append(
            {
                "dataset": dataset,
                "week": week_name((week[0], week[1])),
                "week_spent": (LIMITS["week"] - week_left) / 1000,
                "week_left": week_left / 1000,
                "year_spent": (LIMITS["year"] - year_left) / 1000,
                "year_left": year_left / 1000,
            }
        )
    return rows


def list_releases(shelf: Shelf) -> list[dict[str, Any]]:
    """Return the public tables with the weeks released, as the interface answers them."""
    return [
        {
            "table": table.name,
            "title": dict(table.title),
            "epsilon": table.cost / 1000,
            "weeks": shelf.weeks(table.name),
        }
        for table in PUBLIC_TABLES.values()
    ]
