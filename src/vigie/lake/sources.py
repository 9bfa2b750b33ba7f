"""What an engine reads: the files of a table at one version, and views made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyarrow as pa

from vigie.base.clock import from_us
from vigie.lake.files import TableFiles
from vigie.lake.layout import DataFile

_DAY_US = 86_400_000_000
_FIRST_US = -62_135_596_800_000_000 + _DAY_US
_LAST_US = 253_402_300_799_000_000 - 2 * _DAY_US
LOCAL = timedelta(hours=14)
"""How far a local clock lies from UTC at most."""


@dataclass(frozen=True, slots=True)
class Source:
    """Some files of one table version, with the schema they are read in."""

    at: TableFiles
    schema: pa.Schema
    files: tuple[DataFile, ...]

    @property
    def folder(self) -> Path:
        """What the paths of files are relative to."""
        return self.at.folder

    def paths(self) -> list[str]:
        """Return the absolute path of each file, which is at hand then."""
        self.at.at_hand([file.path for file in self.files])
        return [str(self.folder / file.path) for file in self.files]

    def missing(self) -> list[str]:
        """Return the files that are not where they are read from."""
        return [file.path for file in self.files if not (self.folder / file.path).exists()]


def are_gone(sources: Iterable[Source]) -> bool:
    """Say whether files of a snapshot are gone for good: erased, or replaced long ago."""
    return any(missing and one.at.gone(missing) for one in sources if (missing := one.missing()))


@dataclass(frozen=True, slots=True)
class Derived:
    """A view over other views, in DuckDB's dialect."""

    name: str
    sql: str


def part_range(from_us_: int | None, to_us_: int | None, *, thin: bool) -> tuple[str, str] | None:
    """Return the parts (inclusive) that can hold local days of a window of UTC instants.

    Local clocks lie at most 14 hours from UTC: a day more on either side would be read for nothing.
    """
    if from_us_ is None and to_us_ is None:
        return None
    low = max(_FIRST_US, min(_FIRST_US if from_us_ is None else from_us_, _LAST_US))
    high = max(_FIRST_US, min(_LAST_US if to_us_ is None else to_us_, _LAST_US))
    first = (from_us(low) - LOCAL).date().isoformat()
    last = (from_us(high) + LOCAL).date().isoformat()
    return (first[:7], last[:7]) if thin else (first, last)
