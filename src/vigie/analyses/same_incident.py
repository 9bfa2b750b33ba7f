"""Which sources tell of the same incidents, how surely, how long after each other, and why?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn, Parameters
from vigie.analyse.points import to_metres
from vigie.analyse.row_keys import text_of
from vigie.base.remarks import remark
from vigie.judge.linkage import Links, Reports, clusters
from vigie.judge.linkage_fields import FIELDS, explained
from vigie.judge.linkage_spans import REPORT_READS, link_over_time, read_reports

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MINUTE_US = 60_000_000
KEEP = 0.1
"""Least probability of links from which incidents are gathered."""


class SameIncidentParameters(Parameters):
    """From which probability two reports count as linked."""

    least: float = Field(
        0.5,
        ge=0.1,
        le=0.99,
        title="Probabilité minimale / Least probability",
        description="Deux signalements sont liés dès cette probabilité de dire le même incident. /"
        " Two reports are linked from this probability of telling one incident.",
    )


def _reports(facts: pa.Table) -> tuple[Reports, Ints]:
    """Return the facts that have a place, in an order of their own, and which rows they are."""
    numbered = facts.append_column("row", pa.array(np.arange(facts.num_rows), pa.int64()))
    placed = numbered.filter(pc.and_(pc.is_valid(facts["lon"]), pc.is_valid(facts["lat"])))
    names = ("earliest_us", "latest_us", "lon", "lat", "source", "kind", "reported_at")
    table = placed.sort_by([(name, "ascending") for name in names])
    lon, lat = (np.asarray(table[name].to_numpy(), np.float64) for name in ("lon", "lat"))
    at = np.asarray(table["row"].to_numpy(), np.int64)
    return read_reports(table, *to_metres(lon, lat)), at


def _known_us(reports: Reports) -> Ints:
    """Return when each source got to know, or else the latest it can have happened."""
    return np.where(reports.reported_us > 0, reports.reported_us, reports.latest_us)


@dataclass(frozen=True, slots=True)
class _Compared:
    """Reports compared: the source of each, which pairs are linked, how many a source has."""

    reports: Reports
    links: Links
    names: list[str]
    code: Ints
    linked: npt.NDArray[np.bool_]
    many: Ints

    def between(self, a: int, b: int) -> npt.NDArray[np.bool_]:
        """Return which pairs are of two sources."""
        one, other = self.code[self.links.left], self.code[self.links.right]
        found = ((one == a) & (other == b)) | ((one == b) & (other == a))
        return np.asarray(found, np.bool_)


def run(facts: pa.Table, params: SameIncidentParameters, frame: Frame) -> Outcome:
    """Return a row for each two sources: links, shares, delay, distance, what each field adds.

    The rows of a source with itself are reports that one feed tells twice.
    """
    reports, at = _reports(facts)  # the period and the places are those of the facts
    links = link_over_time(reports, hands=frame.hands)
    names = sorted(set(reports.sources))
    code = np.array([names.index(one) for one in reports.sources], np.int64)
    many = np.bincount(code, minlength=len(names)).astype(np.int64)
    compared = _Compared(reports, links, names, code, links.probability >= params.least, many)
    rows = [_row(compared, *pair) for pair in combinations_with_replacement(range(len(names)), 2)]
    schema = pa.schema(
        [
            (column.name, pa.string() if column.key else _TYPES.get(column.name, pa.float64()))
            for column in ANALYSIS.columns
        ]
    )
    order = [("links", "descending"), ("first", "ascending"), ("second", "ascending")]
    table = pa.Table.from_pylist(rows, schema=schema).sort_by(order)
    return Outcome(table, len(reports), tuple(_notes(compared, facts.num_rows - len(at))))


def rests_on(
    facts: pa.Table, params: SameIncidentParameters, frame: Frame, row: Mapping[str, Any]
) -> npt.NDArray[np.bool_]:
    """Return which facts stand in a linked pair of the row's two sources."""
    del frame
    reports, at = _reports(facts)
    links = link_over_time(reports, least=params.least)
    source = np.array(reports.sources, object)
    one, other = source[links.left], source[links.right]
    a, b = text_of(row, "first"), text_of(row, "second")
    told = ((one == a) & (other == b)) | ((one == b) & (other == a))
    found = np.zeros(facts.num_rows, np.bool_)
    found[at[np.concatenate([links.left[told], links.right[told]])]] = True
    return found


def _row(compared: _Compared, a: int, b: int) -> dict[str, object]:
    reports, links, many = compared.reports, compared.links, compared.many
    mine = compared.between(a, b)
    told = mine & compared.linked
    swap = compared.code[links.left[told]] != a
    first = np.where(swap, links.right[told], links.left[told])
    second = np.where(swap, links.left[told], links.right[told])
    of_first, of_second = np.unique(first), np.unique(second)
    if a == b:
        of_first = of_second = np.unique(np.concatenate([first, second]))
    row: dict[str, object] = {
        "first": compared.names[a],
        "second": compared.names[b],
        "links": int(told.sum()),
        "share_first": len(of_first) / int(many[a]),
        "share_second": len(of_second) / int(many[b]),
    }
    if not told.any():
        return row
    known = _known_us(reports)
    delay = (known[second] - known[first]) / MINUTE_US
    delay = np.abs(delay) if a == b else delay
    away = np.hypot(reports.x[first] - reports.x[second], reports.y[first] - reports.y[second])
    quarter, half, most = np.percentile(delay, [25, 50, 75])
    means = {name: float(value.mean()) for name, value in explained(reports, first, second).items()}
    probability = links.probability[told]
    spread = 1.96 * float(np.sqrt((probability * (1 - probability)).sum()))
    true = float(probability.sum())
    return row | {
        "true": true,
        "true_low": max(0.0, true - spread),
        "true_high": min(float(told.sum()), true + spread),
        "precision": true / int(told.sum()),
        "recall": true / float(links.probability[mine].sum()),
        "delay": float(half),
        "delay_from": float(quarter),
        "delay_to": float(most),
        "distance": float(np.median(away)),
        **means,
    }


def _notes(compared: _Compared, nowhere: int) -> list[dict[str, str]]:
    reports, links = compared.reports, compared.links
    kept = links.probability >= KEEP
    groups = clusters(
        len(reports), Links(links.left[kept], links.right[kept], links.probability[kept])
    )
    told = sum(len(group) for group in groups)
    across = sum(len({reports.sources[n] for n in group}) > 1 for group in groups)
    linked = int(compared.linked.sum())
    notes = [
        remark(
            "{pairs} paires comparées, {linked} liées ; {told} signalements disent {groups}"
            " incidents, dont {across} connus de plusieurs sources.",
            "{pairs} pairs compared, {linked} linked; {told} reports tell {groups} incidents,"
            " {across} of them known to several sources.",
            pairs=len(links.left),
            linked=linked,
            told=told,
            groups=len(groups),
            across=across,
        )
    ]
    if nowhere:
        fr = "{n} faits sans lieu ne sont comparés à rien."
        notes.append(remark(fr, "{n} facts without a place are compared to nothing.", n=nowhere))
    return notes


_TYPES = {"links": pa.int64()}
_WORDS = {
    "base": ("Départ", "Start"),
    "place": ("Lieu", "Place"),
    "time": ("Heure", "Time"),
    "kind": ("Nature", "Kind"),
    "sources": ("Paire de sources", "Pair of sources"),
}

ANALYSIS = Analysis(
    name="same_incident",
    question={
        "fr": "Quelles sources disent le même incident, avec quelle sûreté, combien de temps l’une"
        " après l’autre, et pourquoi ?",
        "en": "Which sources tell the same incident, how surely, how long after each other, and"
        " why?",
    },
    limits={
        "fr": "Un rapprochement est probable, jamais certain, et rien n’est fusionné. Les poids"
        " viennent de villes inventées dont la vérité est connue : précision et rappel sont ceux"
        " que le modèle attend de lui-même, justes tant que la ville ressemble à celles-là ; leur"
        " mesure contre la vérité est dans la documentation (vigie linkage). Deux signalements à"
        " plus de 400 m, six heures, ou quatre jours entre leurs débuts ne sont pas comparés, et ce"
        " qui n’est pas comparé manque au rappel. L’intervalle suppose les paires indépendantes."
        " L’heure où une source sait n’est pas celle où elle agit ; sans elle, la fin de"
        " l’intervalle la remplace. Une source liée à une autre peut l’avoir recopiée. Les apports"
        " des champs sont des moyennes de log-cotes, avant la courbe de calibrage. Des lieux et des"
        " heures, jamais des personnes : aucun nom n’entre dans la comparaison.",
        "en": "A link is probable, never certain, and nothing is merged. The weights come from"
        " invented cities whose truth is known: precision and recall are those the model expects"
        " of itself, right as long as the city is like those; they are measured against the truth"
        " in the documentation (vigie linkage). Two reports more than 400 m, six hours, or four"
        " days between their starts apart are not compared, and what is not compared is missing"
        " from recall. The interval supposes independent pairs. The hour a source knows is not that"
        " at which it acts; without it the end of the interval stands in. A source linked to"
        " another may have copied it. What fields add are means of log-odds, before the"
        " calibration curve. Places and hours, never persons: no name enters the comparison.",
    },
    reads=("lon", "lat", *REPORT_READS),
    parameters=SameIncidentParameters,
    columns=(
        OutputColumn("first", "Première source", "First source", key=True, source=True),
        OutputColumn("second", "Seconde source", "Second source", key=True, source=True),
        OutputColumn("links", "Paires liées", "Pairs linked"),
        OutputColumn("share_first", "Part liée de la première", "Linked share of the first"),
        OutputColumn("share_second", "Part liée de la seconde", "Linked share of the second"),
        OutputColumn("true", "Vraies, attendues", "True ones, expected"),
        OutputColumn("true_low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("true_high", "Borne haute 95 %", "High 95%"),
        OutputColumn("precision", "Précision attendue", "Precision expected"),
        OutputColumn("recall", "Rappel attendu", "Recall expected"),
        OutputColumn("delay", "La seconde sait après", "The second knows after", "min"),
        OutputColumn("delay_from", "1er quartile", "1st quartile", "min"),
        OutputColumn("delay_to", "3e quartile", "3rd quartile", "min"),
        OutputColumn("distance", "Distance médiane", "Median distance", "m"),
        *(OutputColumn(name, *_WORDS[name], "log-cote") for name in FIELDS),
    ),
    run=run,
    rests_on=rests_on,
    count_column="links",
    chart={
        "mark": {"type": "rect", "tooltip": True},
        "encoding": {
            "x": {"field": "second", "type": "nominal"},
            "y": {"field": "first", "type": "nominal"},
            "color": {"field": "share_first", "type": "quantitative"},
            "tooltip": [
                {"field": "first", "type": "nominal"},
                {"field": "second", "type": "nominal"},
                {"field": "links", "type": "quantitative"},
                {"field": "share_first", "type": "quantitative", "format": ".1%"},
                {"field": "share_second", "type": "quantitative", "format": ".1%"},
                {"field": "precision", "type": "quantitative", "format": ".2f"},
                {"field": "delay", "type": "quantitative", "format": ".0f"},
            ],
        },
    },
    reference="Fellegi and Sunter (1969), J. American Statistical Association 64:1183",
)
