"""Every calculation of Vigie: what it asks, what it does not show, how often it was wrong here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import vigie.detectors
from vigie.analyse.analysis import Analysis
from vigie.desk.store import Desk
from vigie.judge.rule import Rule
from vigie.judge.verdicts import false_rate
from vigie.privacy.disclosure import THRESHOLDS
from vigie.watch.vision.detector import Detector, discover

LEAST_JUDGED = THRESHOLDS["public"]
"""Verdicts below which a rate is not published: it would tell of single alerts."""


class Calculating(Protocol):
    """What is read of a home."""

    @property
    def desk(self) -> Desk: ...  # noqa: D102
    @property
    def rules(self) -> Mapping[str, Rule]: ...  # noqa: D102
    @property
    def analyses(self) -> Mapping[str, Analysis]: ...  # noqa: D102


@cache
def _models() -> dict[str, dict[str, Any]]:
    text = files("vigie.civic.register").joinpath("calculations.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _detectors() -> Mapping[str, Detector]:
    return discover(vigie.detectors)


def algorithms(house: Calculating) -> list[dict[str, Any]]:
    """Return what every calculation asks, reads and is limited by, whoever wrote it.

    Analyses and rules are those that the home found; models, detectors of images and the reader of
    texts are those of this version.
    """
    analyses = [
        _told(name, "analysis", one.question, one.limits, one.reference)
        | {
            "reads": list(one.reads),
            "least": one.suppress_below if one.count_column else None,
        }
        for name, one in house.analyses.items()
    ]
    rules = [
        _told(name, one.kind, one.title, one.why, one.reference)
        for name, one in house.rules.items()
    ]
    models = [
        _told(name, one["sort"], one["title"], one["limits"], one["reference"])
        | {"reads": one["reads"]}
        for name, one in _models().items()
    ]
    pictures = [
        _told(name, "detector", one.title, one.limits, "") | {"reads": ["recordings"]}
        for name, one in sorted(_detectors().items())
    ]
    return [*analyses, *rules, *models, *pictures]


def _told(
    name: str, sort: str, title: Mapping[str, str], limits: Mapping[str, str], reference: str
) -> dict[str, Any]:
    told = {"name": name, "sort": sort, "title": dict(title), "limits": dict(limits)}
    return told | {"reads": [], "least": None, "reference": reference}


def false_alarms(house: Calculating) -> list[dict[str, dict[str, str]]]:
    """Return how often each rule's alerts were false, by the verdicts of persons.

    False among true and false, with its 95 % interval (Wilson); "unknown" counts for neither side.
    A rule with fewer than ``LEAST_JUDGED`` verdicts is left out.
    """
    verdicts: dict[str, list[str]] = {}
    for (rule, _), some in house.desk.alerts.verdicts().items():
        verdicts.setdefault(rule, []).extend(some)
    rows = []
    for name, some in sorted(verdicts.items()):
        rate = false_rate(some)
        if rate.share is None or rate.judged < LEAST_JUDGED or name not in house.rules:
            continue
        low, high = (f"{100 * one:.0f}" for one in (rate.low, rate.high))
        rows.append(
            {
                "what": dict(house.rules[name].title),
                "measure": {"fr": "fausses alertes", "en": "false alarms"},
                "value": {
                    "fr": f"{100 * rate.share:.0f} % ({low} à {high})",
                    "en": f"{100 * rate.share:.0f} % ({low} to {high})",
                },
                "base": {
                    "fr": f"{rate.judged} alertes jugées par un agent, {rate.raised} levées",
                    "en": f"{rate.judged} alerts judged by an agent, {rate.raised} raised",
                },
            }
        )
    return rows
