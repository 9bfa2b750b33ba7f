"""A program that copies the city through an account is bounded and seen; a person is neither."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import FixedClock
from vigie.base.errors import TooManyRequests
from vigie.base.settings_limits import LimitSettings
from vigie.intake.events import FACT_RECORDED
from vigie.situation.caller import Caller
from vigie.situation.home import Home, open_home
from vigie.web.limits import Buckets, kind_of
from vigie.web.routers import ROUTERS

PASSWORD = "correct-horse-battery"
BOUND = 2_000
AMINA = Caller("amina", "operator", "account-1")


@given(
    most=st.integers(1, 40),
    steps=st.lists(st.tuples(st.integers(0, 90), st.integers(0, 60)), max_size=12),
)
def test_a_bucket_never_gives_more_than_its_size_and_what_has_flown_in(
    most: int, steps: list[tuple[int, int]]
) -> None:
    """Whatever the pauses and the bursts: given <= size + rate x time, and a full one gives."""
    from datetime import UTC, datetime

    clock = FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
    buckets = Buckets(LimitSettings(reads_per_minute=most), clock)
    given_out = elapsed = 0
    waits: list[int] = []
    for pause, burst in steps:
        clock.advance(timedelta(seconds=pause))
        elapsed += pause
        for _ in range(burst):
            try:
                buckets.take(AMINA, "/api/city")
                given_out += 1
            except TooManyRequests as refused:
                waits.append(refused.params["retry_s"])
        assert given_out <= most + most * elapsed / 60 + 1e-6
    assert all(1 <= wait <= 60 // most + 1 for wait in waits)
    asked = sum(burst for _, burst in steps)
    assert given_out >= min(asked, most)


def test_each_account_purpose_and_kind_has_its_own_bucket(sample: Any) -> None:
    clock = FixedClock(sample.NOW)
    buckets = Buckets(LimitSettings(reads_per_minute=1, searches_per_minute=1), clock)
    others = (Caller("bob", "operator"), Caller("amina", "operator", purpose="analysis"))
    for caller in (AMINA, *others):
        for route in ("/api/city", "/api/facts"):
            buckets.take(caller, route)
            with pytest.raises(TooManyRequests):
                buckets.take(caller, route)


def test_the_kinds_name_routes_that_exist() -> None:
    paths = {getattr(route, "path", "") for router in ROUTERS for route in router.routes}
    from vigie.web import limits

    named = {*limits._EXPORTS, *limits._SEARCHES}
    assert named - paths <= {"/api/audit"}
    assert {kind_of(path) for path in paths} == {"read", "search", "export"}


@pytest.fixture
def narrow(
    tmp_path: Path, template: Path, sample: Any, serve_home: Any
) -> Iterator[tuple[Home, FixedClock, httpx.Client]]:
    """A demo home with a low bound for the alarm and for searches."""
    shutil.copytree(template, tmp_path / "home")
    (tmp_path / "home" / "vigie.toml").write_text(
        f"demo = true\n[limits]\nsearches_per_minute = 120\nfacts_per_hour = {BOUND}\n",
        encoding="utf-8",
    )
    clock = FixedClock(sample.NOW)
    with (
        open_home(tmp_path / "home", clock=clock) as home,
        serve_home(home) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=60) as client,
    ):
        yield home, clock, client


def sign_in(client: httpx.Client, login: str) -> None:
    client.cookies.clear()
    answer = client.post("/api/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text


def alarms(client: httpx.Client) -> list[dict[str, Any]]:
    sign_in(client, "dpo")
    answer = client.get("/api/accounts/alerts")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_a_scripted_copy_raises_one_alarm_that_the_officer_reads(
    narrow: tuple[Home, FixedClock, httpx.Client],
) -> None:
    home, _, client = narrow
    sign_in(client, "operator")
    page: str | None = "/api/facts?limit=100"
    read = 0
    while page is not None:
        answer = client.get(page)
        assert answer.status_code == 200
        read += len(answer.json()["items"])
        page = answer.json()["next"]
    assert read > BOUND
    shown = client.get("/api/alerts")
    assert all(one["rule"] != "bulk_read" for one in shown.json()["items"])
    (alarm,) = alarms(client)
    assert alarm["numbers"] == {"account": "operator", "role": "operator", "bound": BOUND}
    files = [one for one in (home.path / "audit").rglob("*") if one.is_file()]
    assert sum(one.read_bytes().count(b'"act":"bulk_read"') for one in files) == 1
    sign_in(client, "operator")
    assert client.get("/api/accounts/alerts").status_code == 403


def test_the_live_stream_counts_as_reading(narrow: tuple[Home, FixedClock, httpx.Client]) -> None:
    home, _, client = narrow
    log = home.intake.events

    def tell(connection: sqlite3.Connection) -> None:
        for n in range(BOUND + 2):
            fact = {"fact_id": f"fact-{n}", "kind": "noise", "source": "s"}
            log.append_within(connection, FACT_RECORDED, fact)

    log._database.write(tell)
    sign_in(client, "operator")
    heard = 0
    with client.stream("GET", "/api/stream?after=0") as stream:
        for line in stream.iter_lines():
            heard += "org.vigie.fact." in line
            if heard > BOUND + 1:
                break
    until = time.monotonic() + 30  # the alarm is written beside what is told, a moment late
    while not (found := alarms(client)) and time.monotonic() < until:
        time.sleep(0.02)
    (alarm,) = found
    assert alarm["numbers"]["account"] == "operator"


def test_a_day_at_the_console_raises_none(narrow: tuple[Home, FixedClock, httpx.Client]) -> None:
    """The same screens, again and again: the facts on them are not new ones."""
    _, clock, client = narrow
    sign_in(client, "operator")
    window = {"from": "2026-03-29T00:00:00Z", "to": "2026-03-30T12:00:00Z"}
    for _ in range(40):
        for path in ("/api/facts", "/api/summary", "/api/histogram", "/api/alerts", "/api/means"):
            assert (
                client.get(path, params=window if path != "/api/means" else {}).status_code == 200
            )
        assert client.get("/api/map", params={**window, "zoom": "15"}).status_code == 200
        clock.advance(timedelta(seconds=30))
    assert alarms(client) == []


def test_above_the_rate_the_answer_says_when_to_come_back(
    narrow: tuple[Home, FixedClock, httpx.Client],
) -> None:
    _, clock, client = narrow
    sign_in(client, "operator")
    statuses = [client.get("/api/facts?limit=1").status_code for _ in range(121)]
    assert statuses == [200] * 120 + [429]
    refused = client.get("/api/facts?limit=1")
    wait = int(refused.headers["retry-after"])
    assert client.get("/api/city").status_code == 200
    clock.advance(timedelta(seconds=wait))
    assert client.get("/api/facts?limit=1").status_code == 200
