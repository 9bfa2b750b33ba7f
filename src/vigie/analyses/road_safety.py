"""On which streets and junctions are there more accidents than their exposure tells?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn
from vigie.analyse.draws import false_discovery
from vigie.analyse.expected_safety import Floats, Safety, estimate_safety, tells_later
from vigie.analyse.on_streets import (
    SPOTS,
    STREET_READS,
    Note,
    OnStreets,
    StreetParameters,
    read_on_streets,
)
from vigie.analyse.points import to_metres
from vigie.analyse.road_units import Units, by_junction, by_street, by_stretch, traffic_of
from vigie.base.remarks import joined, remark
from vigie.geo.lixels import LixelNetwork
from vigie.judge.linkage import LINKED, UNKNOWN_ACCURACY_M, clusters
from vigie.judge.linkage_spans import REPORT_READS, link_over_time, read_reports

Ints = npt.NDArray[np.int64]

LEAST = 5
WEEK_US = 7 * 86_400_000_000
FEWEST = 10
"""Places, at least, for what is usual among them to be known."""
ACCIDENT, ROAD, FAULT = "road.accident", "road.", "space.equipment.roadway_fault"
SEVERE = ("road.accident.severe", "road.accident.fatal")
CUT = {"street": by_street, "stretch": by_stretch, "junction": by_junction}


class SafetyParameters(StreetParameters):
    """Which places are compared, and what counts as an accident."""

    unit: Literal["street", "stretch", "junction"] = Field(
        "street",
        title="Lieu / Place",
        description="Rue : par son nom ; tronçon : entre deux carrefours ; carrefour : 30 m autour."
        " / street: by name; stretch: between two junctions; junction: 30 m around.",
        json_schema_extra={
            "words": {
                "street": ["Rue", "Street"],
                "stretch": ["Tronçon", "Stretch"],
                "junction": ["Carrefour", "Junction"],
            }
        },
    )
    count: Literal["all", "severe"] = Field(
        "all",
        title="Accidents / Accidents",
        description="Graves : ceux seuls dont une source dit un hospitalisé ou un mort. / severe:"
        " those with someone in hospital or dead alone, as a source says so.",
        json_schema_extra={"words": {"all": ["Tous", "All"], "severe": ["Graves", "Severe"]}},
    )
    once: bool = Field(
        True,
        title="Une fois par incident / Once per incident",
        description="Un accident dit par plusieurs sources, le même sans doute, compte une fois. /"
        " An accident told by several sources, probably the same, counts once.",
    )
    worst_m: int = Field(
        100,
        ge=10,
        le=500,
        title="Précision minimale (m) / Worst accuracy (m)",
        description="Les faits situés moins exactement sont écartés : ils peuvent être d’une autre"
        " rue. / Facts located less exactly are left out: they could be of another street.",
    )
    share: float = Field(
        0.05,
        gt=0.0,
        le=0.5,
        title="Fausses découvertes / False discoveries",
        description="Part des lieux dits au-dessus de l’attendu qui peuvent être faux. / Share of"
        " the"
        " places told as above what is expected that may be false.",
    )


def _where(facts: pa.Table, kind: str) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.starts_with(facts["kind"], kind).to_numpy(zero_copy_only=False), bool)


def _parts(facts: pa.Table) -> dict[str, pa.Table]:
    """Return the accidents that may be evidence, those a patrol found, reports and fines.

    What patrols find follows where they go: it is shown, never counted as evidence.
    """
    patrol = np.asarray(
        pc.fill_null(pc.equal(facts["discovered_by"], "patrol"), False).to_numpy(), bool
    )
    public = np.asarray(
        pc.fill_null(pc.equal(facts["discovered_by"], "public"), False).to_numpy(), bool
    )
    accident, road = _where(facts, ACCIDENT), _where(facts, ROAD) | _where(facts, FAULT)
    masks = {
        "accidents": accident & ~patrol,
        "patrol": accident & patrol,
        "reports": road & ~accident & public,
        "fines": road & ~accident & patrol,
    }
    return {name: facts.filter(pa.array(mask)) for name, mask in masks.items()}


def _incidents(accidents: pa.Table, *, once: bool) -> tuple[pa.Table, list[frozenset[str]], int]:
    """Return one row for each accident, the sources that tell it, and reports that fell together.

    Of several reports the most exactly located stays, with the gravest kind of them all.
    """
    order = [(name, "ascending") for name in ("earliest_us", "lon", "lat", "source", "kind")]
    table = accidents.filter(pc.is_valid(accidents["lon"])).sort_by(order)
    sources = table["source"].to_pylist()
    if not once or table.num_rows < 2:  # noqa: PLR2004 -- a pair
        return table, [frozenset([one]) for one in sources], 0
    x, y = to_metres(*(np.asarray(table[name].to_numpy(), np.float64) for name in ("lon", "lat")))
    links = link_over_time(read_reports(table, x, y), least=LINKED / 5)
    accuracy = pc.fill_null(table["accuracy_m"].cast(pa.float64()), UNKNOWN_ACCURACY_M).to_numpy()
    kinds = table["kind"].to_pylist()
    kept, told = np.ones(len(x), bool), [frozenset([one]) for one in sources]
    for group in clusters(len(x), links):
        best = min(group, key=lambda one: (accuracy[one], one))
        kept[list(group)] = False
        kept[best] = True
        told[best] = frozenset(sources[one] for one in group)
        kinds[best] = max((kinds[one] for one in group), key=lambda k: (k in SEVERE, k))
    index = table.schema.get_field_index("kind")
    table = table.set_column(index, "kind", pa.array(kinds, pa.string()))
    many = int((~kept).sum())
    return table.filter(pa.array(kept)), [told[n] for n in np.flatnonzero(kept)], many


def _shown(counts: Floats) -> pa.Array:
    """Return counts with those of 1 to 4 withheld."""
    small = (counts > 0) & (counts < LEAST)
    return pa.array(counts.astype(np.int64), pa.int64(), mask=small)


def run(facts: pa.Table, params: SafetyParameters, frame: Frame) -> Outcome:
    """Return each place with its accidents, what its exposure tells and the estimate of both.

    The first are those with the greatest excess: the estimate less what is expected; places of
    fewer than five accidents come last.
    """
    network = LixelNetwork(frame.streets, lixel_m=params.lixel_m)
    parts = _parts(facts)
    accidents, told_by, fell = _incidents(parts["accidents"], once=params.once)
    if params.count == "severe":
        grave = np.isin(accidents["kind"].to_pylist(), SEVERE)
        accidents = accidents.filter(pa.array(grave))
        told_by = [told_by[n] for n in np.flatnonzero(grave)]

    def snapped(table: pa.Table) -> OnStreets:
        return read_on_streets(
            table, frame, network, within_m=params.snap_m, worst_m=float(params.worst_m)
        )

    found = snapped(accidents)
    units = CUT[params.unit](network)
    at = units.place(found.at)
    counts = units.count(at)
    traffic = traffic_of(units, frame.measures, params.snap_m)
    notes = [*found.notes(), *_notes(parts["patrol"].num_rows, fell, traffic.note)]
    safety = None
    if len(units) >= FEWEST and counts.sum() > 0:
        safety = estimate_safety(counts, units.metres / 1000, traffic.per_day)
        notes += _told_of(safety, _halves(found, at, units, traffic.per_day))
    facts_by = {name: units.count(units.place(snapped(parts[name]).at)) for name in _OTHERS}
    grave = np.isin(np.array(accidents["kind"].to_pylist(), object)[found.points.row], SEVERE)
    last = accidents["latest_us"].to_numpy()[found.points.row]
    columns: dict[str, Any] = {
        "accidents": pa.array(counts.astype(np.int64), pa.int64()),
        "severe": _shown(units.count(at[grave])),
        **_judged(safety, counts, params.share),
        "traffic": pa.array(traffic.per_day, pa.float64(), from_pandas=True),
        "sensors": pa.array(traffic.sensors, pa.int64()),
        "speed": pa.array(traffic.speed, pa.float64(), from_pandas=True),
        **{name: _shown(many) for name, many in facts_by.items()},
        "age_weeks": _ages(at, last, len(units), frame.to_us),
        "told_by": _told_by(at, [told_by[n] for n in found.points.row], len(units)),
    }
    return Outcome(_ranked(units, columns), int(counts.sum()), tuple(notes))


_OTHERS = ("reports", "fines")


def _ranked(units: Units, columns: dict[str, Any]) -> pa.Table:
    """Return the table by excess; places of few accidents last, or their rank would tell how many.

    Among themselves these follow their names.
    """
    km = np.round(units.metres / 1000, 3)
    table = pa.table({"place": pa.array(units.labels, pa.string()), "length_km": km, **columns})
    table = table.append_column("course", pa.array(units.courses(), pa.string()))
    excess = pc.fill_null(table["excess"], -np.inf).to_numpy()
    accidents = table["accidents"].to_numpy()
    small = (accidents > 0) & (accidents < LEAST)
    excess, accidents = np.where(small, 0.0, excess), np.where(small, 0, accidents)
    order = np.lexsort((np.array(units.labels, object), -accidents, -excess, small))
    table = table.take(pa.array(order, pa.int64()))
    rank = pa.array(np.arange(1, table.num_rows + 1), pa.int64())
    return table.append_column("rank", rank)


def _judged(safety: Safety | None, counts: Floats, share: float) -> dict[str, Any]:
    names = ("expected", "estimate", "low", "high", "excess", "p", "q")
    if safety is None:
        none = {name: pa.nulls(len(counts), pa.float64()) for name in names}
        return {**none, "kind_of_spot": pa.array(["none"] * len(counts), pa.string())}
    q = false_discovery(safety.p)
    columns = (safety.expected, safety.estimate, safety.low, safety.high)
    values = (*columns, safety.estimate - safety.expected, safety.p, q)
    above = (q <= share) & (counts > 0)
    return {
        **{name: pa.array(value, pa.float64()) for name, value in zip(names, values, strict=True)},
        "kind_of_spot": pa.array(np.where(above, "hot", "none").tolist(), pa.string()),
    }


def _ages(at: Ints, last: Ints, many: int, now_us: int) -> pa.Array:
    """Return whole weeks since the last accident of each place."""
    newest = np.full(many, -1, np.int64)
    np.maximum.at(newest, at[at >= 0], last[at >= 0])
    weeks = np.maximum(0, (now_us - newest) // WEEK_US)
    return pa.array(weeks, pa.int64(), mask=newest < 0)


def _told_by(at: Ints, sources: Sequence[frozenset[str]], many: int) -> pa.Array:
    """Return which sources tell a place's accidents, with the counts that may be shown."""
    every: list[Counter[str]] = [Counter() for _ in range(many)]
    for place, names in zip(at.tolist(), sources, strict=True):
        if place >= 0:
            every[place].update(names)
    texts = [
        " · ".join(f"{name} {n if n >= LEAST else f'< {LEAST}'}" for name, n in sorted(one.items()))
        for one in every
    ]
    return pa.array([text or None for text in texts], pa.string())


def _halves(found: OnStreets, at: Ints, units: Units, traffic: Floats) -> dict[str, float]:
    day = found.points.day
    if not len(day):
        return {}
    early = day <= int(np.median(day))
    before, after = units.count(at[early]), units.count(at[~early])
    if not before.sum() or not after.sum():
        return {}
    return tells_later(before, after, units.metres / 1000, traffic)


def _notes(patrol: int, fell: int, traffic: Note) -> list[Note]:
    told: list[Note] = [traffic]
    if patrol:
        fr = "{n} accidents trouvés par une patrouille ne comptent pas comme preuve."
        en = "{n} accidents found by a patrol do not count as evidence."
        told.append(remark(fr, en, n=patrol))
    if fell:
        fr = "{n} signalements disent probablement un accident déjà compté."
        told.append(remark(fr, "{n} reports probably tell an accident already counted.", n=fell))
    return told


def _told_of(safety: Safety, off: dict[str, float]) -> list[Note]:
    scatter = remark(
        "Dispersion entre lieux de même exposition : {scatter:.2f}.",
        "Scatter between places of one exposure: {scatter:.2f}.",
        scatter=safety.scatter,
    )
    slope, error = safety.slope
    if np.isfinite(slope):
        low, high = slope - 1.96 * error, slope + 1.96 * error
        fr = "Les accidents croissent comme le trafic à la puissance {at:.2f} [{a:.2f} ; {b:.2f}]."
        en = "Accidents grow as traffic to the power {at:.2f} [{a:.2f}, {b:.2f}]."
        scatter = joined(scatter, remark(fr, en, at=slope, a=low, b=high))
    told: list[Note] = [scatter]
    if off:
        better = off["estimate"] <= min(off["count"], off["exposure"])
        later = remark(
            "Seconde moitié des faits dite par la première, erreur quadratique moyenne par lieu :"
            " estimation {estimate:.2f}, compte seul {count:.2f}, exposition seule {exposure:.2f}.",
            "Second half of the facts told by the first, root mean squared error per place:"
            " estimate {estimate:.2f}, count alone {count:.2f}, exposure alone {exposure:.2f}.",
            **off,
        )
        nothing = remark("L’estimation n’y gagne rien.", "The estimate gains nothing here.")
        told.append(later if better else joined(later, nothing))
    return told


LIMITS = {
    "fr": "Des accidents signalés : les chocs sans blessé le sont rarement. L’exposition est la"
    " longueur et, là où des capteurs comptent, le trafic ; la largeur, les traversées, les piétons"
    " et les vélos n’y sont pas, donc un excès peut être une exposition inconnue. Un carrefour est"
    " compté 30 m autour, et une voie que le répertoire n’a pas n’existe pas ici. L’estimation"
    " (Hauer) pèse le compte du lieu contre ce que disent les lieux semblables ; son intervalle"
    " ignore l’incertitude du modèle. p suppose des accidents indépendants ; q borne la part de"
    " lieux retenus à tort, en moyenne. Les verbalisations suivent les patrouilles : elles sont"
    " montrées, jamais comptées comme preuve, pas plus que ce qu’une patrouille a trouvé ; aucun"
    " lieu n’est classé sur elles. Les rapprochements entre sources sont probables, non certains."
    " Un excès ne dit pas sa cause, et une mesure posée là verra le compte baisser de lui-même"
    " (retour à la moyenne). Les nombres de 1 à 4 sont masqués, lieu par lieu et colonne par"
    " colonne.",
    "en": "Accidents reported: those without injury seldom are. Exposure is length and, where"
    " sensors count, traffic; width, crossings, pedestrians and cyclists are not in it, so an"
    " excess may be exposure unknown. A junction is counted 30 m around, and a street the gazetteer"
    " lacks does not exist here. The estimate (Hauer) weighs a place's own count against what"
    " similar places tell; its interval ignores the model's own uncertainty. p supposes independent"
    " accidents; q bounds the share of places told wrongly, on average. Fines follow patrols: they"
    " are shown, never counted as evidence, nor is what a patrol found; no place is ranked on them."
    " Matches between sources are probable, not certain. An excess does not tell its cause, and a"
    " measure put there will see the count fall by itself (regression to the mean). Numbers of 1 to"
    " 4 are withheld, place by place and column by column.",
}

ANALYSIS = Analysis(
    name="road_safety",
    question={
        "fr": "Quelles voies et quels carrefours comptent plus d’accidents que leur exposition ne"
        " le dit ?",
        "en": "Which streets and junctions see more accidents than their exposure tells?",
    },
    limits=LIMITS,
    reads=tuple(dict.fromkeys((*STREET_READS, *REPORT_READS, "discovered_by"))),
    parameters=SafetyParameters,
    columns=(
        OutputColumn("rank", "Rang", "Rank"),
        OutputColumn("place", "Lieu", "Place", key=True),
        OutputColumn("length_km", "Longueur", "Length", "km", key=True),
        OutputColumn("accidents", "Accidents", "Accidents"),
        OutputColumn("severe", "dont graves", "of which severe"),
        OutputColumn("expected", "Attendus", "Expected"),
        OutputColumn("estimate", "Estimation", "Estimate"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
        OutputColumn("excess", "Excès", "Excess"),
        OutputColumn("p", "p", "p"),
        OutputColumn("q", "q (fausses découvertes)", "q (false discoveries)"),
        OutputColumn("kind_of_spot", "Classe", "Class", words=SPOTS),
        OutputColumn("traffic", "Trafic mesuré", "Traffic measured", "véh/j"),
        OutputColumn("sensors", "Capteurs", "Sensors", key=True),
        OutputColumn("speed", "Vitesse mesurée", "Speed measured", "km/h"),
        OutputColumn("reports", "Signalements d’habitants", "Residents’ reports"),
        OutputColumn("fines", "Verbalisations", "Fines"),
        OutputColumn("age_weeks", "Dernier accident", "Last accident", "semaines"),
        OutputColumn("told_by", "Dits par", "Told by"),
        OutputColumn("course", "Tracé", "Course", key=True),
    ),
    run=run,
    count_column="accidents",
    suppress_below=LEAST,
    chart={
        "transform": [{"filter": "datum.rank != null && datum.rank <= 25"}],
        "layer": [
            {
                "mark": {"type": "rule", "size": 2},
                "encoding": {
                    "y": {"field": "place", "type": "nominal", "sort": None},
                    "x": {"field": "low", "type": "quantitative"},
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 50, "tooltip": True},
                "encoding": {
                    "y": {"field": "place", "type": "nominal", "sort": None},
                    "x": {"field": "estimate", "type": "quantitative"},
                    "color": {"field": "kind_of_spot", "type": "nominal"},
                },
            },
            {
                "mark": {"type": "tick", "thickness": 2, "tooltip": True},
                "encoding": {
                    "y": {"field": "place", "type": "nominal", "sort": None},
                    "x": {"field": "expected", "type": "quantitative"},
                },
            },
        ],
    },
    reference="Hauer, Harwood, Council and Griffith (2002), Transportation Research Record"
    " 1784:126; Benjamini and Hochberg (1995), J. Royal Statistical Society B 57:289",
    geo_column="course",
    map_column="excess",
    beside=("measures",),
    metrics=lambda _params: ("traffic.flow", "traffic.speed"),
)
