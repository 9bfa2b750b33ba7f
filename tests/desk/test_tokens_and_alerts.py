"""Tokens name their feeds; alerts are raised once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import Forbidden, NotFound, NotSignedIn
from vigie.desk.alerts import Alert
from vigie.desk.store import Desk


def test_a_token_pushes_only_its_own_feeds(desk: Desk) -> None:
    secret, token = desk.tokens.issue("capteurs", "ingest", sources=("noise",))

    assert desk.tokens.check(secret, "ingest", source="noise").token_id == token.token_id
    with pytest.raises(Forbidden):
        desk.tokens.check(secret, "ingest", source="main_courante")
    with pytest.raises(Forbidden):
        desk.tokens.check(secret, "read")


def test_a_revoked_or_unknown_token_opens_nothing(desk: Desk) -> None:
    secret, token = desk.tokens.issue("capteurs", "ingest", sources=("noise",))
    desk.tokens.revoke(token.token_id)
    for each in (secret, "vigie_guess"):
        with pytest.raises(NotSignedIn):
            desk.tokens.check(each, "ingest", source="noise")
    with pytest.raises(NotFound):
        desk.tokens.revoke("token-none")

    assert [t.revoked for t in desk.tokens.list_all()] == [True]


def test_a_reading_token_has_the_role_of_its_account_and_dies_with_it(desk: Desk) -> None:
    account = desk.accounts.create("qgis", name="", role="analyst", password="x" * 12)
    secret, _ = desk.tokens.issue("QGIS", "read", account_id=account.account_id)

    assert desk.tokens.check(secret, "read").role == "analyst"
    desk.accounts.disable("qgis")
    with pytest.raises(NotSignedIn):
        desk.tokens.check(secret, "read")


def _alert(name: str, at_us: int) -> Alert:
    return Alert(name, "surge", 3, at_us, at_us + 10, {"fr": "a", "en": "b"}, {"n": 4}, 5.3, 43.3)


def test_the_same_finding_is_one_alert_and_ends_by_itself(desk: Desk, clock: FixedClock) -> None:
    at = now_us(clock)
    alert = _alert("alert-1", at)

    assert desk.alerts.raise_all([alert]) == [alert]
    assert desk.alerts.raise_all([alert]) == []
    assert [a.state for a in desk.alerts.list_all()] == ["raised"]
    clock.advance(timedelta(hours=1))
    desk.alerts.raise_all([])

    assert [a.state for a in desk.alerts.list_all()] == ["over"]
    assert desk.alerts.list_all(state="raised") == []
    assert desk.alerts.count() == 1


def test_what_a_rule_about_the_present_no_longer_finds_is_over(
    desk: Desk, clock: FixedClock
) -> None:
    at = now_us(clock)
    still, gone, other = (_alert(name, at) for name in ("alert-1", "alert-2", "alert-3"))
    desk.alerts.raise_all([replace(still, rule="silent"), replace(gone, rule="silent"), other])

    assert desk.alerts.end_others(["silent"], ["alert-1"]) == 1
    assert {a.alert_id: (a.state, a.until_us) for a in desk.alerts.list_all()} == {
        "alert-1": ("raised", at + 10),
        "alert-2": ("over", at),
        "alert-3": ("raised", at + 10),
    }
    assert desk.alerts.end_others(["silent"], ["alert-1"]) == 0
