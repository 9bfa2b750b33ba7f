"""A place counts more facts in an hour than its own past makes credible."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import shapely

from vigie.base.translations import number
from vigie.judge.rule import Finding, Rule

FALSE_ALARMS_PER_DAY = 1.0
MIN_COUNT = 3


def upper_tail(observed: int, past_total: int, past_hours: int) -> float:
    """Return P(X >= observed) for the next hour, given a Poisson rate learnt from the past.

    With Jeffreys' prior the rate's posterior is Gamma(past_total + 1/2, past_hours), so that the
    next count is negative binomial: the uncertainty of the rate itself is inside the answer.
    (Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.6.)
    """
    if observed <= 0:
        return 1.0
    shape = past_total + 0.5
    failure = 1.0 / (past_hours + 1.0)
    term = math.exp(shape * math.log1p(-failure))
    below = 0.0
    for k in range(observed):
        below += term
        term *= (shape + k) / (k + 1.0) * failure
    return max(0.0, 1.0 - below)


def judge(counts: pa.Table, facts: Mapping[str, Any]) -> list[Finding]:
    """Find the cells and themes whose count of the hour is not credible.

    Args:
        counts: Columns ``cell8`` (text), ``theme``, ``observed``, ``past_total``, ``lon``, ``lat``.
        facts: ``from_us``, ``to_us`` of the hour, ``past_hours`` behind ``past_total``, ``tests``
            looked at in a day (cells x themes x hours), ``labels`` of themes by language.
    """
    threshold = FALSE_ALARMS_PER_DAY / max(1, int(facts["tests"]))
    findings = []
    for row in counts.to_pylist():
        if row["observed"] < MIN_COUNT:
            continue
        chance = upper_tail(row["observed"], row["past_total"], facts["past_hours"])
        if chance > threshold:
            continue
        expected = (row["past_total"] + 0.5) / facts["past_hours"]
        labels = facts["labels"].get(row["theme"], {"fr": row["theme"], "en": row["theme"]})
        findings.append(
            Finding(
                severity=4 if row["observed"] >= 5 * max(expected, 1.0) else 3,
                explanation={
                    "fr": f"{labels['fr']} : {row['observed']} faits en une heure dans la maille,"
                    f" {number(expected, digits=2)} attendus d'après les"
                    f" {facts['past_hours']} mêmes heures passées.",
                    "en": f"{labels['en']}: {row['observed']} facts in one hour in this cell,"
                    f" {expected:.2f} expected from {facts['past_hours']} same hours of the past.",
                },
                from_us=facts["from_us"],
                to_us=facts["to_us"],
                subjects=(row["cell8"], row["theme"]),
                numbers={
                    "observed": row["observed"],
                    "expected": round(expected, 3),
                    "chance": chance,
                    "threshold": threshold,
                    "base_hours": facts["past_hours"],
                },
                geometry=shapely.Point(row["lon"], row["lat"]),
            )
        )
    return findings


RULE = Rule(
    name="surge",
    kind="alert_counts",
    title={"fr": "Afflux inhabituel", "en": "Unusual surge"},
    why={
        "fr": "Une maille compte bien plus de faits que ses mêmes heures passées. Seuil réglé pour"
        " une fausse alerte par jour sur toute la ville (Bonferroni) ; plusieurs sources qui"
        " racontent le même incident peuvent suffire à sonner.",
        "en": "A cell counts far more facts than the same hours before. The threshold is set for"
        " one false alarm a day over the whole city (Bonferroni); several sources telling the same"
        " incident may be enough to ring.",
    },
    judge=judge,
    reference="Gelman et al., Bayesian Data Analysis (2013), 2.6",
)
