"""Who is signed in."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Texts


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
    must_change_password: bool
    language: str


class DemoAccount(Answer):
    """An account of the demonstration, told to everyone on its sign-in page."""

    login: str
    password: str
    role: str
    role_title: Texts


class SessionAnswer(Answer):
    """The session: without an account nobody is signed in."""

    account: AccountAnswer | None
    csrf: str | None = Field(description="Repeat as X-CSRF-Token on POST, PUT, PATCH and DELETE.")
    demo: bool
    demo_accounts: list[DemoAccount]
    city: str
    languages: list[str]
