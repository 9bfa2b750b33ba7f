"""Sources, their health, and what was refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request

from vigie.base.translations import choose_language
from vigie.privacy.purposes import Verb
from vigie.situation.sources import (
    MAX_PAGE,
    get_refused,
    get_source,
    list_refused,
    list_sources,
    retry_refused,
    source_contract,
)
from vigie.web.answers.sources import (
    ContractAnswer,
    QuarantineDetail,
    QuarantinePage,
    RetryAnswer,
    RetrySelection,
    SourceAnswer,
    SourceList,
)
from vigie.web.paging import next_address, pack, unpack
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["sources"])


def _language(request: Request) -> str:
    return choose_language(request.headers.get("accept-language"))


@router.get(
    "/sources",
    operation_id="listSources",
    response_model=SourceList,
    **needs(Verb.CONSULT, "sources"),
)
def get_all(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return how every source is doing."""
    return {"items": list_sources(home, caller), "next": None}


@router.get(
    "/sources/{name}",
    operation_id="getSource",
    response_model=SourceAnswer,
    **needs(Verb.CONSULT, "sources"),
)
def get_one(
    home: HomeDep, caller: CallerDep, name: Annotated[str, Path(max_length=80)]
) -> dict[str, Any]:
    """Return how one source is doing."""
    return get_source(home, caller, name)


@router.get(
    "/sources/{name}/contract",
    operation_id="getSourceContract",
    response_model=ContractAnswer,
    **needs(Verb.CONSULT, "sources"),
)
def get_contract(
    home: HomeDep, caller: CallerDep, name: Annotated[str, Path(max_length=80)]
) -> dict[str, Any]:
    """Return what a source should bring beside what it brought: fields, drift, volume by day."""
    return source_contract(home, caller, name)


@router.get(
    "/quarantine",
    operation_id="listQuarantine",
    response_model=QuarantinePage,
    **needs(Verb.CONSULT, "quarantine"),
)
def get_quarantine(
    *,
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    source: Annotated[str | None, Query(max_length=80)] = None,
    code: Annotated[str | None, Query(max_length=80)] = None,
    state: Annotated[Literal["new", "retried", "resolved", "expired"] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    cursor: Annotated[str | None, Query()] = None,
) -> dict[str, Any]:
    """Return what was refused and why, newest first."""
    offset = 0 if cursor is None else min(abs(unpack(cursor, int)[0]), 10_000_000)
    page = list_refused(
        home,
        caller,
        source=source,
        code=code,
        state=state,
        limit=limit,
        offset=offset,
        language=_language(request),
    )
    more = pack(offset + limit) if offset + limit < page["total"] else None
    return {**page, "next": next_address(request, more)}


@router.get(
    "/quarantine/{quarantine_id}",
    operation_id="getQuarantined",
    response_model=QuarantineDetail,
    **needs(Verb.CONSULT, "raw_rows"),
)
def get_quarantined(
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    quarantine_id: Annotated[str, Path(max_length=80)],
) -> dict[str, Any]:
    """Return one refused row as it was received."""
    return get_refused(home, caller, quarantine_id, _language(request))


@router.post(
    "/quarantine/retry",
    operation_id="retryQuarantine",
    response_model=RetryAnswer,
    **needs(Verb.ALTER, "quarantine"),
)
def retry_many(home: HomeDep, caller: CallerDep, body: RetrySelection) -> dict[str, Any]:
    """Try refused rows again: by id, or all of a source, of a code, or that wait."""
    return retry_refused(
        home, caller, ids=body.ids, source=body.source, code=body.code, state=body.state
    )


@router.post(
    "/quarantine/{quarantine_id}/retry",
    operation_id="retryQuarantined",
    response_model=RetryAnswer,
    **needs(Verb.ALTER, "quarantine"),
)
def retry_one(
    home: HomeDep, caller: CallerDep, quarantine_id: Annotated[str, Path(max_length=80)]
) -> dict[str, Any]:
    """Try one refused row again with today's code and mapping."""
    return retry_refused(home, caller, ids=[quarantine_id], must_exist=True)
