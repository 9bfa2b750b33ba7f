"""The Python door: three lines in a notebook.

```python
import vigie
v = vigie.open("home")
v.facts(days=30, kind="offence").to_geopandas()
```

An analysis answers with its table, base and limits, and shows itself:

```python
answer = v.analyse("near_repeat", days=90, kind="offence.property.theft")
answer.chart()
```
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

import pyarrow as pa

from vigie.analyse.analysis import Analysis, Frame, get_analysis
from vigie.analyse.map_layer import feature_collection
from vigie.analyse.running import Answer, Selection, run_analysis, select_facts
from vigie.base.clock import require_aware, to_us
from vigie.base.errors import VigieError, WrongUsage
from vigie.foresight.agenda import AgendaDay
from vigie.geo.zonings import Zoning
from vigie.model.contracts import CONTRACTS
from vigie.privacy.purposes import Verb
from vigie.situation.beside import ask_beside
from vigie.situation.caller import Caller
from vigie.situation.home import Home, open_home
from vigie.situation.local import local_caller
from vigie.situation.questions.asking import titled
from vigie.situation.tomorrow.agenda import agenda_days

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

DAY_US = 86_400_000_000
PRIVATE = ("part",)
VEGA_LITE = "application/vnd.vegalite.v5+json"
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"

When = datetime | date | str | None


class Records:
    """Records of one kind, as Arrow, pandas or GeoPandas.

    Attributes:
        kind: Record kind.
        table: The Arrow table.
    """

    def __init__(self, kind: str, table: pa.Table) -> None:
        self.kind = kind
        self.table = table

    def __len__(self) -> int:
        """Return how many records there are."""
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        """Say what it is."""
        return f"<{len(self)} {self.kind}, {self.table.num_columns} columns>"

    def to_arrow(self) -> pa.Table:
        """Return the Arrow table."""
        return self.table

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas data frame; times are aware UTC."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    def to_geopandas(self) -> geopandas.GeoDataFrame:
        """Return a GeoPandas data frame in WGS 84: the geometry where there is one, else the point.

        Records without a place have an empty geometry; none is left out.
        """
        import geopandas
        import shapely

        frame = self.table.to_pandas()
        points = shapely.points(frame["lon"].to_numpy(float), frame["lat"].to_numpy(float))
        points[frame["lon"].isna().to_numpy()] = None
        if "geometry" in frame:
            drawn = shapely.from_wkb(frame.pop("geometry").to_numpy())
            points = [p if d is None else d for d, p in zip(drawn, points, strict=True)]
        return geopandas.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")


class Chart(dict[str, Any]):
    """A Vega-Lite specification with its data; a notebook draws it."""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Return what a notebook draws, and a word for those that cannot."""
        rows = len(self["data"]["values"])
        return {VEGA_LITE: dict(self), "text/plain": f"<chart of {rows} rows>"}


@dataclass(frozen=True, slots=True)
class Reply(Answer):
    """An answer in a notebook: its rows as a data frame, a chart, a map layer.

    Attributes:
        declared: The analysis that was asked; codes of feeds have their titles for words.
        zoning: Where its zones are, or None.
        language: Of words in a chart, unless another is asked for.
    """

    declared: Analysis
    zoning: Zoning | None
    language: str = "fr"

    def __len__(self) -> int:
        """Return how many rows there are."""
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        """Say what it rests on before anything else."""
        words = f"{len(self)} rows, base {self.base} facts, {self.withheld} rows withheld"
        return f"<{self.analysis}: {words}>"

    def to_arrow(self) -> pa.Table:
        """Return the rows as an Arrow table."""
        return self.table

    def to_pandas(self, *, words: str = "") -> pd.DataFrame:
        """Return the rows as a pandas data frame; withheld numbers are missing.

        Args:
            words: ``fr`` or ``en``: codes and feeds told by their words and titles, columns by
                their labels. Empty: codes and names.
        """
        if not words:
            frame: pd.DataFrame = self.table.to_pandas()
            return frame
        import pandas as pd

        labels = {one.name: one.en if words == "en" else one.fr for one in self.declared.columns}
        told = pd.DataFrame(self._told(words), columns=self.table.column_names)
        return told.rename(columns=labels)

    def _told(self, language: str) -> list[dict[str, Any]]:
        """Return the rows with what codes mean instead of them."""
        at, columns = int(language == "en"), self.declared.columns
        words = {c.name: {code: pair[at] for code, pair in c.words.items()} for c in columns}
        return [
            {name: words.get(name, {}).get(value, value) for name, value in row.items()}
            for row in self.table.to_pylist()
        ]

    def to_geopandas(self) -> geopandas.GeoDataFrame:
        """Return the rows with their zone or cell, WGS 84; a withheld place has no geometry.

        Raises:
            WrongUsage: When the analysis has no place.
        """
        import geopandas
        from shapely.geometry import shape

        column = self.declared.geo_column
        if column is None:
            raise WrongUsage(reason=f"{self.analysis}: no place")
        layer = feature_collection(self.table, column, self.zoning)["features"]
        drawn = [None if f["geometry"] is None else shape(f["geometry"]) for f in layer]
        return geopandas.GeoDataFrame(self.to_pandas(), geometry=drawn, crs="EPSG:4326")

    def chart(self, *, words: str = "") -> Chart:
        """Return the chart of the console, as Vega-Lite with the rows in it.

        Args:
            words: ``fr`` or ``en``: what codes and feeds are told in; empty: the home's language.

        Raises:
            WrongUsage: When the analysis has no chart.
        """
        if not self.declared.chart:
            raise WrongUsage(reason=f"{self.analysis}: no chart")
        coded = [n for n in self.table.column_names if f"datum.{n} ==" in str(self.declared.chart)]
        codes = [{name: row[name] for name in coded} for row in self.table.to_pylist()]
        rows = [
            {n: v.isoformat() if isinstance(v, date) else v for n, v in (told | kept).items()}
            for told, kept in zip(self._told(words or self.language), codes, strict=True)
        ]
        return Chart({"$schema": SCHEMA, "data": {"values": rows}, **self.declared.chart})


class Door:
    """A home seen from Python: read facts, measures, plans, places, means; ask analyses."""

    def __init__(self, home: Home, caller: Caller | None = None) -> None:
        self.home = home
        self.caller = caller or local_caller(home)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Let go of the home."""
        self.home.close()

    def _us(self, when: When) -> int | None:
        if when is None:
            return None
        zone = ZoneInfo(self.home.settings.city.timezone)
        if isinstance(when, str):
            try:
                when = datetime.fromisoformat(when)
            except ValueError as error:
                raise WrongUsage(reason=f"{when}: ISO 8601") from error
        if not isinstance(when, datetime):
            when = datetime.combine(when, time(), tzinfo=zone)
        return to_us(require_aware(when if when.tzinfo else when.replace(tzinfo=zone)))

    def _window(self, kind: str, start: When, end: When, days: float | None) -> tuple[int, int]:
        extent = self.home.lake.extent(kind) or (0, DAY_US)
        to = self._us(end)
        last = extent[1] + 1 if to is None else to
        first = self._us(start)
        if first is None:
            first = extent[0] if days is None else last - int(days * DAY_US)
        return first, last

    def facts(
        self,
        start: When = None,
        end: When = None,
        *,
        days: float | None = None,
        kind: str | Sequence[str] = (),
        source: str | Sequence[str] = (),
        severity_min: int = 0,
        zone: str | None = None,
    ) -> Records:
        """Return facts, as the caller's role may see them: what it may not is null or left out.

        Args:
            start: First instant; a date or a time without zone is the city's local time.
            end: Instant after the last; default: the end of the data.
            days: Instead of ``start``: how many days before the end.
            kind: Taxonomy codes, each with its branch.
            source: Feeds.
            severity_min: Least severity.
            zone: ``zoning:zone_id``.

        Raises:
            WrongUsage: When a time cannot be read.
            NotFound: When the zone does not exist.
            Forbidden: When the role may not see facts for this purpose.
        """
        first, last = self._window("facts", start, end, days)
        selection = self._selection(
            first, last, kind=kind, source=source, severity_min=severity_min, zone=zone
        )
        view = self.home.rights.ask(self.caller, "facts", subject=selection.subject())
        selection = view.select(selection)
        columns = [name for name in CONTRACTS["facts"].names() if name not in PRIVATE]
        table = select_facts(self.home.lake, selection, columns, self.home.frame.zonings)
        return Records("facts", view.rows(table))

    def records(
        self, kind: str, start: When = None, end: When = None, *, days: float | None = None
    ) -> Records:
        """Return measures, plans, places or means of a window."""
        if kind not in CONTRACTS:
            raise WrongUsage(reason=f"{kind}: {', '.join(CONTRACTS)}")
        first, last = self._window(kind, start, end, days)
        asked = {"from_us": first, "to_us": last}
        view = self.home.rights.ask(self.caller, kind, subject=asked)
        table = view.rows(self.home.lake.scan(kind, from_us=first, to_us=last))
        return Records(kind, table.drop_columns([c for c in PRIVATE if c in table.column_names]))

    def analyse(
        self,
        name: str,
        start: When = None,
        end: When = None,
        *,
        days: float | None = None,
        kind: str | Sequence[str] = (),
        source: str | Sequence[str] = (),
        severity_min: int = 0,
        zone: str | None = None,
        **params: Any,
    ) -> Reply:
        """Run an analysis and return its answer: table, base, withheld rows, limits, chart, map.

        Args:
            name: Name of the analysis.
            start: First instant; a date or a time without zone is the city's local time.
            end: Instant after the last; default: the end of the data.
            days: Instead of ``start``: how many days before the end.
            kind: Taxonomy codes, each with its branch.
            source: Feeds.
            severity_min: Least severity.
            zone: ``zoning:zone_id``.
            params: The analysis's own parameters.

        Raises:
            WrongUsage: When a parameter is unknown or out of range, or the period is empty.
            NotFound: When there is no such analysis, zoning or zone.
            Forbidden: When the role may not ask it for this purpose.
        """
        first, last = self._window("facts", start, end, days)
        selection = self._selection(
            first, last, kind=kind, source=source, severity_min=severity_min, zone=zone
        )
        asked = {**selection.subject(), "analysis": name}
        view = self.home.rights.ask(self.caller, "figures", Verb.COMBINE, subject=asked)
        frame = Frame(
            timezone=self.home.settings.city.timezone,
            from_us=first,
            to_us=last,
            zonings=self.home.frame.zonings,
            country=self.home.settings.forecast.country,
            streets=self.home.frame.streets,
        )
        chosen = get_analysis(self.home.analyses, name)
        keep = ask_beside(self.home, self.caller, chosen, asked)
        answer = run_analysis(
            *(chosen, self.home.lake, view.select(selection), params, frame),
            beside=keep,
            least=view.least,
        )
        usual = chosen.parameters.model_fields.get("zoning")
        zoning = params.get("zoning", "" if usual is None else usual.default)
        told = {part.name: getattr(answer, part.name) for part in fields(answer)}
        told |= {"declared": titled(self.home, chosen, answer)}
        told |= {"zoning": self.home.frame.zonings.get(zoning)}
        return Reply(**told, language=self.home.settings.language)

    def agenda(self, first: date | None = None, days: int = 30) -> list[AgendaDay]:
        """Return the agenda, from today unless told otherwise."""
        return agenda_days(self.home, self.caller, first, days)[1]

    @staticmethod
    def _selection(
        first: int,
        last: int,
        *,
        kind: str | Sequence[str],
        source: str | Sequence[str],
        severity_min: int,
        zone: str | None,
    ) -> Selection:
        zoning, _, zone_id = (zone or "").partition(":")
        return Selection(
            from_us=first,
            to_us=last,
            kinds=(kind,) if isinstance(kind, str) else tuple(kind),
            sources=(source,) if isinstance(source, str) else tuple(source),
            severity_min=severity_min,
            zone=(zoning, zone_id) if zone else None,
        )


def open(  # noqa: A001 - vigie.open is the contract
    home: str | Path = "home", *, role: str = "", purpose: str = "", reason: str = ""
) -> Door:
    """Open a home for reading in Python, as one of the charter's roles.

    The charter binds what is read through this door, and each restricted read leaves a line in the
    audit. Whoever may read the files themselves is bound by their permissions alone.

    Args:
        home: The folder.
        role: Role to act with; empty takes the setting ``rights.local_role``.
        purpose: What for; empty takes the first purpose of the role that opens what is asked.
        reason: Why, where the charter wants to know.

    Raises:
        HomeInvalid: When the folder is no Vigie home.
        WrongUsage: When there is no such role.
        PurposeRefused: When the purpose is none of the role's.
    """
    opened = open_home(Path(home))
    try:
        return Door(opened, local_caller(opened, role=role, purpose=purpose, reason=reason))
    except VigieError:
        opened.close()
        raise


__all__ = ["Chart", "Door", "Records", "Reply", "open"]
