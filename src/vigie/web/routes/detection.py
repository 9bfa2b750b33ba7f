"""Legal detection: grants, signals, verdicts; an analysis is started at the machine."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from vigie.privacy.purposes import Verb
from vigie.situation.detection import grants, verdicts
from vigie.web.answers.detection import (
    DetectionGrant,
    DetectionGrantEnd,
    DetectionGrantPage,
    DetectionGrantSpec,
    DetectionJudged,
    DetectionPage,
    DetectionSignal,
    PublicRates,
)
from vigie.web.routes.plans import From, To, window_of
from vigie.web.security import CallerDep, HomeDep, anyone, needs

router = APIRouter(prefix="/api/detection", tags=["detection"])

GrantId = Annotated[str, Path(max_length=40)]
DetectionId = Annotated[str, Path(max_length=40)]


@router.get(
    "/grants",
    operation_id="listDetectionGrants",
    response_model=DetectionGrantPage,
    **needs(Verb.CONSULT, "detection_grants"),
)
def get_grants(
    home: HomeDep,
    caller: CallerDep,
    past: Annotated[bool, Query(description="Those that are over too.")] = False,
) -> dict[str, Any]:
    """Return the grants of detection, the legal state, and the eight types with their detectors."""
    return grants.list_grants(home, caller, past=past)


@router.post(
    "/grants",
    operation_id="giveDetectionGrant",
    response_model=DetectionGrant,
    status_code=201,
    **needs(Verb.COLLECT, "detection_grants"),
)
def give_grant(home: HomeDep, caller: CallerDep, body: DetectionGrantSpec) -> dict[str, Any]:
    """Enter a grant that an authority signed; each part is needed."""
    return grants.give_grant(home, caller, body.terms())


@router.post(
    "/grants/{grant_id}/end",
    operation_id="endDetectionGrant",
    response_model=DetectionGrant,
    **needs(Verb.ALTER, "detection_grants"),
)
def end_grant(
    home: HomeDep, caller: CallerDep, grant_id: GrantId, body: DetectionGrantEnd
) -> dict[str, Any]:
    """End a grant now; what runs under it stops at its next picture."""
    return grants.end_grant(home, caller, grant_id, reason=body.reason)


@router.get(
    "/signals",
    operation_id="listDetections",
    response_model=DetectionPage,
    **needs(Verb.CONSULT, "detections"),
)
def get_detections(
    *,
    home: HomeDep,
    caller: CallerDep,
    from_: From = None,
    to: To = None,
    limit: Annotated[int, Query(ge=1, le=verdicts.MOST)] = 100,
) -> dict[str, Any]:
    """Return the signals raised in a time, the newest first, each with its clip and verdict."""
    start, end = window_of(home, from_, to)
    return verdicts.list_detections(home, caller, start, end, limit=limit)


@router.post(
    "/signals/{detection_id}/verdict",
    operation_id="judgeDetection",
    response_model=DetectionSignal,
    **needs(Verb.ALTER, "detections"),
)
def judge_detection(
    home: HomeDep, caller: CallerDep, detection_id: DetectionId, body: DetectionJudged
) -> dict[str, Any]:
    """Say whether a signal was true; it feeds the published rate and orders nothing."""
    return verdicts.judge_detection(home, caller, detection_id, body.verdict)


@router.get(
    "/rates",
    operation_id="getDetectionRates",
    response_model=PublicRates,
    **anyone(Verb.CONSULT, "register"),
)
def get_rates(home: HomeDep) -> dict[str, Any]:
    """Return the eight types, whether any is granted, and how often each signal was false."""
    return verdicts.public_rates(home)
