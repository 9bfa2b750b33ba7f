"""The ledger of privacy loss: what was told under noise, and how much may still be told.

A figure with noise of parameter epsilon changes anybody's odds about one fact by a factor of at
most e^epsilon; figures about the same fact add up. A fact belongs to one ISO week: each data set
has an allowance by week and one by year (law reference, 3.2). The ledger is a value. Epsilon is
counted in thousandths, as integers, so sums are exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

LIMITS = MappingProxyType({"week": 1_000, "year": 20_000})
"""Most that may be spent on a data set, in thousandths of epsilon, by ISO week and ISO year."""


class BudgetSpent(ValueError):
    """The allowance of a week or a year does not suffice."""


@dataclass(frozen=True, slots=True)
class Spending:
    """What one release costs, in thousandths, of the ISO week that its facts belong to."""

    dataset: str
    year: int
    week: int
    release: str
    cost: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that was ever spent, in order."""

    lines: tuple[Spending, ...] = ()

    def left(self, dataset: str, year: int, week: int) -> tuple[int, int]:
        """Return what is left of a data set's week and of its year, in thousandths."""
        of_year = [one for one in self.lines if (one.dataset, one.year) == (dataset, year)]
        of_week = sum(one.cost for one in of_year if one.week == week)
        return LIMITS["week"] - of_week, LIMITS["year"] - sum(one.cost for one in of_year)


def spend(ledger: Ledger, spending: Spending) -> Ledger:
    """Return the ledger with one line more.

    Raises:
        BudgetSpent: When the week's or the year's allowance does not suffice.
        ValueError: A cost that is not positive, a week that is none, a release already told.
    """
    date.fromisocalendar(spending.year, spending.week, 1)
    names = {(one.dataset, one.year, one.week, one.release) for one in ledger.lines}
    if spending.cost < 1 or (
        (spending.dataset, spending.year, spending.week, spending.release) in names
    ):
        msg = f"{spending.release} costs nothing or was told already"
        raise ValueError(msg)
    week, year = ledger.left(spending.dataset, spending.year, spending.week)
    if spending.cost > min(week, year):
        msg = f"{spending.cost} asked, left: week {week}, year {year}"
        raise BudgetSpent(msg)
    return Ledger((*ledger.lines, spending))


def replay(lines: Iterable[Spending]) -> Ledger:
    """Return the ledger of lines read back, each spent again; raises as ``spend``."""
    ledger = Ledger()
    for line in lines:
        ledger = spend(ledger, line)
    return ledger
