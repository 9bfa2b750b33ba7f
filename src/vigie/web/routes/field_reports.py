"""Entries of agents in the street."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from vigie.privacy.purposes import Verb
from vigie.situation.field_reports import field_form, send_entries
from vigie.web.answers.field_reports import FieldEntries, FieldForm, FieldReceipt
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api/field", tags=["field"])


@router.get(
    "",
    operation_id="getFieldForm",
    response_model=FieldForm,
    **needs(Verb.COLLECT, "facts"),
)
def get_form(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return what a phone keeps before it goes out: categories, streets, bounds."""
    return field_form(home, caller)


@router.post(
    "/reports",
    operation_id="sendFieldReports",
    response_model=FieldReceipt,
    status_code=202,
    **needs(Verb.COLLECT, "facts"),
)
def send_reports(home: HomeDep, caller: CallerDep, body: FieldEntries) -> dict[str, Any]:
    """Take what waited on a phone; each entry is durable or refused with its words, and once."""
    return send_entries(home, caller, [one.entry() for one in body.entries])
