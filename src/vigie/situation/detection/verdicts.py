"""Signals and what persons say of them; the false-alarm rate that everybody may read.

A detection is a mark for human eyes. Nothing follows from it by itself: there is no way from here
to a dispatch, and a verdict is a count for the published rate, not an order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import scipy

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import WrongUsage
from vigie.desk.detection_tables import VERDICTS
from vigie.desk.detections import Verdict
from vigie.model.legal_events import LEGAL_STATE, LegalEvent
from vigie.model.times import SECOND_US
from vigie.privacy.charter import ANYWHERE
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.camera_limits import cameras_within, refuse_beyond
from vigie.situation.detection.shelf import types_json, usable
from vigie.situation.home import Home
from vigie.watch.vision.detections import CLIP_US

DATASET = "detections"
MOST = 500
DAY_US = 86_400 * SECOND_US
RATE_DAYS = 365
LEAST_PUBLISHED = 11
"""Verdicts below which a rate is not published: it would tell of single events."""


def list_detections(
    home: Home, caller: Caller, from_us: int, to_us: int, *, limit: int = MOST
) -> dict[str, Any]:
    """Return the signals raised in a time, the newest first.

    Raises:
        Forbidden: When the role may not see them.
    """
    subject = {"from": to_rfc3339(from_us), "to": to_rfc3339(to_us)}
    within = cameras_within(home, home.rights.ask(caller, DATASET, subject=subject).limits)
    rows = home.desk.detections.between(from_us, to_us, limit=min(limit, MOST))
    return {
        "items": [
            row_json(row, _proof(home, row["detector"])) for row in rows if within(row["camera"])
        ],
        "legal_state": dict(LEGAL_STATE),
        "may_judge": home.rights.may(caller, DATASET, Verb.ALTER),
        "next": None,
    }


def judge_detection(home: Home, caller: Caller, detection_id: str, verdict: str) -> dict[str, Any]:
    """Keep what a person says of a signal: true, false or unknown; a later word replaces it.

    Raises:
        PersonRequired: When a program asks.
        Forbidden: When the role may not.
        NotFound: When there is no such signal.
        WrongUsage: When the verdict is none of the three.
    """
    subject = {"detection": detection_id[:40], "verdict": verdict[:10]}
    if caller.by_token:
        home.rights.refuse(caller, DATASET, Verb.ALTER, subject, why="person_required")
    if home.rights.limits(caller, DATASET, Verb.ALTER) != ANYWHERE:
        cameras = [home.desk.detections.get(detection_id[:40])["camera"]]
        refuse_beyond(home, caller, (DATASET, Verb.ALTER), cameras, subject)
    home.rights.ask(caller, DATASET, Verb.ALTER, subject)
    if verdict not in VERDICTS:
        raise WrongUsage(reason=f"verdict: {', '.join(VERDICTS)}", field="verdict")
    home.desk.detections.judge(detection_id[:40], verdict, who=caller.name, role=caller.role)
    row = home.desk.detections.get(detection_id[:40])
    return row_json(row, _proof(home, row["detector"]))


def row_json(row: dict[str, Any], proof: str) -> dict[str, Any]:
    """Return a stored signal as it is told, with how well its detector is known."""
    return {
        **{name: row[name] for name in ("detection_id", "grant_id", "type", "camera", "zone")},
        **{name: row[name] for name in ("detector", "version", "parameters", "lasts", "score")},
        "level": row["level"],
        "proof": proof,
        "from": to_rfc3339(row["from_us"]),
        "raised_at": to_rfc3339(row["raised_us"]),
        "to": to_rfc3339(row["to_us"]),
        "clip": {
            "camera": row["camera"],
            "from": to_rfc3339(row["from_us"] - CLIP_US),
            "to": to_rfc3339(row["to_us"] + CLIP_US),
        },
        "path": [[to_rfc3339(at), *box] for at, *box in row["path"]],
        "verdict": row["verdict"],
    }


def _proof(home: Home, detector: str) -> str:
    found = usable(home.path).get(detector)
    return "not_validated" if found is None else found.proof


def public_rates(home: Home) -> dict[str, Any]:
    """Return what everybody may know: the eight types, and how often each signal was false.

    Of the last 365 days, from the verdicts of persons; "unknown" counts for neither side. A type
    with fewer than eleven verdicts has no published rate.
    """
    at_us = now_us(home.clock)
    verdicts = home.desk.detections.verdicts(at_us - RATE_DAYS * DAY_US)
    grants = home.desk.detections.grants(over_after_us=at_us)
    opened = {kind for one in grants if one.ended_us is None for kind in one.terms.types}
    rates = rates_of(verdicts)
    return {
        "items": [
            {**one, "granted": one["type"] in opened, "rate": rates[LegalEvent(one["type"])]}
            for one in types_json(home.path)
        ],
        "legal_state": dict(LEGAL_STATE),
        "days": RATE_DAYS,
        "least": LEAST_PUBLISHED,
        "next": None,
    }


def rates_of(verdicts: Iterable[Verdict]) -> dict[LegalEvent, dict[str, Any] | None]:
    """Return the false-alarm rate of every type; None where too few were judged.

    The share of false among true and false, with its exact 95 % interval (Clopper and Pearson,
    Biometrika 1934).
    """
    counts = Counter((one.type, one.verdict) for one in verdicts)
    told: dict[LegalEvent, dict[str, Any] | None] = {}
    for event in LegalEvent:
        false, true = counts[event, "false"], counts[event, "true"]
        judged = false + true
        told[event] = None
        if judged >= LEAST_PUBLISHED:
            share = scipy.stats.binomtest(false, judged)
            low, high = share.proportion_ci(0.95, method="exact")
            told[event] = {
                "false_share": round(false / judged, 4),
                "low": round(float(low), 4),
                "high": round(float(high), 4),
                "n": judged,
                "unknown": counts[event, "unknown"],
            }
    return told
