"""People come together where nothing is declared, told by aggregates only, never by persons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vigie.judge.rule import Finding, Rule
from vigie.judge.signal_words import finding_of
from vigie.judge.surveillance.alarm_rate import combine, first_alarms
from vigie.judge.surveillance.signals import Scored

FALSE_ALARMS_PER_DAY = 0.2
PRESENCE = {"presence.total"}


def judge(scored: Scored, facts: Mapping[str, Any]) -> list[Finding]:
    """Find the cells in which presence stays high for two hours without a declared event.

    Presence must be raised; noise, traffic and transport strengthen or weaken it. An excess of
    fewer people than may be told is not told.

    Args:
        scored: Scores of all signals.
        facts: ``declared_per_day``, where another rate than the rule's own is wanted.
    """
    declared = float(facts.get("declared_per_day", FALSE_ALARMS_PER_DAY))
    crowd = np.array([i for i, one in enumerate(scored.signals) if one.crowd], dtype=np.int64)
    present = scored.of(PRESENCE)
    if not present.size:
        return []
    found = combine(
        scored,
        crowd,
        declared_per_day=declared,
        least_raised=1,
        needed=present,
        sustained=True,
    )
    at = int(present[0])
    excess = scored.values[at] - scored.expected[at]
    return [
        finding_of(
            scored,
            found,
            one,
            declared_per_day=declared,
            title={"fr": "Rassemblement non déclaré", "en": "Undeclared gathering"},
        )
        for one in first_alarms(found, scored.days, scored.judged)
        if excess[one] >= scored.least
    ]


RULE = Rule(
    name="wild_gathering",
    kind="alert_signals",
    title={"fr": "Rassemblement non déclaré", "en": "Undeclared gathering"},
    why={
        "fr": "La présence agrégée reste haute deux heures de suite, sans événement déclaré à"
        " proximité ; bruit, trafic et transports comptent avec elle. Seuil appris pour une fausse"
        " alerte tous les cinq jours sur toute la ville. Aucune personne n'est vue ; un groupe plus"
        " petit que le seuil de diffusion n'est pas dit.",
        "en": "Aggregated presence stays high for two hours without a declared event nearby; noise,"
        " traffic and transport count with it. The limit is learnt for one false alarm every five"
        " days over the whole city. No person is seen; a group smaller than the least figure is not"
        " told.",
    },
    judge=judge,
    reference="Brown, Biometrics 31 (1975) 987-992",
)
