"""Keys of calendar programs: made and withdrawn by their owner, opening the agenda alone."""

from __future__ import annotations

import httpx
from icalendar import Calendar
from tests.web.test_plan_entry import Own, as_, body

from vigie.audit.reading import Query, lines_before

KEYS = "/api/agenda/keys"
AGENDA = "/api/agenda.ics"


def test_a_person_subscribes_with_a_key_that_opens_nothing_else_and_withdraws_it(own: Own) -> None:
    home, clock, client = own
    entered = as_(client, "planner").post("/api/plans", json=body(clock)).json()
    account = home.desk.accounts.get("planner").account_id
    reader, _ = home.desk.tokens.issue("QGIS", "read", account_id=account)
    made = client.post(KEYS, json={"name": "Thunderbird"})
    assert made.status_code == 201, made.text
    secret, key = made.json()["secret"], made.json()["key"]
    (shown,) = client.get(KEYS).json()["items"]
    assert shown == {**key, "name": "Thunderbird", "last_used_at": None}
    with httpx.Client(base_url=client.base_url, timeout=30) as program:
        assert program.get(AGENDA).status_code == 401
        asked = {"token": secret, "kind": "event.culture"}
        by_address = program.get(AGENDA, params=asked)
        assert by_address.status_code == 200, by_address.text
        assert by_address.headers["content-type"].startswith("text/calendar")
        (event,) = Calendar.from_ical(by_address.content).walk("VEVENT")
        assert event["UID"] == f"{entered['plan_id']}@vigie"
        assert event["STATUS"] == "TENTATIVE"
        same = {"If-None-Match": by_address.headers["ETag"]}
        assert program.get(AGENDA, params=asked, headers=same).status_code == 304
        assert program.get(AGENDA, auth=("vigie", secret)).status_code == 200
        bearer = {"Authorization": f"Bearer {secret}"}
        for path in ("/api/agenda", "/api/plans", "/api/facts", "/api/means", KEYS):
            assert program.get(path, headers=bearer).status_code in {401, 403}, path
            assert program.get(path, params={"token": secret}).status_code == 401, path
        # A key that reads everything does not belong in an address, and no key makes another.
        assert program.get(AGENDA, params={"token": reader}).status_code == 403
        read = {"Authorization": f"Bearer {reader}"}
        assert program.post(KEYS, json={"name": "x"}, headers=read).status_code == 403
        assert client.get(KEYS).json()["items"][0]["last_used_at"] is not None

        other = as_(client, "partner")
        assert other.get(KEYS).json()["items"] == []
        assert other.delete(f"{KEYS}/{key['token_id']}").status_code == 404
        assert program.get(AGENDA, params={"token": secret}).status_code == 200
        owner = as_(client, "planner")
        assert owner.delete(f"{KEYS}/{key['token_id']}").status_code == 204
        assert program.get(AGENDA, params={"token": secret}).status_code == 401
    assert owner.get(KEYS).json()["items"] == []
    acts = {
        line.subject.get("act")
        for _, line in lines_before(home.audit, Query(limit=100), home.audit.count()).lines
    }
    assert {"issue_calendar_key", "revoke_calendar_key"} <= acts

    assert owner.post(KEYS, json={"name": "  "}).status_code == 422
    for n in range(10):
        assert owner.post(KEYS, json={"name": f"Poste {n}"}).status_code == 201
    assert owner.post(KEYS, json={"name": "de trop"}).status_code == 422
