"""Where the numbers of runs stand: a folder for each in the home, written whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from vigie.base.errors import NotFound

if TYPE_CHECKING:
    from vigie.foresight.forecasting.runs import Made

FOLDER = "forecasts"
SLOTS, PLACES, HISTORY, GRID, TOLD = (
    *("slots.parquet", "places.parquet", "history.parquet"),
    *("grid.json", "told.json"),
)
_PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class ForecastShelf:
    """The folders of the runs of a home."""

    home: Path

    @property
    def folder(self) -> Path:
        """Return the folder of all of them."""
        return self.home / FOLDER

    def put(self, name: str, made: Made, grid: dict[str, Any], told: dict[str, Any]) -> None:
        """Keep a run; the folder appears when everything is in it."""
        partial = self.folder / f"{name}{_PARTIAL}"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True, mode=0o700)
        for file, table in ((SLOTS, made.slots), (PLACES, made.places), (HISTORY, made.history)):
            pq.write_table(table, partial / file, compression="zstd")
        for file, values in ((GRID, grid), (TOLD, told)):
            text = json.dumps(values, ensure_ascii=False, allow_nan=False)
            (partial / file).write_text(text, encoding="utf-8")
        partial.rename(self.folder / name)

    def table(self, name: str, file: str, **equal: str) -> pa.Table:
        """Return a table of a run, or its rows of one kind or place.

        Raises:
            NotFound: When the run is not kept any more.
        """
        path = self.folder / name / file
        if not path.is_file():
            raise NotFound(what="forecast", name=name)
        filters = [(column, "=", value) for column, value in equal.items()]
        return pq.read_table(path, filters=filters or None)

    def told(self, name: str, file: str = TOLD) -> dict[str, Any]:
        """Return what a run tells besides its tables.

        Raises:
            NotFound: When the run is not kept any more.
        """
        path = self.folder / name / file
        if not path.is_file():
            raise NotFound(what="forecast", name=name)
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def keep_only(self, names: Iterable[str]) -> int:
        """Delete the folders of all runs but these; returns how many.

        A folder of a run that is being written bears the name of its run, which has a row by then.
        """
        if not self.folder.is_dir():
            return 0
        kept = set(names)
        gone = [
            path for path in self.folder.iterdir() if path.name.removesuffix(_PARTIAL) not in kept
        ]
        for path in gone:
            shutil.rmtree(path, ignore_errors=True)
        return len(gone)
