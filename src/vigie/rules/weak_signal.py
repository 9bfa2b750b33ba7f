"""Several weak signals at one place and hour, none of which would ring alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vigie.judge.rule import Finding, Rule
from vigie.judge.signal_words import finding_of
from vigie.judge.surveillance.alarm_rate import combine, first_alarms
from vigie.judge.surveillance.signals import Scored

FALSE_ALARMS_PER_DAY = 0.5
LEAST_RAISED = 2


def judge(scored: Scored, facts: Mapping[str, Any]) -> list[Finding]:
    """Find the cells and hours in which several signals together pass the limit.

    Args:
        scored: Scores of all signals.
        facts: ``declared_per_day``, where another rate than the rule's own is wanted.
    """
    declared = float(facts.get("declared_per_day", FALSE_ALARMS_PER_DAY))
    found = combine(
        scored,
        np.arange(len(scored.signals)),
        declared_per_day=declared,
        least_raised=LEAST_RAISED,
    )
    return [
        finding_of(
            scored,
            found,
            at,
            declared_per_day=declared,
            title={"fr": "Signaux faibles réunis", "en": "Weak signals together"},
        )
        for at in first_alarms(found, scored.days, scored.judged)
    ]


RULE = Rule(
    name="weak_signal",
    kind="alert_signals",
    title={"fr": "Signaux faibles réunis", "en": "Weak signals together"},
    why={
        "fr": "Plusieurs sources s'écartent ensemble de leurs mêmes heures passées dans une maille."
        " Seuil appris sur le passé sans événement déclaré, pour une fausse alerte tous les deux"
        " jours sur toute la ville. La règle ne dit pas la cause et se tait là où une seule source"
        " mesure, et pendant un événement déclaré à proximité.",
        "en": "Several sources depart together from the same hours of the past in one cell. The"
        " limit is learnt on the past without declared events, for one false alarm every two days"
        " over the whole city. The rule does not know the cause, and says nothing where only one"
        " source measures, nor during a declared event nearby.",
    },
    judge=judge,
    reference="Brown, Biometrics 31 (1975) 987-992",
)
