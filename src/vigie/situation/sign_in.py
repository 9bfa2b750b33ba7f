"""Signing in, step by step: what each proof opens, and its line in the audit.

A right password opens a half session; a code of the person's device, or the enrolment of one, opens
the session. Roles that the settings exempt, and the demonstration, go in by password alone.
Reference: OWASP ASVS 5.0, chapters 6 and 7.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import pyotp
import segno

from vigie.base.clock import now_us
from vigie.base.errors import (
    Forbidden,
    NotSignedIn,
    PasswordChangeRequired,
    SecondFactorRequired,
    TooManyRequests,
)
from vigie.base.settings import Settings
from vigie.desk.second_factor import DIGITS
from vigie.desk.sessions import (
    ASKS_CODE,
    ASKS_ENROLMENT,
    OPEN,
    Account,
    Grant,
    Method,
    SignedIn,
    Stage,
)
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.trail import NOBODY, note

EVERY_ROLE = "*"
FRESH_US = 300_000_000
"""How long having signed in at the provider proves who is there."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A device about to be enrolled; shown once.

    Attributes:
        secret: Base32 secret, to be typed where a picture cannot be read.
        uri: The ``otpauth://`` address that applications read.
        svg: The same address as a QR code.
    """

    secret: str
    uri: str
    svg: str


def second_factor_required(settings: Settings, role: str) -> bool:
    """Say whether a role signs in with a second factor; never in a demonstration."""
    named = settings.server.require_second_factor
    return not settings.demo and (EVERY_ROLE in named or role in named)


def _caller(account: Account) -> Caller:
    return Caller(account.login, account.role, account.account_id)


def stage_after_password(home: Home, account: Account) -> Stage:
    """Return how far a right password brings a person: a device once enrolled is always asked."""
    if home.desk.second_factors.state(account.account_id).confirmed:
        return ASKS_CODE
    return ASKS_ENROLMENT if second_factor_required(home.settings, account.role) else OPEN


def by_password(
    home: Home, login: str, password: str, *, device: str = "", instead_of: str = ""
) -> Grant:
    """Open what a login and its password open; a session that the browser had ends.

    Raises:
        NotSignedIn: Wrong login or password (the same answer, in the same time, for both).
        TooManyRequests: The account is locked after too many wrong passwords.
    """
    try:
        account = home.desk.accounts.verify(login, password)
    except (NotSignedIn, TooManyRequests):
        note(home, NOBODY, "sign_in", outcome="refused", method="password")
        raise
    stage = stage_after_password(home, account)
    note(home, _caller(account), "sign_in", method="password", stage=stage)
    if instead_of:
        home.desk.sessions.end(instead_of)
    return home.desk.sessions.open(account.account_id, stage=stage, device=device)


def caller_by_password(home: Home, login: str, password: str, *, code: str = "") -> Caller:
    """Return a person who proves who they are at the command line: nobody signs in for another.

    Raises:
        NotSignedIn: Wrong login, password or code.
        TooManyRequests: The account is locked after too many of them.
        PasswordChangeRequired: The password is the first one, which somebody else knows; outside
            a demonstration it must be changed in the console before.
        SecondFactorRequired: A code is due, or a device must be enrolled in the console before.
    """
    try:
        account = home.desk.accounts.verify(login, password)
    except (NotSignedIn, TooManyRequests):
        note(home, NOBODY, "sign_in", outcome="refused", method="password")
        raise
    if account.must_change_password and not home.settings.demo:
        raise PasswordChangeRequired
    stage = stage_after_password(home, account)
    if stage == ASKS_CODE and code:
        _check(home, account, code, act="sign_in")
    elif stage != OPEN:
        raise SecondFactorRequired
    note(home, _caller(account), "sign_in", method="command_line", stage=OPEN)
    return _caller(account)


def by_code(home: Home, secret: str, session: SignedIn, code: str, *, device: str = "") -> Grant:
    """Turn a half session into a session by a code of the device or a recovery code.

    Raises:
        Forbidden: The session does not wait for a code.
        WrongCode: Wrong, out of its time, or used already.
        TooManyRequests: Too many wrong codes.
    """
    if session.stage != ASKS_CODE:
        raise Forbidden(reason="stage")
    account = session.account
    method = _check(home, account, code, act="sign_in")
    note(home, _caller(account), "sign_in", method=method, stage=OPEN)
    return home.desk.sessions.open(
        account.account_id, method=method, device=device, instead_of=secret
    )


def _check(home: Home, account: Account, code: str, *, act: str) -> Method:
    try:
        return home.desk.second_factors.check(account.account_id, code)
    except (NotSignedIn, TooManyRequests):
        note(home, _caller(account), act, outcome="refused", method="code")
        raise


def begin_enrolment(home: Home, session: SignedIn, password: str = "") -> Enrolment:
    """Begin to enrol a device; the one in use serves until the new one is confirmed.

    Args:
        home: The home.
        session: The person's; one that has signed in already proves the password again.
        password: The password.

    Raises:
        Forbidden: The session waits for a code: a device is enrolled already.
        NotSignedIn: Wrong password.
    """
    account = session.account
    if session.stage == ASKS_CODE:
        raise Forbidden(reason="stage")
    if session.stage == OPEN:
        home.desk.accounts.verify(account.login, password)
    note(home, _caller(account), "enrol_begin")
    secret = home.desk.second_factors.begin(account.account_id)
    issuer = f"Vigie {home.settings.city.name}"
    uri = pyotp.TOTP(secret, digits=DIGITS).provisioning_uri(name=account.login, issuer_name=issuer)
    return Enrolment(secret, uri, qr_svg(uri))


def qr_svg(text: str) -> str:
    """Return a QR code as an SVG document without style, script or link."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False,
        svgclass=None, lineclass=None,
    )  # fmt: skip
    return out.getvalue().decode("ascii")


def confirm_enrolment(
    home: Home, secret: str, session: SignedIn, code: str, *, device: str = ""
) -> tuple[Grant, list[str]]:
    """Take a device into use by its first code: a fresh session, and ten recovery codes.

    Every other session of the account ends.

    Raises:
        Forbidden: The session waits for a code.
        WrongCode: Not a code of the device begun.
        TooManyRequests: Too many wrong codes.
    """
    if session.stage == ASKS_CODE:
        raise Forbidden(reason="stage")
    account = session.account
    note(home, _caller(account), "enrol")
    codes = home.desk.second_factors.confirm(account.account_id, code, but=session.session_id)
    grant = home.desk.sessions.open(
        account.account_id, method="totp", device=device, instead_of=secret
    )
    return grant, codes


def renew_recovery_codes(home: Home, session: SignedIn, code: str) -> list[str]:
    """Return ten fresh recovery codes to a signed-in person who proves the device again.

    Raises:
        WrongCode: Wrong, out of its time, or used already.
        TooManyRequests: Too many wrong codes.
    """
    _check(home, session.account, code, act="recovery_codes")
    note(home, _caller(session.account), "recovery_codes")
    return home.desk.second_factors.new_codes(session.account.account_id)


def change_password(
    home: Home, session: SignedIn, current: str, new: str, *, device: str = ""
) -> Grant:
    """Change the password; every session of the account ends and a fresh one is opened.

    Raises:
        NotSignedIn: ``current`` is wrong.
        TooManyRequests: Too many wrong attempts.
        WrongUsage: ``new`` is against the policy.
    """
    account = session.account
    note(home, _caller(account), "change_password")
    home.desk.accounts.change_password(account.account_id, current, new)
    return home.desk.sessions.open(account.account_id, method=session.method, device=device)


def sign_out(home: Home, secret: str, session: SignedIn) -> None:
    """End a session at once."""
    note(home, _caller(session.account), "sign_out")
    home.desk.sessions.end(secret)


def end_own(home: Home, session: SignedIn, proof: str, session_id: str = "") -> None:
    """End one of the person's own sessions, or every other one, once the person is proved again.

    Args:
        home: The home.
        session: The one that asks.
        proof: A code where a device is enrolled, else the password. Who has neither has signed in
            at the provider a moment ago.
        session_id: The session to end; empty: all but the one that asks.

    Raises:
        WrongCode: Not a code of the device.
        NotSignedIn: Wrong password, or signed in at the provider too long ago.
        TooManyRequests: Too many wrong proofs.
        NotFound: No such session of this person.
    """
    account = session.account
    act = "end_session" if session_id else "end_sessions"
    if home.desk.second_factors.state(account.account_id).confirmed:
        _check(home, account, proof, act=act)
    elif session.method != "provider":
        try:
            home.desk.accounts.verify(account.login, proof)
        except (NotSignedIn, TooManyRequests):
            note(home, _caller(account), act, outcome="refused", method="password")
            raise
    elif now_us(home.clock) - session.created_us > FRESH_US:
        note(home, _caller(account), act, outcome="refused", method="provider")
        raise NotSignedIn(reason="sign in again at the provider")
    note(home, _caller(account), act)
    if session_id:
        home.desk.sessions.end_one(account.account_id, session_id)
    else:
        home.desk.sessions.end_all(account.account_id, but=session.session_id)
