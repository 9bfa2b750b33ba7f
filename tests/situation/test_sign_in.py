"""Signing in and acts on accounts are lines of the audit, written before they are done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vigie.audit.line import Line
from vigie.audit.store import Audit
from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import NotFound, NotSignedIn, Unavailable, WrongCode
from vigie.base.settings import Settings
from vigie.desk.roles import ROLES
from vigie.desk.second_factor import code_at, step_of
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation import people, sign_in
from vigie.situation.caller import Caller
from vigie.situation.home import Home, init_home, open_home

ADMIN = Caller("os:root", "system")
PASSWORD = "un mot de passe long"


class Pages:
    """Stands before the home's audit: notes what passes, or refuses to write."""

    def __init__(self) -> None:
        self.inner: Audit | None = None
        self.lines: list[Line] = []
        self.broken = False

    def append(self, line: Line) -> int:
        if self.broken:
            raise Unavailable(what="audit")
        self.lines.append(line)
        assert self.inner is not None
        return self.inner.append(line)

    def close(self) -> None:
        assert self.inner is not None
        self.inner.close()

    def acts(self) -> list[tuple[object, str, str]]:
        return [(one.subject["act"], one.who, one.outcome) for one in self.lines]


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def place(tmp_path: Path, pages: Pages) -> Iterator[Home]:
    init_home(tmp_path / "home")
    clock = FixedClock(datetime(2026, 3, 1, 8, tzinfo=UTC))
    with open_home(tmp_path / "home", clock=clock) as home:
        pages.inner = home.audit
        home.audit = pages
        home.desk.accounts.create(
            "amina", name="A", role="operator", password=PASSWORD, must_change_password=False
        )
        yield home


def test_every_step_of_a_sign_in_is_a_line(place: Home, pages: Pages) -> None:
    half = sign_in.by_password(place, "amina", PASSWORD)
    begun = sign_in.begin_enrolment(place, half.session)
    code = code_at(begun.secret, step_of(now_us(place.clock)))
    whole, _ = sign_in.confirm_enrolment(place, half.secret, half.session, code)
    again = sign_in.by_password(place, "amina", PASSWORD)
    with pytest.raises(WrongCode):
        sign_in.by_code(place, again.secret, again.session, code)
    sign_in.sign_out(place, whole.secret, whole.session)
    assert pages.acts() == [
        ("sign_in", "amina", "allowed"),
        ("enrol_begin", "amina", "allowed"),
        ("enrol", "amina", "allowed"),
        ("sign_in", "amina", "allowed"),
        ("sign_in", "amina", "refused"),
        ("sign_out", "amina", "allowed"),
    ]
    assert {(one.verb, one.dataset, one.purpose) for one in pages.lines} == {
        (Verb.ALTER, "accounts", Purpose.ADMINISTRATION)
    }
    written = repr(pages.lines)
    assert all(secret not in written for secret in (PASSWORD, begun.secret, code, whole.secret))


def test_a_wrong_password_is_a_line_that_does_not_repeat_what_was_typed(
    place: Home, pages: Pages
) -> None:
    for login in ("amina", "my-password-in-the-wrong-field"):
        with pytest.raises(NotSignedIn):
            sign_in.by_password(place, login, "wrong")
    assert pages.acts() == [("sign_in", "anonymous", "refused")] * 2
    assert "my-password" not in repr(pages.lines)


def test_acts_on_accounts_are_lines(place: Home, pages: Pages) -> None:
    people.create(place, ADMIN, "bob", name="B", role="operator")
    people.reset_password(place, ADMIN, "bob")
    people.reset_second_factor(place, ADMIN, "bob")
    people.set_role(place, ADMIN, "bob", "analyst")
    people.end_sessions(place, ADMIN, "bob")
    people.disable(place, ADMIN, "bob")
    people.disable(place, ADMIN, "bob", disabled=False)
    acts = [act for act, _, _ in pages.acts()]
    assert acts == [
        "create",
        "reset_password",
        "reset_second_factor",
        "set_role",
        "end_sessions",
        "disable",
        "enable",
    ]
    assert all(one.subject["login"] == "bob" for one in pages.lines)
    with pytest.raises(NotFound):
        people.set_role(place, ADMIN, "nobody", "analyst")


def test_nothing_is_done_that_cannot_be_written(place: Home, pages: Pages) -> None:
    half = sign_in.by_password(place, "amina", PASSWORD)
    pages.broken = True
    for act in (
        lambda: sign_in.by_password(place, "amina", PASSWORD),
        lambda: sign_in.begin_enrolment(place, half.session),
        lambda: people.create(place, ADMIN, "bob", name="B", role="operator"),
        lambda: people.set_role(place, ADMIN, "amina", "admin"),
        lambda: people.end_sessions(place, ADMIN, "amina"),
        lambda: people.reset_password(place, ADMIN, "amina"),
    ):
        with pytest.raises(Unavailable):
            act()
    assert [one.login for one in place.desk.accounts.list_all()] == ["amina"]
    assert place.desk.accounts.get("amina").role == "operator"
    assert place.desk.accounts.verify("amina", PASSWORD).login == "amina"
    assert place.desk.sessions.look(half.secret).stage == "enrol"


@pytest.mark.parametrize("role", ROLES)
def test_which_roles_need_a_second_factor(role: str) -> None:
    """Every role does, unless the settings name some; a demonstration asks none."""

    def required(**tree: object) -> bool:
        return sign_in.second_factor_required(Settings.model_validate(tree), role)

    assert required()
    assert not required(demo=True)
    assert not required(server={"require_second_factor": []})
    assert required(server={"require_second_factor": [role]})
    assert required(server={"require_second_factor": ["x"]}) is False


def test_who_signed_in_at_the_provider_ends_sessions_within_five_minutes(
    place: Home, pages: Pages
) -> None:
    account = place.desk.accounts.create_without_password("zoe", name="Z", role="operator")
    first = place.desk.sessions.open(account.account_id, method="provider")
    sign_in.end_own(place, first.session, "")
    assert isinstance(place.clock, FixedClock)
    place.clock.advance(timedelta(minutes=5, seconds=1))
    with pytest.raises(NotSignedIn):
        sign_in.end_own(place, first.session, "")
    again = place.desk.sessions.open(account.account_id, method="provider")
    sign_in.end_own(place, again.session, "", first.session.session_id)

    assert pages.acts() == [
        ("end_sessions", "zoe", "allowed"),
        ("end_sessions", "zoe", "refused"),
        ("end_session", "zoe", "allowed"),
    ]
    left = place.desk.sessions.list_of(account.account_id)
    assert [one.session_id for one in left] == [again.session.session_id]


def test_who_has_no_device_ends_sessions_by_the_password(place: Home, pages: Pages) -> None:
    account = place.desk.accounts.get("amina")
    here = place.desk.sessions.open(account.account_id)
    there = place.desk.sessions.open(account.account_id)
    with pytest.raises(NotSignedIn):
        sign_in.end_own(place, here.session, "wrong", there.session.session_id)
    assert len(place.desk.sessions.list_of(account.account_id)) == 2
    sign_in.end_own(place, here.session, PASSWORD, there.session.session_id)

    assert len(place.desk.sessions.list_of(account.account_id)) == 1
    assert pages.acts()[0] == ("end_session", "amina", "refused")
