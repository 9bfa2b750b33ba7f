"""Accounts and sessions: safe by default, and revoked at once."""

from datetime import timedelta
from pathlib import Path

import pytest

from vigie.base.clock import FixedClock
from vigie.base.errors import Conflict, NotFound, NotSignedIn, TooManyRequests, WrongUsage
from vigie.desk.accounts import LOCK_S, MAX_FAILURES
from vigie.desk.sessions import Grant, same_secret
from vigie.desk.store import Desk

PASSWORD = "un mot de passe long"
OTHER = "un autre mot de passe"


def sign_in(desk: Desk, login: str, password: str) -> Grant:
    """Open a session by password alone."""
    return desk.sessions.open(desk.accounts.verify(login, password).account_id)


@pytest.fixture
def someone(desk: Desk) -> str:
    desk.accounts.create("Amina", name="Amina B.", role="operator", password=PASSWORD)
    return "amina"


def test_signing_in_gives_a_session_that_ends_on_sign_out(desk: Desk, someone: str) -> None:
    grant = sign_in(desk, "  AMINA ", PASSWORD)

    assert desk.sessions.look(grant.secret).account.login == someone
    assert grant.session.account.must_change_password is True
    desk.sessions.end(grant.secret)
    with pytest.raises(NotSignedIn):
        desk.sessions.look(grant.secret)


@pytest.mark.parametrize("login", ["amina", "nobody"])
def test_wrong_login_and_wrong_password_look_the_same(desk: Desk, someone: str, login: str) -> None:
    with pytest.raises(NotSignedIn) as caught:
        sign_in(desk, login, "wrong")

    assert caught.value.params == {"reason": "wrong login or password"}


def test_five_wrong_passwords_lock_the_account_for_a_while(
    desk: Desk, someone: str, clock: FixedClock
) -> None:
    for _ in range(MAX_FAILURES):
        with pytest.raises(NotSignedIn):
            sign_in(desk, someone, "wrong")
    with pytest.raises(TooManyRequests):
        sign_in(desk, someone, PASSWORD)
    clock.advance(timedelta(seconds=LOCK_S + 1))

    assert sign_in(desk, someone, PASSWORD).session.account.login == someone


def test_a_session_ends_when_unused(desk: Desk, someone: str, clock: FixedClock) -> None:
    secret = sign_in(desk, someone, PASSWORD).secret
    clock.advance(timedelta(hours=7))
    desk.sessions.look(secret)
    clock.advance(timedelta(hours=4, minutes=59))
    desk.sessions.look(secret)
    clock.advance(timedelta(minutes=2))
    with pytest.raises(NotSignedIn):
        desk.sessions.look(secret)


def test_an_unused_session_ends_after_the_idle_time(
    desk: Desk, someone: str, clock: FixedClock
) -> None:
    secret = sign_in(desk, someone, PASSWORD).secret
    clock.advance(timedelta(hours=8, seconds=1))
    with pytest.raises(NotSignedIn):
        desk.sessions.look(secret)


def test_changing_the_password_ends_every_session(desk: Desk, someone: str) -> None:
    first, second = (sign_in(desk, someone, PASSWORD) for _ in range(2))
    desk.accounts.change_password(first.session.account.account_id, PASSWORD, OTHER)
    for grant in (first, second):
        with pytest.raises(NotSignedIn):
            desk.sessions.look(grant.secret)

    assert sign_in(desk, someone, OTHER).session.account.must_change_password is False


@pytest.mark.parametrize("new", ["short", "x" * 300, "contains amina inside", PASSWORD])
def test_the_policy_says_no_and_why(desk: Desk, someone: str, new: str) -> None:
    account = desk.accounts.get(someone)
    with pytest.raises(WrongUsage) as caught:
        desk.accounts.change_password(account.account_id, PASSWORD, new)

    assert caught.value.params["field"] == "new"


def test_changing_needs_the_current_password_and_counts_failures(desk: Desk, someone: str) -> None:
    account = desk.accounts.get(someone)
    for _ in range(MAX_FAILURES):
        with pytest.raises(NotSignedIn):
            desk.accounts.change_password(account.account_id, "wrong", OTHER)
    with pytest.raises(TooManyRequests):
        desk.accounts.change_password(account.account_id, PASSWORD, OTHER)


def test_disabling_ends_sessions_at_once(desk: Desk, someone: str) -> None:
    secret = sign_in(desk, someone, PASSWORD).secret
    desk.accounts.disable(someone)
    with pytest.raises(NotSignedIn):
        desk.sessions.look(secret)
    with pytest.raises(NotSignedIn):
        sign_in(desk, someone, PASSWORD)


def test_a_login_is_taken_once(desk: Desk, someone: str) -> None:
    with pytest.raises(Conflict):
        desk.accounts.create("amina", name="", role="operator", password=PASSWORD)


@pytest.mark.parametrize(("login", "role"), [("x", "king"), (" ", "operator")])
def test_wrong_roles_and_empty_logins_are_refused(desk: Desk, login: str, role: str) -> None:
    with pytest.raises(WrongUsage):
        desk.accounts.create(login, name="", role=role, password=PASSWORD)


def test_unknown_accounts_are_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.accounts.get("nobody")


def test_no_secret_is_stored_in_clear(desk: Desk, someone: str, home: Path) -> None:
    grant = sign_in(desk, someone, PASSWORD)
    secret, _ = desk.tokens.issue("x", "ingest", sources=("a",))
    everything = b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())

    assert everything.find(b"argon2id") >= 0
    for needle in (PASSWORD, grant.secret, secret):
        assert everything.find(needle.encode()) < 0


def test_secrets_compare_whole() -> None:
    assert same_secret("a", "a")
    assert not same_secret("a", "b")


def test_a_first_password_is_void_after_a_week_and_a_new_one_serves(
    desk: Desk, someone: str, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=7))
    desk.accounts.verify(someone, PASSWORD)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(NotSignedIn):
        desk.accounts.verify(someone, PASSWORD)
    desk.accounts.reset_password(someone, OTHER)

    assert desk.accounts.verify(someone, OTHER).login == someone


@pytest.mark.parametrize(
    "new", ["Vigie-Marseille-2026", "vigievigievigie1", "Mot de passe 1234567"]
)
def test_words_of_the_place_do_not_make_a_password(desk: Desk, someone: str, new: str) -> None:
    account = desk.accounts.get(someone)
    with pytest.raises(WrongUsage) as caught:
        desk.accounts.change_password(account.account_id, PASSWORD, new)

    assert caught.value.params["field"] == "new"
