"""Sessions: stages, their lives, and how they are ended from elsewhere."""

from datetime import timedelta

import pytest

from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import NotFound, NotSignedIn, WrongUsage
from vigie.base.settings import ServerSettings
from vigie.desk.sessions import ASKS_CODE, HALF_US, digest
from vigie.desk.store import Desk


@pytest.fixture
def someone(desk: Desk) -> str:
    return desk.accounts.create("amina", name="A", role="operator", password="x").account_id


def test_a_half_session_lives_five_minutes(desk: Desk, someone: str, clock: FixedClock) -> None:
    secret = desk.sessions.open(someone, stage=ASKS_CODE).secret
    clock.advance(timedelta(microseconds=HALF_US))
    assert desk.sessions.look(secret).stage == ASKS_CODE
    clock.advance(timedelta(microseconds=1))
    with pytest.raises(NotSignedIn):
        desk.sessions.look(secret)


def test_each_step_gives_a_fresh_secret_and_token_and_ends_the_one_before(
    desk: Desk, someone: str
) -> None:
    half = desk.sessions.open(someone, stage=ASKS_CODE)
    whole = desk.sessions.open(someone, method="totp", instead_of=half.secret)
    assert whole.secret != half.secret
    assert whole.session.csrf != half.session.csrf
    assert whole.session.session_id != half.session.session_id
    with pytest.raises(NotSignedIn):
        desk.sessions.look(half.secret)
    with pytest.raises(NotSignedIn):
        desk.sessions.open(someone, instead_of=half.secret)


def test_one_sees_ones_own_open_sessions_and_no_other(
    desk: Desk, someone: str, clock: FixedClock
) -> None:
    other = desk.accounts.create("bob", name="B", role="operator", password="x").account_id
    first = desk.sessions.open(someone, device="Firefox, Linux")
    clock.advance(timedelta(minutes=5))
    second = desk.sessions.open(someone, method="totp")
    desk.sessions.open(someone, stage=ASKS_CODE)
    theirs = desk.sessions.open(other)
    assert [one.session_id for one in desk.sessions.list_of(someone)] == [
        second.session.session_id,
        first.session.session_id,
    ]
    assert desk.sessions.list_of(someone)[1].device == "Firefox, Linux"
    with pytest.raises(NotFound):
        desk.sessions.end_one(someone, theirs.session.session_id)
    desk.sessions.end_one(someone, first.session.session_id)
    with pytest.raises(NotSignedIn):
        desk.sessions.look(first.secret)
    clock.advance(timedelta(hours=9))
    assert desk.sessions.list_of(someone) == []


def test_all_end_but_the_one_kept(desk: Desk, someone: str) -> None:
    kept, *others = [desk.sessions.open(someone) for _ in range(3)]
    assert desk.sessions.end_all(someone, but=kept.session.session_id) == 2
    desk.sessions.look(kept.secret)
    for one in others:
        with pytest.raises(NotSignedIn):
            desk.sessions.look(one.secret)


def test_another_role_ends_the_sessions_of_the_old_one(desk: Desk, someone: str) -> None:
    secret = desk.sessions.open(someone).secret
    with pytest.raises(WrongUsage):
        desk.accounts.set_role("amina", "king")
    desk.sessions.look(secret)
    desk.accounts.set_role("amina", "elected")
    with pytest.raises(NotSignedIn):
        desk.sessions.look(secret)
    assert desk.accounts.get("amina").role == "elected"


def test_a_disabled_account_opens_nothing(desk: Desk, someone: str) -> None:
    half = desk.sessions.open(someone, stage=ASKS_CODE)
    desk.accounts.disable("amina")
    with pytest.raises(NotSignedIn):
        desk.sessions.open(someone, instead_of=half.secret)


def test_what_time_ends_changes_a_mark_and_its_use_does_not(
    desk: Desk, someone: str, clock: FixedClock
) -> None:
    secret = desk.sessions.open(someone).secret
    own = digest(secret)

    def mark() -> object:
        return desk.credentials.marks(now_us(clock))[own]

    first = mark()
    clock.advance(timedelta(minutes=5))
    desk.sessions.look(secret)
    assert mark() == first, "its use is none of the marks' business"
    clock.advance(timedelta(seconds=ServerSettings().session_idle_s + 1))
    idle = mark()
    assert idle != first
    desk.sessions.end(secret)

    own = digest(desk.sessions.open(someone).secret)
    before = mark()
    desk.glasses.break_one(
        someone, "facts", minutes=1, reason="a child is missing", zone="", fact=""
    )
    open_ = mark()
    assert open_ != before
    clock.advance(timedelta(minutes=1))
    assert mark() != open_, "the glass has closed by itself"
