"""Figures for who sees no facts: whole days, published zones, themes; each day told once.

With free windows, boxes and filters, two answers about nested selections could be subtracted and
leave a small group. So every answer is a sum of cells of the days' tables (zone by theme, with
totals). In each table the cells are withheld that are too small or would give a small one away; two
nested answers then differ by 0 or by the threshold at least. A day's table is made once, when the
day is over for a few hours, and kept: facts that come later move no figure, and asking again tells
nothing more (``civic/days`` in the home), until it ends with the last of its facts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from vigie.analyse.partitions import (
    OTHER,
    count_partition,
    rows_of,
    withheld_cells,
)
from vigie.base.clock import now_us
from vigie.base.errors import TooLarge, WrongUsage
from vigie.geo.zonings import Zoning
from vigie.model.taxonomy import THEMES
from vigie.model.times import at_local, day_bounds
from vigie.privacy.suppression import TOTAL, Key, lay_out
from vigie.situation.caller import Caller
from vigie.situation.day_shelf import Cells, DayShelf
from vigie.situation.filters import Filters
from vigie.situation.home import Home
from vigie.situation.retention.offices import DAY_FIGURES
from vigie.situation.rights import View

ZONING = "arrondissement"
"""The one zoning of these figures: another one, laid across it, would cut small groups out."""
DELAY_US = 6 * 3_600_000_000
"""After its end, until a day's table is made: late facts come in, and nobody sees them come."""
MAX_DAYS = 93
DEFAULT_DAYS = 7

Shown = Mapping[Key, int]


def sees_figures_only(home: Home, caller: Caller) -> bool:
    """Say whether a caller is told figures from the days' tables alone."""
    return not home.rights.may(caller, "facts")


@dataclass(frozen=True)
class DayFigures:
    """What may be told about a selection, day by day.

    Attributes:
        days: Days told about, oldest first; each is over.
        row: Zone, or ``TOTAL`` for the city.
        themes: Themes asked for; empty for all.
        tables: The cells shown, by day.
    """

    days: tuple[date, ...]
    row: str
    themes: tuple[str, ...]
    tables: tuple[Shown, ...]

    def counts(self, theme: str = "") -> list[int | None]:
        """Return the count of each day, None where it is withheld; of one theme or of those asked.

        Several themes are told when each of them is.
        """
        names = (theme,) if theme else self.themes or (TOTAL,)
        found = [[table.get((self.row, name)) for name in names] for table in self.tables]
        return [None if None in day else sum(n or 0 for n in day) for day in found]

    def sum(self, theme: str = "") -> tuple[int, int]:
        """Return the sum of the days that are told, and how many are withheld."""
        counts = self.counts(theme)
        return sum(n for n in counts if n is not None), counts.count(None)

    def by_theme(self) -> list[str]:
        """Return the themes asked for."""
        return list(self.themes or (*THEMES, OTHER))


def day_figures(home: Home, view: View, filters: Filters, *, shift_days: int = 0) -> DayFigures:
    """Return what may be told of a selection: the days that lie wholly in its window.

    The box of a map is left aside: the answer is about the zone, or the city. Without a window, the
    last seven days that are over.

    Args:
        home: The home.
        view: What the caller may see of the figures.
        filters: What is asked, before the view narrows it.
        shift_days: Days by which the window is moved.

    Raises:
        WrongUsage: A filter by source, severity, status, detailed kind or another zoning.
        TooLarge: More than 93 days.
    """
    row = _checked_row(filters)
    days = _days(home, filters, shift_days)
    if len(days) > MAX_DAYS:
        raise TooLarge(limit=MAX_DAYS)
    zoning = home.frame.zonings.get(ZONING)
    tables = tuple(_table(home, view, zoning, day) for day in days)
    return DayFigures(tuple(days), row, filters.kinds, tables)


def _checked_row(filters: Filters) -> str:
    finer = {
        "source": filters.sources,
        "severity_min": filters.severity_min,
        "status": filters.statuses,
        "kind": [kind for kind in filters.kinds if kind not in THEMES],
        "zone": filters.zoning is not None and filters.zoning.name != ZONING,
    }
    for field, asked in finer.items():
        if asked:
            raise WrongUsage(reason=f"{field}: not for figures without facts", field=field)
    return TOTAL if filters.zoning is None else filters.zoning.ids[filters.zone_index]


def _days(home: Home, filters: Filters, shift_days: int) -> list[date]:
    """Return the days that lie wholly in the window, that hold facts' times and are over."""
    timezone = home.settings.city.timezone
    extent = home.lake.extent("facts")
    if extent is None:
        return []
    over = at_local(now_us(home.clock) - DELAY_US, timezone).date()
    shift = timedelta(days=shift_days)
    last = over if filters.to_us is None else at_local(filters.to_us, timezone).date()
    first = last - timedelta(days=DEFAULT_DAYS)
    if filters.from_us is not None:
        first = at_local(filters.from_us, timezone).date()
        first += timedelta(days=day_bounds(first, timezone)[0] < filters.from_us)
    low = max(first + shift, at_local(extent[0], timezone).date(), _first_told(home))
    high = min(last + shift, over)
    return [low + timedelta(days=n) for n in range((high - low).days)]


def _first_told(home: Home) -> date:
    """Return the first day of which anything is told: a table that has ended is not made anew.

    Of its facts some may stand for longer than others, and two tables of one day could be
    subtracted.
    """
    book = home.retention.rulebook
    return at_local(book.before(book.rules[DAY_FIGURES], now_us(home.clock)), book.zone.key).date()


def _table(home: Home, view: View, zoning: Zoning | None, day: date) -> Shown:
    """Return a day's table as it was made once, or make it now."""
    shelf = DayShelf(home.path)
    path = shelf.path(_audience(view), day)
    if not path.is_file():
        shelf.keep(path, _make(home, view, zoning, day))
    cells: list[tuple[str, str, int]] = json.loads(path.read_text(encoding="utf-8"))
    return {(row, column): value for row, column, value in cells}


def _audience(view: View) -> str:
    """Return the name of those who are told the same: same threshold, feeds and zones."""
    limits = view.limits
    bounds = [None if one is None else sorted(one) for one in (limits.sources, limits.zones)]
    digest = hashlib.sha256(json.dumps(bounds).encode()).hexdigest()[:12]
    return f"least-{view.least}-{digest}"


def _make(home: Home, view: View, zoning: Zoning | None, day: date) -> Cells:
    timezone = home.settings.city.timezone
    counts = count_partition(
        home.lake, zoning, "theme", first=day, days=1, timezone=timezone, keep=view.keep
    )
    cells = lay_out(counts, rows_of(zoning))
    withheld = withheld_cells(cells, max(1, view.least))
    return [(*cell.key, cell.value) for cell in cells if cell.key not in withheld]
