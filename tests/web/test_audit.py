"""The audit over HTTP: read by the one role for it, the reading written down, heads for anybody."""

from __future__ import annotations

import base64
import itertools
from urllib.parse import quote

from vigie.privacy.checkpoint import parse, parse_key, signers
from vigie.privacy.merkle import verify_inclusion

_NUMBERS = itertools.count()


def why() -> dict[str, str]:
    return {"X-Vigie-Reason": quote(f"Contrôle mensuel des consultations, n° {next(_NUMBERS)}")}


def test_what_an_operator_looked_at_is_what_the_dpo_reads(as_role):
    """Requirement: P-LOG-4, LED-1, LED-2."""
    as_role("operator").get("/api/facts", params={"limit": 3})
    dpo = as_role("dpo")
    items = dpo.get("/api/audit", params={"who": "operator"}, headers=why()).json()["items"]
    line = items[0]
    assert (line["verb"], line["dataset"], line["role"]) == ("consult", "facts", "operator")
    assert line["at"]
    assert line["purpose"] == "live_response"
    reading = dpo.get("/api/audit", params={"limit": 1}, headers=why()).json()["items"][0]
    assert (reading["who"], reading["dataset"], reading["verb"]) == ("dpo", "audit", "consult")
    assert reading["subject"] == {"who": "operator", "limit": 200}
    assert reading["reason"].startswith("Contrôle mensuel")


def test_those_who_are_audited_do_not_read_the_audit_and_that_they_tried_is_read(as_role):
    """Requirement: LED-3."""
    answer = as_role("operator").get("/api/audit", headers=why())
    assert answer.status_code == 403
    found = as_role("dpo").get(
        "/api/audit", params={"outcome": "refused", "dataset": "audit"}, headers=why()
    )
    assert found.json()["items"][0]["who"] == "operator"


def test_pages_follow(as_role):
    dpo = as_role("dpo")
    for _ in range(3):
        as_role("analyst").get("/api/facts")
    address = "/api/audit?who=analyst&limit=2"
    seen = []
    while address:
        page = dpo.get(address, headers=why()).json()
        seen += [line["index"] for line in page["items"]]
        address = page["next"]
    assert len(seen) >= 3
    assert seen == sorted(set(seen), reverse=True)


def test_the_head_is_for_anybody_and_a_line_is_proved_under_it(as_role):
    """Requirement: P-LOG-1, P-LOG-7."""
    note = as_role("anonymous").get("/api/audit/head").text
    proof = as_role("operator").get("/api/audit/proof/0").json()
    key = parse_key(proof["key"])
    assert signers(note, [key]) == [key]
    assert signers(proof["checkpoint"], [key]) == [key]
    point = parse(proof["checkpoint"])
    hashes = [base64.b64decode(one) for one in proof["hashes"]]
    leaf = base64.b64decode(proof["leaf"])
    assert proof["size"] == point.size >= parse(note).size
    assert verify_inclusion(0, point.size, leaf, hashes, point.root)
    assert as_role("operator").get("/api/audit/proof/999999999").status_code == 404


def test_without_an_audit_people_s_data_stay_shut_and_open_figures_go_on(own, sample, monkeypatch):
    """Requirement: P-LOG-4, P-LOG-5."""
    home, _, client = own
    sign = client.post("/api/session", json={"login": "operator", "password": sample.PASSWORD})
    assert sign.status_code == 200, sign.text

    def fail(*_: object) -> int:
        raise OSError(28, "no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(home.audit._tail, "add", fail)
        refused = client.get("/api/facts")
        assert refused.status_code == 503
        assert refused.json()["code"] == "unavailable"
        assert "items" not in refused.json()
        assert client.get("/api/places").status_code == 200
    assert client.get("/api/facts").status_code == 200
