"""The model card: what the forecast is made of, how right it is, where not to trust it.

After Mitchell et al., "Model Cards for Model Reporting" (FAT* 2019), in French and English, made
from the run itself: a card that nobody has to remember to update.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vigie.foresight.forecasting.evidence import EXCLUDED, NOT_EVIDENCE
from vigie.foresight.forecasting.runs import SMALL_BASE
from vigie.model.taxonomy import TAXONOMY

Texts = dict[str, str]

FIGURES = ("deviance", "bias", "pei", "coverage", "printed")
"""What a line of the card says of how right a kind's forecast was; None where nothing is known."""

PURPOSE: Texts = {
    "fr": "Dire combien de faits d'un genre sont à attendre à un endroit et à une heure, pour"
    " prévoir des moyens. Ne dit rien d'une personne, d'un groupe ni d'un habitant.",
    "en": "Say how many facts of a kind are to be expected at a place and an hour, to plan means."
    " It says nothing of a person, a group or a resident.",
}
NOT_FOR: Texts = {
    "fr": "Contrôler quelqu'un parce qu'il se trouve là ; juger un quartier ; décider seul.",
    "en": "Checking somebody for being there; judging a neighbourhood; deciding by itself.",
}
LIMITS: tuple[Texts, ...] = (
    {
        "fr": "Seul ce qui est signalé compte : un endroit qui appelle moins paraît plus calme.",
        "en": "Only what is reported is counted: a place that calls less looks quieter.",
    },
    {
        "fr": "Un même fait dit par deux sources compte deux fois.",
        "en": "One fact told by two sources counts twice.",
    },
    {
        "fr": "Les événements prévus sont pris tels que connus aujourd'hui, aussi pour le passé :"
        " l'essai sur le passé en sait parfois un peu trop.",
        "en": "Plans are taken as known today, for the past too: the test on the past sometimes"
        " knows a little too much of them.",
    },
    {
        "fr": "Une mesure prise entre-temps (travaux, arrêté, présence) n'est vue qu'une fois ses"
        " effets comptés.",
        "en": "A measure taken meanwhile (works, decree, presence) is seen only once its effects"
        " are counted.",
    },
    {
        "fr": f"Sous {SMALL_BASE} faits de base, un chiffre est grisé : il dit peu.",
        "en": f"Below {SMALL_BASE} facts of base, a figure is grey: it says little.",
    },
    {
        "fr": "Deux couvertures, jamais confondues : celle de l'intervalle randomisé, qui juge la"
        " calibration et doit tomber sur son niveau, et celle des nombres entiers imprimés, qui est"
        " plus haute quand le nombre attendu est petit.",
        "en": "Two coverages, never mixed up: that of the randomised interval, which judges the"
        " calibration and should meet its level, and that of the whole numbers printed, which is"
        " higher where the number expected is small.",
    },
)


def card(told: Mapping[str, Any], readers: Sequence[str]) -> dict[str, Any]:
    """Return the card of a run.

    Args:
        told: What the run tells: ``about``, ``counted``, ``verdicts``, ``scores``, ``groups``,
            ``stress``, ``stability``, ``misses``.
        readers: Roles that may see forecasts, by the charter in force.
    """
    return {
        "about": dict(told["about"]),
        "purpose": PURPOSE,
        "not_for": NOT_FOR,
        "data": dict(told["counted"]),
        "not_evidence": list(NOT_EVIDENCE),
        "excluded": [
            {"kind": code, "label": _label(code), "why": dict(why)}
            for code, why in EXCLUDED.items()
        ],
        "kinds": [_kind(one, told) for one in told["verdicts"]],
        "groups": list(told["groups"]),
        "stress": dict(told["stress"]),
        "missing": dict(told["missing"]),
        "limits": [dict(one) for one in LIMITS],
        "readers": list(readers),
    }


def _label(code: str) -> Texts:
    kind = TAXONOMY.get(code)
    return {"fr": kind.fr, "en": kind.en}


def _kind(verdict: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line of the card: what is shown of a kind and how right that is."""
    scores = told["scores"].get(verdict["model"], {}).get(verdict["kind"])
    stable = told["stability"].get(verdict["kind"], {})
    line: dict[str, Any] = {
        "kind": verdict["kind"],
        "label": _label(verdict["kind"]),
        "state": verdict["state"],
        "model": verdict["model"],
        "why": dict(verdict["why"]),
        "base": told["counted"]["by_kind"].get(verdict["kind"], 0),
        "stability": stable.get("share"),
    }
    if scores is None:
        return {**line, **dict.fromkeys(FIGURES)}
    _, eighty, _ = scores["coverage"]
    return {
        **line,
        "deviance": scores["deviance"],
        "bias": scores["bias"],
        "pei": scores["pei"]["0.10"]["pei"],
        "coverage": eighty["randomised"],
        "printed": eighty["printed"],
    }
