"""On which days and at which hours, uncertain times included?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn, Parameters
from vigie.analyse.days import WEEKDAYS
from vigie.analyse.intervals import poisson_interval
from vigie.base.remarks import remark
from vigie.model.aoristic import weekday_hour_weights

HOUR_US = 3_600_000_000


class ProfileParameters(Parameters):
    """Which uncertain facts take part."""

    longest_hours: int = Field(
        72,
        ge=1,
        le=24 * 14,
        title="Incertitude maximale (h) / Longest uncertainty (h)",
        description="Un fait dont l’intervalle est plus long ne dit rien des heures : il est"
        " écarté. / A fact whose interval is longer says nothing about hours and is"
        " left out.",
    )


def run(facts: pa.Table, params: ProfileParameters, frame: Frame) -> Outcome:
    """Spread each fact over weekday and hour by the share of its interval in each (aoristic).

    A fact of known time falls in one hour with weight 1; one that happened "between 18:00 and
    08:00" gives 1/14 to each of the fourteen hours.
    """
    early = facts["earliest_us"].to_numpy(zero_copy_only=False)
    late = facts["latest_us"].to_numpy(zero_copy_only=False)
    usable = (late - early) <= params.longest_hours * HOUR_US
    weights = weekday_hour_weights(early[usable], late[usable], frame.timezone)
    flat = np.asarray(weights).reshape(-1)
    bounds = np.array([poisson_interval(round(float(w))) for w in flat]).reshape(-1, 2)
    left_out = int((~usable).sum())
    notes = (
        remark(
            "{n} faits trop incertains laissés de côté.",
            "{n} facts too uncertain were left out.",
            n=left_out,
        ),
    )
    index = np.arange(flat.size)
    table = pa.table(
        {
            "weekday": pa.array((index // 24).astype(np.int8)),
            "hour": pa.array((index % 24).astype(np.int8)),
            "facts": pa.array(flat),
            "low": pa.array(bounds[:, 0]),
            "high": pa.array(bounds[:, 1]),
        }
    )
    return Outcome(table, int(usable.sum()), notes if left_out else ())


ANALYSIS = Analysis(
    name="week_profile",
    question={
        "fr": "Quels jours et à quelles heures ?",
        "en": "On which days and at which hours?",
    },
    limits={
        "fr": "Compte ce qui est signalé. Un fait d’heure incertaine est réparti également sur son"
        " intervalle, ce qui lisse les pics ; l’intervalle à 95\u202f% est celui d’un compte de"
        " Poisson arrondi. Les heures de présence des services orientent ce qu’ils voient.",
        "en": "Counts what is reported. A fact of uncertain time is spread evenly over its"
        " interval, which smooths peaks; the 95% interval is that of a rounded Poisson count. The"
        " hours services are on duty shape what they see.",
    },
    reads=("earliest_us", "latest_us"),
    parameters=ProfileParameters,
    columns=(
        OutputColumn("weekday", "Jour", "Weekday", key=True, words=WEEKDAYS),
        OutputColumn("hour", "Heure", "Hour", "h", key=True),
        OutputColumn("facts", "Faits (pondérés)", "Facts (weighted)"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
    ),
    run=run,
    count_column="facts",
    chart={
        "mark": "rect",
        "encoding": {
            "x": {"field": "hour", "type": "ordinal"},
            "y": {"field": "weekday", "type": "ordinal"},
            "color": {"field": "facts", "type": "quantitative", "scale": {"scheme": "cividis"}},
        },
    },
    reference="Ratcliffe (2000), Int. J. Geographical Information Science 14:669",
)
