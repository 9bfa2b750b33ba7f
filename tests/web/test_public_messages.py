"""Messages to the public on the real server: written, approved, read by everybody without cookies.

Requirement: R1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from lxml import etree
from tests.web.conftest import running, sample_home, sign_in

from vigie.base.clock import FixedClock
from vigie.situation.home import Home
from vigie.web.answers.public_messages import PublicMessageCollection

Own = tuple[Home, FixedClock, httpx.Client]
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>&lt;/title>${7*7}<%= 1 %>]]>'
PUBLIC = (
    *("/public/messages", "/public/messages?lang=en", "/api/public/messages"),
    *("/api/public/messages.atom", "/api/public/panels.txt"),
)
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


class Tags(HTMLParser):
    """The elements of a page, with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def spec(clock: FixedClock, **changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "title_fr": "Sortie de match",
        "title_en": "End of the match",
        "text_fr": "Le boulevard Michelet est fermé.",
        "text_en": "Boulevard Michelet is closed.",
        "panel": ["MICHELET FERMÉ"],
        "category": "Transport",
        "urgency": "Expected",
        "severity": "Minor",
        "certainty": "Likely",
        "zone": "city",
        "expires": (clock.now() + timedelta(hours=6)).isoformat(),
        "submit": True,
    }
    return told | changes


@contextmanager
def signed(client: httpx.Client, role: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=client.base_url, timeout=30) as other:
        sign_in(other, role, sample_home.PASSWORD)
        yield other


def publish(own: Own, **changes: Any) -> str:
    """Let a planner write and a head of shift approve; return the message's id."""
    _, clock, client = own
    with signed(client, "planner") as planner:
        made = planner.post("/api/messages", json=spec(clock, **changes))
        assert made.status_code == 201, made.text
        name: str = made.json()["message_id"]
        refused = planner.post(
            f"/api/messages/{name}/acts", json={"act": "approve", "after": 2, "publish": True}
        )
        assert (refused.status_code, refused.json()["params"]["why"]) == (403, "same_hand")
    assert name not in client.get("/api/public/messages").text
    act(client, name, "approve", 2, publish=True)
    return name


def act(client: httpx.Client, name: str, what: str, after: int, **more: Any) -> None:
    with signed(client, "shift_head") as head:
        body = {"act": what, "after": after} | more
        answer = head.post(f"/api/messages/{name}/acts", json=body)
        assert answer.status_code == 200, answer.text


def test_everybody_reads_what_two_people_made_without_a_cookie(own: Own) -> None:
    _, _, client = own
    name = publish(own)
    for path in PUBLIC:
        answer = client.get(path, headers={"Accept-Language": "fr"})
        assert answer.status_code == 200, path
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "public, max-age=60, must-revalidate"
        again = client.get(
            path, headers={"Accept-Language": "fr", "If-None-Match": answer.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
        assert not re.search("planner|shift_head", answer.text)
    assert not client.cookies
    told = client.get("/api/public/messages").json()
    PublicMessageCollection.model_validate(told)
    (feature,) = told["features"]
    assert feature["id"] == f"{name}.4"
    assert feature["properties"]["status"] == told["status"] == "Test"
    alert = client.get(feature["properties"]["cap"])
    assert alert.headers["content-type"] == "application/cap+xml"
    assert etree.fromstring(alert.content).findtext(f"{CAP}status") == "Test"
    assert client.get("/api/public/panels.txt").text == "# Test\n"


def test_the_page_has_two_languages_no_script_and_nothing_from_elsewhere(own: Own) -> None:
    publish(own)
    _, _, client = own
    for language, title in (("fr", "Sortie de match"), ("en", "End of the match")):
        answer = client.get("/public/messages", headers={"Accept-Language": language})
        assert answer.headers["content-language"] == language
        page = Tags(answer.text)
        names = [tag for tag, _ in page.tags]
        assert not {"script", "img", "iframe", "form", "object", "base"} & set(names)
        assert [attrs for tag, attrs in page.tags if tag == "html"] == [{"lang": language}]
        assert names.count("h1") == names.count("main") == 1
        assert title in page.text
        for _, attrs in page.tags:
            assert not any(name.startswith("on") or name == "style" for name in attrs)
            assert re.match(r"(/|$)", attrs.get("href") or "")
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy


def test_hostile_text_is_text_on_the_page_and_in_every_feed(own: Own) -> None:
    _, _, client = own
    hostile = dict.fromkeys(("title_fr", "title_en", "text_fr", "text_en", "advice_fr"), HOSTILE)
    name = publish(own, **hostile, advice_en=HOSTILE, streets=[HOSTILE[:60]])
    page = Tags(client.get("/public/messages?lang=fr").text)
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    assert HOSTILE in page.text
    feed = etree.fromstring(client.get("/api/public/messages.atom?lang=fr").content)
    assert HOSTILE in "".join(feed.itertext())
    alert = etree.fromstring(client.get(f"/api/public/messages/{name}.4/cap").content)
    assert alert.findtext(f"{CAP}info/{CAP}description") == HOSTILE
    assert not [one for one in alert.iter() if not str(one.tag).startswith(CAP)]
    (feature,) = client.get("/api/public/messages").json()["features"]
    assert feature["properties"]["text"]["fr"] == HOSTILE


def test_no_cache_keeps_a_message_beyond_its_end(own: Own) -> None:
    _, clock, client = own
    name = publish(own)
    clock.advance(timedelta(hours=5, minutes=59, seconds=30))
    answer = client.get("/public/messages")
    assert answer.headers["cache-control"] == "public, max-age=30, must-revalidate"
    clock.advance(timedelta(seconds=30))
    for path in PUBLIC:
        assert "Michelet" not in client.get(path).text
    assert client.get("/api/public/messages").json()["features"] == []
    assert client.get(f"/api/public/messages/{name}.4/cap").status_code == 404


def test_an_update_replaces_and_a_withdrawal_cancels_until_the_old_end(own: Own) -> None:
    _, clock, client = own
    name = publish(own)
    change = spec(clock, text_fr="Le boulevard Michelet rouvre à 23 h.", after=4)
    with signed(client, "planner") as planner:
        answer = planner.put(f"/api/messages/{name}", json=change)
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "published"
        assert answer.json()["preparing"] == "submitted"
    assert "rouvre" not in client.get("/public/messages").text
    act(client, name, "approve", 6, publish=True)
    (feature,) = client.get("/api/public/messages").json()["features"]
    assert (feature["properties"]["type"], feature["id"]) == ("Update", f"{name}.8")
    assert feature["properties"]["references"] == [f"{name}.4"]
    assert client.get(f"/api/public/messages/{name}.4/cap").status_code == 404
    act(client, name, "withdraw", 8, reason="Le match est annulé")
    alert = etree.fromstring(client.get(f"/api/public/messages/{name}.9/cap").content)
    assert alert.findtext(f"{CAP}msgType") == "Cancel"
    named = (alert.findtext(f"{CAP}references") or "").split()
    assert [one.split(",")[1] for one in named] == [f"{name}.4", f"{name}.8"]
    assert "Ce message est annulé" in client.get("/public/messages?lang=fr").text
    clock.advance(timedelta(hours=6))
    assert client.get("/api/public/messages").json()["features"] == []


def test_faults_are_told_field_by_field_and_a_draft_is_nobodys_reading(own: Own) -> None:
    _, clock, client = own
    with signed(client, "operator") as operator:
        bad = spec(clock, title_fr="M. Jean Dupont", text_fr="3 blessés", zone="")
        answer = operator.post("/api/messages", json=bad)
        assert answer.status_code == 422
        found = {one["field"]: one["code"] for one in answer.json()["params"]["errors"]}
        assert found == {
            "title_fr": "inform_person",
            "text_fr": "inform_few",
            "zone": "inform_nowhere",
        }
        far = spec(clock, expires=(clock.now() + timedelta(days=15)).isoformat())
        assert operator.post("/api/messages", json=far).status_code == 422
        assert operator.post("/api/messages", json=spec(clock)).status_code == 201
        assert operator.get("/api/messages").json()["total"] == 1
    assert client.get("/api/public/messages").json()["features"] == []
    assert client.get("/api/messages").status_code == 401


def test_one_address_does_not_read_without_end(own: Own, serve_home: Callable[..., Any]) -> None:
    home, _, _ = own
    public = home.settings.public.model_copy(update={"reads_per_minute": 3})
    home.settings = home.settings.model_copy(update={"public": public})
    with running(home) as server, httpx.Client() as client:
        address = f"http://127.0.0.1:{server.port}/api/public/panels.txt"
        codes = [client.get(address).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]


@pytest.mark.parametrize("demo", [True, False])
def test_a_demonstration_is_never_meant_in_earnest(own: Own, demo: bool) -> None:
    home, _, client = own
    public = home.settings.public.model_copy(update={"status": "Actual"})
    home.settings = home.settings.model_copy(update={"public": public, "demo": demo})
    publish(own)
    told = client.get("/api/public/messages").json()
    assert told["status"] == ("Exercise" if demo else "Actual")
    lines = client.get("/api/public/panels.txt").text
    assert lines == ("# Exercise\n" if demo else "MICHELET FERMÉ\n")
    marked = "Exercice ou essai" in client.get("/public/messages?lang=fr").text
    assert marked == demo
