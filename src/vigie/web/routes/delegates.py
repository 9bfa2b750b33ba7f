"""The accounts that a partner service names itself."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from vigie.privacy.purposes import Verb
from vigie.situation.delegation import add_delegate, list_delegates, withdraw_delegate
from vigie.web.answers.rights import DelegateList, DelegateRequest, NewDelegate
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api/delegates", tags=["rights"])


@router.get(
    "",
    operation_id="listDelegates",
    response_model=DelegateList,
    **needs(Verb.CONSULT, "delegations"),
)
def get_all(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return the accounts of one's own service, and within what its head may name others."""
    return {**list_delegates(home, caller), "next": None}


@router.post(
    "",
    operation_id="addDelegate",
    response_model=NewDelegate,
    **needs(Verb.COLLECT, "delegations"),
)
def add(home: HomeDep, caller: CallerDep, body: DelegateRequest) -> dict[str, Any]:
    """Name a person of one's own service, within one's own rights."""
    return add_delegate(
        home, caller, login=body.login, name=body.name, sources=body.sources, zones=body.zones
    )


@router.delete(
    "/{login}",
    operation_id="withdrawDelegate",
    status_code=204,
    **needs(Verb.ERASE, "delegations"),
)
def withdraw(
    home: HomeDep, caller: CallerDep, login: Annotated[str, Path(max_length=80)]
) -> Response:
    """Take an account of one's own service back."""
    withdraw_delegate(home, caller, login)
    return Response(status_code=204)
