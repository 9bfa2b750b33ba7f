"""Who is signed in."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant, Texts


class SignIn(BaseModel):
    """Login and password."""

    model_config = ConfigDict(extra="forbid")

    login: str = Field(min_length=1, max_length=80)
    password: str = Field(min_length=1, max_length=1024)


class PasswordChange(BaseModel):
    """The present password and the new one."""

    model_config = ConfigDict(extra="forbid")

    current: str = Field(min_length=1, max_length=1024)
    new: str = Field(min_length=1, max_length=1024)


class Code(BaseModel):
    """A code of the device, or a recovery code."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=6, max_length=64)


class Ending(BaseModel):
    """Which of one's own sessions end, and the proof that it is their owner who asks."""

    model_config = ConfigDict(extra="forbid")

    session_id: str = Field("", max_length=40, description="One; empty: all the others.")
    proof: str = Field(
        "",
        max_length=1024,
        description="A code where a device is enrolled, else the password; empty within five "
        "minutes of signing in at the provider without either.",
    )


class EnrolmentRequest(BaseModel):
    """The password again, where the person has signed in already."""

    model_config = ConfigDict(extra="forbid")

    password: str = Field("", max_length=1024)


class EnrolmentAnswer(Answer):
    """A device about to be enrolled; shown once."""

    secret: str = Field(description="Base32, to be typed where the picture cannot be read.")
    uri: str = Field(description="otpauth:// address.")
    svg: str = Field(description="The address as a QR code, an SVG document.")


class RecoveryCodes(Answer):
    """Fresh recovery codes; shown once, each serves once."""

    codes: list[str]


class FactorAnswer(Answer):
    """How the second factor of the person stands."""

    required: bool = Field(description="Whether the role must have one.")
    confirmed: bool = Field(description="Whether a device is enrolled.")
    codes_left: int = Field(description="Recovery codes not used yet.")


class OwnSession(Answer):
    """One of the person's own sessions."""

    session_id: str
    current: bool = Field(description="Whether it is the one that asks.")
    device: str = Field(description="Browser and system in two words; may be empty.")
    method: Literal["password", "totp", "recovery", "provider"]
    created_at: Instant
    last_seen_at: Instant = Field(description="To the minute.")


class OwnSessions(Answer):
    """The person's open sessions, newest first."""

    sessions: list[OwnSession]


class AccountAnswer(Answer):
    """The account signed in."""

    login: str
    name: str
    role: str
    role_title: Texts
    permissions: list[str] = Field(description="What the role may do; the console hides the rest.")
    purposes: list[str] = Field(
        description="Purposes of the role, the usual one first; X-Vigie-Purpose names another."
    )
    view_as: str | None = Field(
        default=None, description="Role whose sight is shown, within the account's own rights."
    )
    views_as: list[str] = Field(description="Roles that it may see as, within its own rights.")
    must_change_password: bool
    language: str
    heads: str | None = Field(
        description="Partner service whose other accounts it names; null for none."
    )


class DemoAccount(Answer):
    """An account of the demonstration, told to everyone on its sign-in page."""

    login: str
    password: str
    role: str
    role_title: Texts


class SessionAnswer(Answer):
    """The session: without an account nobody is signed in."""

    account: AccountAnswer | None
    stage: Literal["none", "code", "enrol", "open"] = Field(
        description="How far signing in has come: after the password a code, or an enrolment."
    )
    second_factor: FactorAnswer | None = Field(description="Of who is signed in.")
    provider: Texts | None = Field(description="Identity provider that people may sign in with.")
    csrf: str | None = Field(description="Repeat as X-CSRF-Token on POST, PUT, PATCH and DELETE.")
    demo: bool
    demo_accounts: list[DemoAccount]
    city: str
    languages: list[str]


class EnrolledAnswer(Answer):
    """The device is in use: a fresh session, and recovery codes shown once."""

    session: SessionAnswer
    codes: list[str]
