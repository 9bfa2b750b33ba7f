"""Did a measure work: where it was taken, beside where it was not, and around it?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import pyarrow as pa
from pydantic import Field

from vigie.analyse import measure_rows
from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn, Parameters
from vigie.analyse.days import SPREAD_COLUMNS, Bools, spread
from vigie.analyse.measure_study import LEAST_DONORS, LEAST_FACTS, LEAST_WEEKS, SCHEMA, Study
from vigie.analyse.measures import count_weeks, ids_of
from vigie.base.errors import NotFound
from vigie.base.remarks import remark
from vigie.geo.zonings import Zoning


class MeasureParameters(Parameters):
    """Where and when the measure was taken, and what it is compared with."""

    zoning: str = Field(
        "arrondissement",
        title="Découpage / Zoning",
        description="Nom d’un découpage. / Name of a zoning.",
    )
    treated: str = Field(
        "",
        max_length=2000,
        title="Zone de la mesure / Zone of the measure",
        description="Identifiant de la zone ; plusieurs entre virgules. / Zone id; several"
        " between commas.",
    )
    day: date | None = Field(
        None,
        title="Début de la mesure / Start of the measure",
        description="Premier jour de la mesure. Vide : le milieu de la période demandée. Un jour"
        " en fin de période dit ce qui pourrait se voir : la puissance avant de"
        " commencer. / First day of the measure. Empty: the middle of the period asked"
        " for. A day at the end of the period gives what could be seen: the power"
        " before starting.",
    )
    controls: str = Field(
        "",
        max_length=2000,
        title="Zones témoins / Control zones",
        description="Identifiants de zones entre virgules. Vide : une moyenne pondérée des zones"
        " éloignées. / Zone ids between commas. Empty: a weighted mean of the zones"
        " away from it.",
    )
    weighing: Literal["series", "characters"] = Field(
        "series",
        title="Poids des témoins / Weights of the controls",
        description="Par leur suite : suivre la zone semaine après semaine avant la mesure (zones"
        " témoins choisies : à proportion de leurs faits). Par caractères : lui ressembler (faits"
        " par km², part de la nuit, de la fin de semaine, trois tiers de la période), chaque"
        " caractère comptant selon ce qu’il annonce ; au plus 60 témoins. / By their series:"
        " to follow the zone week by week before the measure (chosen controls: by their number of"
        " facts). By characters: to be like it (facts by km², share of the night, of the weekend,"
        " three thirds of the time), each counting by what it foretells; at most 60 controls.",
        json_schema_extra={
            "words": {
                "series": ["Par leur suite", "By their series"],
                "characters": ["Par caractères", "By characters"],
            }
        },
    )
    ring_m: int = Field(
        400,
        ge=50,
        le=5_000,
        title="Largeur des couronnes (m) / Width of the rings (m)",
        description="Deux couronnes de cette largeur sont surveillées : report et diffusion. /"
        " Two rings of this width are watched for displacement and diffusion.",
    )
    longest_hours: int = Field(
        168,
        ge=1,
        le=24 * 31,
        title="Incertitude maximale (h) / Longest uncertainty (h)",
        description="Un fait dont l’intervalle est plus long est écarté. / A fact whose interval"
        " is longer is left out.",
    )
    seed: int = Field(
        1,
        ge=0,
        le=2**31 - 1,
        title="Graine / Seed",
        description="Des tirages du quotient. / Of the quotient's draws.",
    )


def run(facts: pa.Table, params: MeasureParameters, frame: Frame) -> Outcome:
    """Compare what was counted since the measure with what controls lead to expect.

    The controls are weighed to follow the place before the measure. The interval is as wide as
    the differences that the same reckoning finds in zones without a measure (placebos) demand.
    """
    zoning = _zoning(params, frame)
    known = spread(facts, params.longest_hours)
    treated, controls = ids_of(params.treated), ids_of(params.controls)
    if not treated:
        return _nothing(0, NO_ZONE)
    weeks = count_weeks(
        *(facts, known, frame),
        zoning=zoning,
        treated=treated,
        controls=controls,
        day=params.day,
        ring_m=params.ring_m,
        characters=params.weighing == "characters",
    )
    base = round(float(weeks.treated.sum() + weeks.donors.sum() + weeks.rings.sum()))
    if weeks.before < LEAST_WEEKS or float(weeks.treated[: weeks.before].sum()) < LEAST_FACTS:
        return _nothing(base, TOO_FEW)
    if len(weeks.donors) < (1 if controls else LEAST_DONORS):
        return _nothing(base, NO_CONTROLS)
    study = Study(weeks, zoning, chosen=bool(controls))
    rows = study.rows(params.ring_m, params.seed)
    return Outcome(pa.Table.from_pylist(rows, SCHEMA), base, (*known.note(), *study.notes()))


def rests_on(
    facts: pa.Table, params: MeasureParameters, frame: Frame, row: Mapping[str, Any]
) -> Bools:
    """Return which facts the row counts as observed, or judges by where it counts none."""
    return measure_rows.rests_on(
        *(facts, frame, row),
        zoning=_zoning(params, frame),
        treated=ids_of(params.treated),
        controls=ids_of(params.controls),
        day=params.day,
        ring_m=params.ring_m,
        longest_hours=params.longest_hours,
    )


def _zoning(params: MeasureParameters, frame: Frame) -> Zoning:
    zoning = frame.zonings.get(params.zoning)
    if zoning is None:
        raise NotFound(what="zoning", name=params.zoning)
    return zoning


def _nothing(base: int, note: dict[str, str]) -> Outcome:
    return Outcome(SCHEMA.empty_table(), base, (note,))


NO_ZONE = {
    "fr": "Choisissez la zone de la mesure : rien n’est calculé sans elle.",
    "en": "Choose the zone of the measure: nothing is reckoned without it.",
}
TOO_FEW = remark(
    "Moins de {weeks} semaines ou de {facts} faits avant la mesure : on ne peut rien en dire."
    " Demander une période qui commence plus tôt, ou un jour plus tardif.",
    "Fewer than {weeks} weeks or {facts} facts before the measure: nothing can be said. Ask for a"
    " period that begins earlier, or a later day.",
    weeks=LEAST_WEEKS,
    facts=LEAST_FACTS,
)
NO_CONTROLS = {
    "fr": "Trop peu de zones témoins assez loin et assez fournies.",
    "en": "Too few control zones far enough away with enough facts.",
}
_RATIO = {"field": "ratio", "type": "quantitative", "title": "×", "scale": {"zero": False}}


def _intervals(part: str, y: dict[str, Any], height: int | dict[str, int]) -> dict[str, Any]:
    """Return a chart of ratios with their intervals around 1."""
    x = {**_RATIO, "field": "low"}
    return {
        "height": height,
        "transform": [{"filter": f"datum.part == '{part}'"}],
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 3, "opacity": 0.5},
                "encoding": {"y": y, "x": x, "x2": {"field": "high", "title": "×"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60, "tooltip": True},
                "encoding": {"y": y, "x": _RATIO},
            },
            {"mark": {"type": "rule", "strokeDash": [4, 4]}, "encoding": {"x": {"datum": 1}}},
        ],
    }


PARTS = {
    "effect": ("Effet", "Effect"),
    "ring": ("Couronne", "Ring"),
    "quotient": ("Quotient de déplacement", "Displacement quotient"),
    "event": ("Avant et depuis", "Before and since"),
    "control": ("Témoin", "Control"),
    "placebo_time": ("Placebo avant la mesure", "Placebo before the measure"),
    "power": (
        "Plus petite baisse décelable (semaines)",
        "Smallest fall that could be seen (weeks)",
    ),
}
_DAY = {"field": "day", "type": "temporal"}
ANALYSIS = Analysis(
    name="did_it_work",
    question={
        "fr": "La mesure a-t-elle eu un effet, là où elle a été prise et autour ?",
        "en": "Did the measure work, where it was taken and around it?",
    },
    limits={
        "fr": "Vaut si, sans la mesure, la zone avait évolué comme ses témoins : rien ne peut le"
        " prouver ; les placebos disent seulement si le même calcul trouve autant ailleurs ou"
        " avant. Une mesure prise après un pic semble efficace parce que les pics retombent. Une"
        " présence accrue fait aussi signaler davantage. D’autres mesures prises en même temps ne"
        " s’en distinguent pas. Ne rien voir n’est pas rien : lire la plus petite baisse décelable."
        " Peu de témoins, intervalle large.",
        "en": "Holds if, without the measure, the zone had gone as its controls: nothing can prove"
        " that; the placebos only say whether the same reckoning finds as much elsewhere or"
        " earlier. A measure taken after a peak seems to work because peaks fall back. More"
        " presence also makes for more reports. Other measures taken at the same time cannot be"
        " told from it. To see nothing is not nothing: read the smallest fall that could be seen."
        " Few controls, wide interval.",
    },
    reads=(*SPREAD_COLUMNS, "lon", "lat"),
    parameters=MeasureParameters,
    columns=(
        OutputColumn("part", "Élément", "Part", key=True, words=PARTS),
        OutputColumn("label", "Détail", "Detail", key=True),
        OutputColumn("zone", "Zone", "Zone", key=True),
        OutputColumn("day", "Depuis le", "From", key=True),
        OutputColumn("observed", "Faits comptés", "Facts counted"),
        OutputColumn("expected", "Faits attendus sans la mesure", "Facts expected without"),
        OutputColumn("ratio", "Rapport compté/attendu", "Ratio counted/expected"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
        OutputColumn("p", "p des placebos", "p of the placebos"),
        OutputColumn("weight", "Poids du témoin", "Weight of the control", key=True),
        OutputColumn("least", "Plus petit des comptes", "Smallest of the counts"),
    ),
    run=run,
    rests_on=rests_on,
    count_column="least",
    chart={
        "vconcat": [
            {
                "height": 180,
                "transform": [{"filter": "datum.part == 'event'"}],
                "layer": [
                    {
                        "mark": {"type": "area", "opacity": 0.25},
                        "encoding": {
                            "x": _DAY,
                            "y": {**_RATIO, "field": "low"},
                            "y2": {"field": "high"},
                        },
                    },
                    {"mark": {"type": "line", "point": True}, "encoding": {"x": _DAY, "y": _RATIO}},
                    {
                        "mark": {"type": "rule", "strokeDash": [4, 4]},
                        "encoding": {"y": {"datum": 1}},
                    },
                    {
                        "mark": {"type": "rule", "strokeDash": [2, 2], "strokeWidth": 2},
                        "transform": [{"filter": "datum.label == '+0'"}],
                        "encoding": {"x": _DAY},
                    },
                ],
            },
            _intervals("control", {"field": "label", "type": "nominal"}, {"step": 17}),
            _intervals("ring", {"field": "label", "type": "nominal"}, {"step": 24}),
        ]
    },
    reference="Abadie, Diamond & Hainmueller (2010), JASA 105:493; Bowers & Johnson (2003),"
    " J. Quant. Criminol. 19:275",
    geo_column="zone",
    map_column="ratio",
)
