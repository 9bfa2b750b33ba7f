"""Inquiries: cases, requisitions, two approvals, one opening of the vault, its package."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.responses import StreamingResponse

from vigie.inquiry import cases, evidence, opened, requisitions
from vigie.privacy.purposes import Verb
from vigie.situation.own_door import OwnDoor
from vigie.web.answers.inquiry import (
    CaseDetail,
    CaseHolds,
    CasePage,
    CaseSpec,
    EntrySpec,
    FeedName,
    GatheredTimeline,
    PackageSummary,
    PackageVerification,
    QueryHash,
    QuerySpec,
    RequisitionCounts,
    RequisitionDetail,
    RequisitionSpec,
    ReviewSpec,
)
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["inquiry"])

CaseId = Annotated[str, Path(max_length=40)]
RequisitionId = Annotated[str, Path(max_length=40)]
PackageId = Annotated[str, Path(max_length=40)]


def own_door(home: HomeDep, caller: CallerDep) -> OwnDoor:
    """Return the caller's door to the charter."""
    return OwnDoor(home.rights, caller)


DoorDep = Annotated[OwnDoor, Depends(own_door)]


@router.get(
    "/cases", operation_id="listCases", response_model=CasePage, **needs(Verb.CONSULT, "cases")
)
def get_cases(home: HomeDep, door: DoorDep) -> dict[str, Any]:
    """Return the cases that the caller is a member of; whoever oversees sees all of them."""
    return cases.list_cases(home, door)


@router.post(
    "/cases",
    operation_id="openCase",
    response_model=CaseDetail,
    status_code=201,
    **needs(Verb.COLLECT, "cases"),
)
def open_case(home: HomeDep, door: DoorDep, body: CaseSpec) -> dict[str, Any]:
    """Open a case with its custodian."""
    return cases.open_case(home, door, **body.model_dump())


@router.get(
    "/cases/{case_id}",
    operation_id="getCase",
    response_model=CaseDetail,
    **needs(Verb.CONSULT, "cases"),
)
def get_case(home: HomeDep, door: DoorDep, case_id: CaseId) -> dict[str, Any]:
    """Return a case with its whole history."""
    return cases.show_case(home, door, case_id)


@router.post(
    "/cases/{case_id}/entries",
    operation_id="writeInCase",
    response_model=CaseDetail,
    **needs(Verb.ALTER, "cases"),
)
def write(home: HomeDep, door: DoorDep, case_id: CaseId, body: EntrySpec) -> Any:
    """Write a note, a task, its end, an entry of the timeline, or change the members."""
    return cases.write(home, door, case_id, body.act, body.said())


@router.post(
    "/cases/{case_id}/close",
    operation_id="closeCase",
    response_model=CaseDetail,
    **needs(Verb.ALTER, "cases"),
)
def close(home: HomeDep, door: DoorDep, case_id: CaseId) -> dict[str, Any]:
    """Close a case: holds are released, packages deleted, counts alone kept for the years."""
    return cases.close_case(home, door, case_id)


@router.post(
    "/cases/{case_id}/requisitions",
    operation_id="enterRequisition",
    response_model=CaseDetail,
    status_code=201,
    **needs(Verb.COLLECT, "requisitions"),
)
def enter(home: HomeDep, door: DoorDep, case_id: CaseId, body: RequisitionSpec) -> dict[str, Any]:
    """Enter a requisition; what its act covers is frozen at once, nothing beside it."""
    return requisitions.enter(home, door, case_id, body.paper())


@router.get(
    "/cases/{case_id}/requisitions/{requisition_id}",
    operation_id="getRequisition",
    response_model=RequisitionDetail,
    **needs(Verb.CONSULT, "requisitions"),
)
def get_requisition(
    home: HomeDep, door: DoorDep, case_id: CaseId, requisition_id: RequisitionId
) -> dict[str, Any]:
    """Return a requisition with the exact query and its hash."""
    return requisitions.show(home, door, case_id, requisition_id)


@router.post(
    "/cases/{case_id}/requisitions/{requisition_id}/query",
    operation_id="bindQuery",
    response_model=CaseDetail,
    **needs(Verb.ALTER, "requisitions"),
)
def bind(
    home: HomeDep, door: DoorDep, case_id: CaseId, requisition_id: RequisitionId, body: QuerySpec
) -> dict[str, Any]:
    """Bind the exact query; one that goes beyond the act is refused, never trimmed."""
    return requisitions.bind(home, door, case_id, requisition_id, body.query())


@router.post(
    "/cases/{case_id}/requisitions/{requisition_id}/approve",
    operation_id="approveQuery",
    response_model=CaseDetail,
    **needs(Verb.ALTER, "requisitions"),
)
def approve(
    home: HomeDep, door: DoorDep, case_id: CaseId, requisition_id: RequisitionId, body: QueryHash
) -> dict[str, Any]:
    """Approve one exact query by its hash, for 24 hours."""
    return requisitions.approve(home, door, case_id, requisition_id, body.query_sha256)


@router.post(
    "/cases/{case_id}/requisitions/{requisition_id}/review",
    operation_id="reviewEmergency",
    response_model=CaseDetail,
    **needs(Verb.ALTER, "requisitions"),
)
def review(
    home: HomeDep, door: DoorDep, case_id: CaseId, requisition_id: RequisitionId, body: ReviewSpec
) -> dict[str, Any]:
    """Review an emergency on its document, within 24 hours."""
    document = body.document.document()
    return requisitions.review(
        home, door, case_id, requisition_id, document=document, verdict=body.verdict
    )


@router.post(
    "/cases/{case_id}/requisitions/{requisition_id}/run",
    operation_id="runRequisition",
    response_model=PackageSummary,
    **needs(Verb.DISCLOSE, "vault"),
)
def run(
    home: HomeDep, door: DoorDep, case_id: CaseId, requisition_id: RequisitionId, body: QueryHash
) -> dict[str, Any]:
    """Use a requisition, once: gather what was approved and seal it."""
    return evidence.run(home, door, case_id, requisition_id, body.query_sha256)


@router.get(
    "/cases/{case_id}/packages/{package_id}",
    operation_id="getPackage",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}}},
    **needs(Verb.DISCLOSE, "vault"),
)
def get_package(
    home: HomeDep, door: DoorDep, case_id: CaseId, package_id: PackageId
) -> StreamingResponse:
    """Return a package as a member takes it to the authority."""
    name, pieces = evidence.fetch(home, door, case_id, package_id)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type="application/zip", headers=headers)


@router.get(
    "/cases/{case_id}/packages/{package_id}/timeline",
    operation_id="getGathered",
    response_model=GatheredTimeline,
    **needs(Verb.DISCLOSE, "vault"),
)
def get_timeline(
    home: HomeDep, door: DoorDep, case_id: CaseId, package_id: PackageId
) -> dict[str, Any]:
    """Return what a package tells of place and time: facts, plans, measures, recordings."""
    return opened.timeline(home, door, case_id, package_id)


@router.get(
    "/cases/{case_id}/packages/{package_id}/verification",
    operation_id="verifyPackage",
    response_model=PackageVerification,
    **needs(Verb.CONSULT, "requisitions"),
)
def get_verification(
    home: HomeDep, door: DoorDep, case_id: CaseId, package_id: PackageId
) -> dict[str, Any]:
    """Check every byte of a package here; its own verifier does the same elsewhere."""
    return opened.verification(home, door, case_id, package_id)


@router.get(
    "/cases/{case_id}/holds",
    operation_id="listCaseHolds",
    response_model=CaseHolds,
    **needs(Verb.CONSULT, "requisitions"),
)
def get_holds(home: HomeDep, door: DoorDep, case_id: CaseId) -> dict[str, Any]:
    """Return what stays beyond its term for a case, and what was let go of."""
    return opened.holds(home, door, case_id)


@router.get(
    "/requisitions/feeds",
    operation_id="listFeedNames",
    response_model=list[FeedName],
    **needs(Verb.CONSULT, "requisitions"),
)
def get_feeds(home: HomeDep) -> list[dict[str, Any]]:
    """Return the feeds that a query may be narrowed to, in words."""
    return opened.feeds(home)


@router.get(
    "/requisitions/statistics",
    operation_id="countRequisitions",
    response_model=RequisitionCounts,
    **needs(Verb.CONSULT, "requisitions"),
)
def count(home: HomeDep, door: DoorDep) -> dict[str, Any]:
    """Return requisitions by month and article; small counts are withheld."""
    return requisitions.statistics(home, door)
