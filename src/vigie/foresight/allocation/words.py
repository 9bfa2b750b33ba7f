"""Reasons and lacks in a sentence, French and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from vigie.foresight.allocation.appraisal import Reason
from vigie.foresight.allocation.shifts import Rota

Texts = Mapping[str, str]
TOLD: Final = 0.05
"""Facts expected below which a number is told as none."""


def number(value: float, language: str) -> str:
    """Return a number with at most one decimal, with the comma or the point of the language."""
    text = f"{value:.1f}".removesuffix(".0")
    return text.replace(".", ",") if language == "fr" else text


def _three(values: tuple[float, float, float], language: str) -> str:
    low, mid, high = (number(one, language) for one in values)
    between = f"{low} à {high}" if language == "fr" else f"{low} to {high}"
    return f"{mid} ({between})"


def reason_words(reason: Reason, reach_s: float, peak: str) -> Texts:
    """Return why a post stands where it stands.

    Args:
        reason: The reason.
        reach_s: Response time wanted, seconds.
        peak: Local hour at which most is expected in its reach, as text.
    """
    minutes = {language: number(reach_s / 60.0, language) for language in ("fr", "en")}
    fr = (
        f"Couvre {_three(reason.covers, 'fr')} faits attendus en {minutes['fr']} min au plus, "
        f"surtout vers {peak}."
    )
    en = (
        f"Covers {_three(reason.covers, 'en')} expected facts within {minutes['en']} min, "
        f"most of them around {peak}."
    )
    if reason.alone[1] >= TOLD:
        fr += f" Sans lui, {_three(reason.alone, 'fr')} ne seraient plus à portée d’aucun poste."
        en += f" Without it, {_three(reason.alone, 'en')} would be in reach of no post."
    elif reason.gain >= TOLD:
        gain = reason.gain
        fr += (
            f" Il double d’autres postes : {number(gain, 'fr')} de plus trouvent une équipe libre."
        )
        en += f" It backs up other posts: {number(gain, 'en')} more find a free unit."
    else:
        fr += " D’autres postes suffisent à ce qu’il atteint : il peut être ôté."
        en += " Other posts are enough for what it reaches: it may be left out."
    return {"fr": fr, "en": en}


def missing_words(rota: Rota, hours: Sequence[str]) -> list[Texts]:
    """Return who lacks when; empty when nobody does.

    Args:
        rota: The shifts.
        hours: Local time at which each hour of the need begins, and the end of the last.
    """
    told: list[Texts] = []
    at = 0
    while at < len(rota.missing):
        count, end = int(rota.missing[at]), at + 1
        while end < len(rota.missing) and rota.missing[end] == count:
            end += 1
        if count:
            agents = f"{count} agent{'s' if count > 1 else ''}"
            told.append(
                {
                    "fr": f"De {hours[at]} à {hours[end]}, il manque {agents}.",
                    "en": f"From {hours[at]} to {hours[end]}, {agents} lacking.",
                }
            )
        at = end
    return told
