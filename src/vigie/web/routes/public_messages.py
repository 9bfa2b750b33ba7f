"""Messages to the public: who writes and approves them, and what everybody reads of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from vigie.base.errors import NotFound
from vigie.base.translations import choose_language
from vigie.civic.informing.board import Board, Render, Shown
from vigie.civic.informing.page import content_security_policy, page
from vigie.foresight.informing import cap, feeds
from vigie.foresight.informing.issue import Speaker
from vigie.privacy.purposes import Verb
from vigie.situation import public_messages
from vigie.web.answers.public_messages import (
    MessageAct,
    MessageChange,
    MessageDetail,
    MessageDraft,
    MessagePage,
    PublicMessageCollection,
)
from vigie.web.etags import etag_of, to_json
from vigie.web.security import Attempts, CallerDep, HomeDep, anyone, needs

router = APIRouter(tags=["public messages"])

MessageId = Annotated[str, Path(max_length=40)]
Language = Annotated[Literal["fr", "en"] | None, Query(description="Else by Accept-Language.")]


@router.get(
    "/api/messages",
    operation_id="listMessages",
    response_model=MessagePage,
    **needs(Verb.CONSULT, "public_messages"),
)
def get_messages(
    home: HomeDep, caller: CallerDep, past_days: Annotated[int, Query(ge=0, le=366)] = 7
) -> dict[str, Any]:
    """Return the messages that are prepared or public, and those over for some days."""
    return public_messages.list_messages(home, caller, past_days=past_days)


@router.post(
    "/api/messages",
    operation_id="draftMessage",
    response_model=MessageDetail,
    status_code=201,
    **needs(Verb.ALTER, "public_messages"),
)
def create_message(home: HomeDep, caller: CallerDep, body: MessageDraft) -> dict[str, Any]:
    """Write a new message; nobody is told before another person approves it."""
    return public_messages.draft_message(home, caller, body.values(), submit=body.submit)


@router.get(
    "/api/messages/{message_id}",
    operation_id="getMessage",
    response_model=MessageDetail,
    **needs(Verb.CONSULT, "public_messages"),
)
def get_message(home: HomeDep, caller: CallerDep, message_id: MessageId) -> dict[str, Any]:
    """Return one message with everything that was done with it."""
    return public_messages.read_message(home, caller, message_id)


@router.put(
    "/api/messages/{message_id}",
    operation_id="changeMessage",
    response_model=MessageDetail,
    **needs(Verb.ALTER, "public_messages"),
)
def change_message(
    home: HomeDep, caller: CallerDep, message_id: MessageId, body: MessageChange
) -> dict[str, Any]:
    """Write a new draft; what is public stays so until the draft is approved and published."""
    return public_messages.draft_message(
        home, caller, body.values(), name=message_id, after=body.after, submit=body.submit
    )


@router.post(
    "/api/messages/{message_id}/acts",
    operation_id="actOnMessage",
    response_model=MessageDetail,
    **needs(Verb.CONSULT, "public_messages"),
)
def act_on_message(
    home: HomeDep, caller: CallerDep, message_id: MessageId, body: MessageAct
) -> dict[str, Any]:
    """Submit, send back, approve, publish or withdraw; writers do not approve (rights by act)."""
    return public_messages.act_on_message(
        home,
        caller,
        message_id,
        body.act,
        after=body.after,
        reason=body.reason,
        publish=body.publish,
    )


# --- What everybody reads, without signing in ----------------------------------------------------


def _told(
    request: Request, name: str, how: Render, media: str, headers: dict[str, str] | None = None
) -> Response:
    """Return a public content: bounded by address, kept by caches no longer than it is true."""
    attempts: Attempts = request.app.state.public_reads
    attempts.note(request.client.host if request.client else "")
    board: Board = request.app.state.board
    rendered = board.render(name, how)
    tag = etag_of(rendered.content)
    told = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={rendered.max_age_s}, must-revalidate",
        "Vary": "Accept-Language",
        **(headers or {}),
    }
    known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or tag.removeprefix("W/") in known:
        return Response(status_code=304, headers=told)
    return Response(rendered.content, media_type=media, headers=told)


def _language(request: Request, asked: str | None) -> str:
    return asked or choose_language(request.headers.get("accept-language"))


@router.get(
    "/public/messages",
    operation_id="readPublicPage",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}, "description": "A page without script."}},
    **anyone(Verb.CONSULT, "public_messages"),
)
def get_page(request: Request, lang: Language = None) -> Response:
    """Return the public page: no script, no cookie, nothing from elsewhere."""
    language = _language(request, lang)
    headers = {
        "Content-Language": language,
        "Content-Security-Policy": content_security_policy(),
    }
    return _told(
        request,
        f"page {language}",
        lambda shown, speaker: page(shown, speaker, language),
        "text/html; charset=utf-8",
        headers,
    )


@router.get(
    "/api/public/messages",
    operation_id="listPublicMessages",
    response_model=PublicMessageCollection,
    **anyone(Verb.CONSULT, "public_messages"),
)
def get_geojson(request: Request) -> Response:
    """Return what the public is told now, as GeoJSON."""
    return _told(
        request,
        "geojson",
        lambda shown, speaker: to_json(feeds.geojson(shown.issues, speaker)),
        "application/json",
    )


@router.get(
    "/api/public/messages.atom",
    operation_id="readPublicFeed",
    response_class=Response,
    responses={200: {"content": {feeds.ATOM_MEDIA: {}}, "description": "GeoRSS in Atom."}},
    **anyone(Verb.CONSULT, "public_messages"),
)
def get_atom(request: Request, lang: Language = None) -> Response:
    """Return what the public is told now as GeoRSS, with links to the CAP documents."""
    language = _language(request, lang)
    return _told(
        request,
        f"atom {language}",
        lambda shown, speaker: feeds.atom(shown.issues, speaker, language, shown.changed_us),
        feeds.ATOM_MEDIA,
        {"Content-Language": language},
    )


@router.get(
    "/api/public/panels.txt",
    operation_id="readPanels",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "Lines of street panels."}},
    **anyone(Verb.CONSULT, "public_messages"),
)
def get_panels(request: Request) -> Response:
    """Return the texts of the street panels; never those of an exercise or a test."""
    return _told(
        request,
        "panels",
        lambda shown, speaker: feeds.panels(shown.issues, speaker).encode("utf-8"),
        "text/plain; charset=utf-8",
    )


@router.get(
    "/api/public/messages/{identifier}/cap",
    operation_id="readPublicAlert",
    response_class=Response,
    responses={200: {"content": {cap.MEDIA: {}}, "description": "CAP 1.2."}},
    **anyone(Verb.CONSULT, "public_messages"),
)
def get_cap(request: Request, identifier: Annotated[str, Path(max_length=60)]) -> Response:
    """Return one message as CAP 1.2; a withdrawn one is a Cancel until it would have expired."""
    return _told(request, f"cap {identifier}", lambda *now: _alert(identifier, *now), cap.MEDIA)


def _alert(identifier: str, shown: Shown, speaker: Speaker) -> bytes:
    found = next((one for one in shown.issues if one.identifier == identifier), None)
    if found is None:
        raise NotFound(what="public message", name=identifier[:60])
    return cap.alert(found, speaker)
