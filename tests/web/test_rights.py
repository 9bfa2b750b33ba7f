"""Rights over HTTP: purposes, reasons, view as, break-glass and its clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import GlassUnreviewed
from vigie.lake.statements import statements
from vigie.model.contracts import CONTRACTS
from vigie.situation.home import Home
from vigie.web.openapi import document

PASSWORD = "correct-horse-battery"
Own = tuple[Home, FixedClock, httpx.Client]
REASON = "Personne en danger place Castellane"
DAY_US = 86_400_000_000


def as_(client: httpx.Client, login: str, password: str = PASSWORD) -> httpx.Client:
    """The same client, signed in as somebody else."""
    answer = client.post("/api/session", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


def code(answer: httpx.Response) -> str:
    return str(answer.json()["code"])


# --- Purpose, reason, view as -------------------------------------------------------------------


def test_a_session_tells_its_purposes_and_a_header_names_one(own: Own) -> None:
    """Requirement: ALG-6."""
    _, _, client = own
    account = as_(client, "shift_head").get("/api/session").json()["account"]
    assert account["purposes"] == ["live_response", "source_operation", "analysis"]
    assert client.get("/api/facts").status_code == 200
    refused = client.get("/api/facts", headers={"X-Vigie-Purpose": "analysis"})
    assert (refused.status_code, code(refused)) == (403, "forbidden")
    foreign = client.get("/api/facts", headers={"X-Vigie-Purpose": "oversight"})
    assert (foreign.status_code, code(foreign)) == (403, "purpose_refused")
    long = client.get("/api/facts", headers={"X-Vigie-Purpose": "x" * 600})
    assert long.status_code == 422


def test_a_reason_is_asked_for_by_its_own_code(own: Own) -> None:
    """Requirement: LED-2."""
    home, _, client = own
    row = as_(client, "admin").get("/api/quarantine").json()["items"][0]["id"]
    missing = client.get(f"/api/quarantine/{row}")
    assert (missing.status_code, code(missing)) == (403, "reason_required")
    assert missing.json()["params"]["least"] == 15
    told = {"X-Vigie-Reason": quote("Colonne décalée depuis ce matin")}
    assert client.get(f"/api/quarantine/{row}", headers=told).json()["raw"]
    again = client.get(f"/api/quarantine/{row}", headers=told)
    assert (again.status_code, code(again)) == (403, "reason_repeated")
    assert home.desk.reasons.repeats("admin", "colonne DÉCALÉE depuis  ce matin")


def test_a_view_as_another_role_never_widens(own: Own) -> None:
    _, _, client = own
    as_(client, "admin")
    assert client.get("/api/facts").status_code == 200
    seen = client.get("/api/facts", headers={"X-Vigie-View-As": "elected"})
    assert seen.status_code == 403
    assert client.get("/api/summary", headers={"X-Vigie-View-As": "elected"}).status_code == 200
    as_(client, "operator")
    denied = client.get("/api/summary", headers={"X-Vigie-View-As": "elected"})
    assert (denied.status_code, denied.json()["params"]["why"]) == (403, "view_as_not_yours")


def test_the_session_seen_as_another_role_has_the_rights_of_both(own: Own) -> None:
    _, _, client = own
    as_(client, "admin")
    mine = client.get("/api/session").json()["account"]
    seen = client.get("/api/session", params={"view_as": "planner"}).json()["account"]
    planner = as_(client, "planner").get("/api/session").json()["account"]
    both = set(mine["permissions"]) & set(planner["permissions"])
    assert set(seen["permissions"]) == both
    assert seen["view_as"] == "planner"
    assert mine["view_as"] is None
    refused = client.get("/api/session", params={"view_as": "admin"})
    assert (refused.status_code, code(refused)) == (403, "forbidden")


def test_the_session_tells_which_roles_it_may_see_as(own: Own) -> None:
    _, _, client = own
    seen = as_(client, "dpo").get("/api/session").json()["account"]["views_as"]
    assert {"operator", "elected"} <= set(seen)
    assert not {"dpo", "partner", "investigator"} & set(seen)
    for role in seen:
        assert client.get("/api/session", params={"view_as": role}).status_code == 200
        assert client.get("/api/summary", headers={"X-Vigie-View-As": role}).status_code == 200
    assert as_(client, "operator").get("/api/session").json()["account"]["views_as"] == []


def test_the_session_tells_what_one_purpose_allows(own: Own) -> None:
    _, _, client = own
    as_(client, "shift_head")
    told = {
        purpose: client.get("/api/session", params={"purpose": purpose}).json()["account"]
        for purpose in ("", "live_response", "analysis", "inquiry")
    }
    permissions = {purpose: set(one["permissions"]) for purpose, one in told.items()}
    assert "read_facts" in permissions["live_response"]
    assert "read_facts" not in permissions["analysis"]
    assert permissions["inquiry"] == set()
    assert permissions["live_response"] | permissions["analysis"] < permissions[""]
    for purpose in ("live_response", "analysis"):
        answer = client.get("/api/facts", headers={"X-Vigie-Purpose": purpose})
        assert (answer.status_code == 200) == ("read_facts" in permissions[purpose])


def test_a_read_token_has_a_purpose(own: Own) -> None:
    home, _, client = own
    account = home.desk.accounts.get("shift_head")
    secret, _ = home.desk.tokens.issue(
        "figures", "read", account_id=account.account_id, reads_for="analysis"
    )
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/summary", headers=headers).status_code == 200
    assert client.get("/api/facts", headers=headers).status_code == 403
    password = {"current": PASSWORD, "new": "another-long-password"}
    answer = client.post("/api/session/password", headers=headers, json=password)
    assert answer.status_code == 403


# --- Break-glass ----------------------------------------------------------------------------------


def narrative_of(home: Home, sample: object) -> str:
    return str(sample.facts()["fact_id"][0].as_py())  # type: ignore[attr-defined]


def body(**changes: object) -> dict[str, object]:
    return {"dataset": "narratives", "minutes": 30, "reason": REASON} | changes


def test_breaking_the_glass_opens_at_once_and_narrowly(own: Own, sample: object) -> None:
    home, clock, client = own
    fact = narrative_of(home, sample)
    as_(client, "planner")
    assert client.get(f"/api/facts/{fact}").json()["narrative_withheld"]
    made = client.post("/api/breakglass", json=body(fact_id=fact))
    assert made.status_code == 200, made.text
    assert made.json()["fact_id"] == fact
    assert client.get(f"/api/facts/{fact}").json()["narrative"]["text"]
    other = client.get("/api/facts").json()["items"][3]["fact_id"]
    assert client.get(f"/api/facts/{other}").json()["narrative_withheld"]
    clock.advance(timedelta(minutes=30))
    assert client.get(f"/api/facts/{fact}").json()["narrative_withheld"]


def test_a_glass_over_a_zone_opens_what_stands_in_it(own: Own, sample: object) -> None:
    home, _, client = own
    fact = narrative_of(home, sample)
    as_(client, "planner")
    zones = client.get(f"/api/facts/{fact}").json()["zones"]
    inside = f"{zones[0]['zoning']}:{zones[0]['zone_id']}"
    outside = "arrondissement:" + ("east" if inside.endswith("west") else "west")
    client.post("/api/breakglass", json=body(zone=outside))
    assert client.get(f"/api/facts/{fact}").json()["narrative_withheld"]
    client.post("/api/breakglass", json=body(zone=inside, reason=f"{REASON}, suite"))
    assert client.get(f"/api/facts/{fact}").json()["narrative"]["text"]


@pytest.mark.parametrize(
    ("login", "changes", "status", "why"),
    [
        ("operator", {"zone": "arrondissement:west"}, 403, "forbidden"),
        ("elected", {"zone": "arrondissement:west"}, 403, "forbidden"),
        ("planner", {"zone": "arrondissement:west", "dataset": "raw_rows"}, 403, "forbidden"),
        ("planner", {"zone": "arrondissement:west", "reason": "vite"}, 403, "reason_required"),
        ("planner", {"zone": "arrondissement:west", "minutes": 61}, 422, "wrong_usage"),
        ("planner", {"zone": "arrondissement:west", "fact_id": "x"}, 422, "wrong_usage"),
        ("planner", {}, 422, "wrong_usage"),
        ("planner", {"zone": "arrondissement:none"}, 404, "not_found"),
        ("planner", {"zone": "none:west"}, 404, "not_found"),
        ("planner", {"fact_id": "none"}, 404, "not_found"),
    ],
)
def test_a_glass_is_not_broken_for_anything(
    own: Own, login: str, changes: dict[str, object], status: int, why: str
) -> None:
    home, _, client = own
    answer = as_(client, login).post("/api/breakglass", json=body(**changes))
    assert (answer.status_code, code(answer)) == (status, why)
    assert home.desk.glasses.list_all() == []


def test_unreviewed_after_a_day_the_account_is_locked_until_somebody_reviewed(own: Own) -> None:
    _, clock, client = own
    as_(client, "planner")
    first = client.post("/api/breakglass", json=body(zone="arrondissement:west")).json()
    repeated = client.post("/api/breakglass", json=body(zone="arrondissement:west"))
    assert code(repeated) == "reason_repeated"
    clock.advance(timedelta(hours=10))
    as_(client, "planner")
    second = client.post(
        "/api/breakglass", json=body(zone="arrondissement:west", reason=f"{REASON}, encore")
    )
    assert second.status_code == 200
    clock.advance(timedelta(hours=7))
    as_(client, "planner")
    clock.advance(timedelta(hours=6, minutes=59))
    assert client.get("/api/facts").status_code == 200
    clock.advance(timedelta(minutes=1))
    locked = client.get("/api/facts")
    assert (locked.status_code, code(locked)) == (401, "glass_unreviewed")
    refused = client.post("/api/session", json={"login": "planner", "password": PASSWORD})
    assert (refused.status_code, code(refused)) == (401, "glass_unreviewed")
    wrong = client.post("/api/session", json={"login": "planner", "password": "wrong-password"})
    assert code(wrong) == "not_signed_in"

    as_(client, "dpo")
    waiting = client.get("/api/breakglass").json()["items"]
    assert [one["overdue"] for one in waiting] == [False, True]
    assert waiting[1]["glass_id"] == first["glass_id"]
    review = f"/api/breakglass/{first['glass_id']}/review"
    done = client.post(review, json={"verdict": "justified"}).json()
    assert (done["reviewed_by"], done["verdict"], done["overdue"]) == ("dpo", "justified", False)
    assert code(client.post(review, json={"verdict": "justified"})) == "conflict"
    missing = client.post("/api/breakglass/none/review", json={"verdict": "justified"})
    assert missing.status_code == 404
    as_(client, "planner")
    assert client.get("/api/breakglass").status_code == 403


class Turned:
    """A home and its clock, without a long description of both."""

    def __init__(self, home: Home, clock: FixedClock) -> None:
        self.home, self.clock = home, clock

    def __repr__(self) -> str:
        return "a home"


def test_who_oversees_hears_of_a_broken_glass(own: Own) -> None:
    home, _, client = own
    start = home.intake.events.latest_id
    as_(client, "planner").post("/api/breakglass", json=body(zone="arrondissement:west"))
    (event,) = home.intake.events.since(start)
    assert event.type == "org.vigie.breakglass.opened.v1"
    assert event.data["login"] == "planner"


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    waits=st.lists(
        st.tuples(st.integers(1, 40 * 60), st.sampled_from(["break", "review", "sign_in"])),
        max_size=10,
    )
)
def test_a_locked_account_is_one_with_a_glass_older_than_a_day(
    own_desk: Turned, waits: list[tuple[int, str]]
) -> None:
    """Whatever is done and whenever: sign-in is refused exactly while a review is overdue."""
    home, clock = own_desk.home, own_desk.clock
    for one in home.desk.glasses.list_all():
        if not one.reviewed_by:
            home.desk.glasses.review(one.glass_id, by="dpo", verdict="justified")
    account = home.desk.accounts.get("planner")
    unreviewed: list[tuple[str, int]] = []
    for minutes, act in waits:
        clock.advance(timedelta(minutes=minutes))
        now = now_us(clock)
        overdue = any(now - at >= DAY_US for _, at in unreviewed)
        if act == "review":
            for glass_id, _ in unreviewed:
                home.desk.glasses.review(glass_id, by="dpo", verdict="unjustified")
            unreviewed = []
        elif act == "break":
            try:
                made = home.desk.glasses.break_one(
                    account.account_id,
                    *("narratives",),
                    minutes=5,
                    reason=REASON,
                    zone="a:b",
                    fact="",
                )
            except GlassUnreviewed:
                assert overdue
            else:
                assert not overdue
                unreviewed.append((made.glass_id, now))
        else:
            try:
                home.desk.sessions.open(account.account_id)
            except GlassUnreviewed:
                assert overdue
            else:
                assert not overdue


@pytest.fixture(scope="module")
def own_desk(tmp_path_factory: pytest.TempPathFactory, sample: object) -> object:
    """A home whose clock and accounts a property test may turn as it likes."""
    home, clock = sample.build(tmp_path_factory.mktemp("glass") / "home")  # type: ignore[attr-defined]
    with home:
        yield Turned(home, clock)


# --- Agents ---------------------------------------------------------------------------------------


def test_nothing_groups_by_agent() -> None:
    """No address takes or answers who among the agents wrote an entry. Requirement: PM-5."""
    forbidden = {"agent", "agent_id", "crew", "author", "officer", "patrol_id", "redactor", "user"}
    operations = [
        operation
        for path in document()["paths"].values()
        for method, operation in path.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]
    names = {one["name"].lower() for each in operations for one in each.get("parameters", [])}
    assert "source" in names
    assert not names & forbidden
    told = {column for query in statements().values() for column in query.returns.names}
    kept = {name for contract in CONTRACTS.values() for name in contract.names()}
    assert "kind" in told & kept
    assert not (told | kept) & forbidden


def test_the_committed_tags_are_those_of_the_charter(
    as_role: Callable[[str], httpx.Client],
) -> None:
    """Requirement: LED-1."""
    told = as_role("anonymous").get("/api/openapi.json").json()
    for path in told["paths"].values():
        for method, operation in path.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                assert operation["x-verb"]
                assert operation["x-dataset"]
                assert operation["x-purposes"]
                assert operation["x-roles"]
