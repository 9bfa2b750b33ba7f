"""Push: acknowledged means durable; everything else is a refusal that says why."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from vigie.base.clock import FixedClock
from vigie.base.errors import NotSignedIn, TooManyRequests, Unavailable
from vigie.situation.home import Home
from vigie.web.ingest import REMEMBER_S, Doorkeeper
from vigie.web.openapi import document

Own = tuple[Home, FixedClock, httpx.Client]
HEAD = "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT\r\n"


def row(number: int) -> bytes:
    line = f"2026-9{number:04d};30/03/2026;09:{number % 60:02d};TN;Tapage;5,37;43,29;2;VERT\r\n"
    return (HEAD + line).encode("utf-8")


def token(home: Home, *sources: str) -> dict[str, str]:
    secret, _ = home.desk.tokens.issue("feed", "ingest", sources=sources)
    return {"Authorization": f"Bearer {secret}", "Content-Type": "text/csv"}


def test_pushed_messages_are_durable_then_facts(own: Own) -> None:
    home, _, client = own
    headers = token(home, "log")
    before = home.lake.count("facts")
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda n: client.post("/api/ingest/log", content=row(n), headers=headers), range(40)
            )
        )
    assert {one.status_code for one in answers} == {202}
    ids = {one.json()["message_id"] for one in answers}
    assert len(ids) == 40
    connection = sqlite3.connect(home.path / "intake" / "intake.db")
    stored = {name for (name,) in connection.execute("SELECT message_id FROM messages")}
    connection.close()
    assert ids <= stored
    while home.intake.drain():
        pass
    assert home.lake.count("facts") == before + 40


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"headers": {}}, 401, "not_signed_in"),
        ({"headers": {"Authorization": "Bearer unknown"}}, 401, "not_signed_in"),
        ({"headers": {"Authorization": "Basic eA=="}}, 401, "not_signed_in"),
        ({"content": b""}, 422, "wrong_usage"),
        ({"content": b"x" * 2_000_000}, 413, "too_large"),
        ({"path": "/api/ingest/other"}, 403, "forbidden"),
        ({"path": "/api/ingest/ghost"}, 404, "not_found"),
        ({"path": "/api/ingest/..%2Fx"}, 404, "not_found"),
        ({"path": "/api/ingest/"}, 404, "not_found"),
        ({"method": "GET"}, 405, "method_not_allowed"),
    ],
)
def test_refusals(own: Own, change: dict, status: int, code: str) -> None:
    home, _, client = own
    limit = home.settings.server.max_body_bytes
    headers = token(home, "log", "ghost")
    content = change.get("content", row(1))
    if len(content) > 1_000_000:
        content = b"x" * (limit + 1)
    answer = client.request(
        change.get("method", "POST"),
        change.get("path", "/api/ingest/log"),
        content=content,
        headers=change.get("headers", headers),
    )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_body_without_a_length_is_bounded_while_it_is_read(own: Own) -> None:
    home, _, client = own
    piece = b"x" * 65_536
    limit = home.settings.server.max_body_bytes
    headers = token(home, "log")

    def pieces() -> object:
        for _ in range(limit // len(piece) + 2):
            yield piece

    try:
        answer = client.post("/api/ingest/log", content=pieces(), headers=headers)
    except httpx.HTTPError:
        return  # the server hung up in the middle of the upload: refused as well
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("error", "status"), [(TooManyRequests(retry_s=7), 429), (Unavailable(what="journal"), 503)]
)
def test_what_the_journal_refuses_is_said_with_a_time_to_retry(
    own: Own, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    home, _, client = own

    async def refuse(*_args: object) -> str:
        raise error

    monkeypatch.setattr(home.intake, "accept_async", refuse)
    answer = client.post("/api/ingest/log", content=row(1), headers=token(home, "log"))
    assert answer.status_code == status
    assert int(answer.headers["retry-after"]) > 0


def test_an_unforeseen_failure_acknowledges_nothing(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _, client = own

    async def fail(*_args: object) -> str:
        raise ValueError("secret of the house")

    monkeypatch.setattr(home.intake, "accept_async", fail)
    answer = client.post("/api/ingest/log", content=row(1), headers=token(home, "log"))
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "message_id" not in answer.text


def test_a_withdrawn_token_stops_within_seconds(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    home, _, client = own
    secret, found = home.desk.tokens.issue("feed", "ingest", sources=("log",))
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.post("/api/ingest/log", content=row(1), headers=headers).status_code == 202
    home.desk.tokens.revoke(found.token_id)
    later = time.monotonic() + REMEMBER_S + 0.1
    monkeypatch.setattr("vigie.web.ingest.monotonic", lambda: later)
    assert client.post("/api/ingest/log", content=row(2), headers=headers).status_code == 401


def test_a_steady_sender_waits_for_no_verdict_and_a_withdrawn_one_is_still_heard(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _, _ = own
    secret, found = home.desk.tokens.issue("steady", "ingest", sources=("log",))
    door = Doorkeeper(home)
    header, key = f"Bearer {secret}", (secret, "log")

    async def story() -> None:
        await door.check(header, "log")
        first = door._known[key]
        home.desk.tokens.revoke(found.token_id)
        monkeypatch.setattr("vigie.web.ingest.monotonic", lambda: first - REMEMBER_S / 4)
        await door.check(header, "log")  # remembered still, and asked anew beside
        await asyncio.wait(list(door._asked.values()))
        assert key not in door._known
        with pytest.raises(NotSignedIn):
            await door.check(header, "log")

    asyncio.run(story())


def test_the_doorkeeper_remembers_a_bounded_number_of_verdicts(own: Own) -> None:
    home, _, _ = own
    door = Doorkeeper(home)
    secret, _ = home.desk.tokens.issue("feed", "ingest", sources=("log",))
    door._known = {(str(n), "log"): 1e12 for n in range(1_000)}
    asyncio.run(door.check(f"Bearer {secret}", "log"))
    assert len(door._known) == 1


def test_the_push_address_is_described() -> None:
    described = document()["paths"]["/api/ingest/{source}"]["post"]
    assert described["x-roles"] == ["ingest-token"]
    assert {"202", "401", "403", "413", "429", "503"} <= set(described["responses"])


def test_many_who_push_at_once_ask_the_desk_once(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    home, _, _ = own
    secret, _ = home.desk.tokens.issue("herd", "ingest", sources=("rescue",))
    asked: list[str] = []
    check = home.desk.tokens.check

    def counted(given: str, *purposes: Any, source: str | None = None) -> Any:
        asked.append(given)
        return check(given, *purposes, source=source)

    monkeypatch.setattr(home.desk.tokens, "check", counted)
    door = Doorkeeper(home)

    async def herd() -> list[Any]:
        good = (door.check(f"Bearer {secret}", "rescue") for _ in range(40))
        bad = (door.check("Bearer unknown", "rescue") for _ in range(40))
        return await asyncio.gather(*good, *bad, return_exceptions=True)

    answers = asyncio.run(herd())
    assert answers[:40] == [None] * 40
    assert all(isinstance(one, NotSignedIn) for one in answers[40:])
    assert sorted(asked) == sorted([secret, "unknown"])
