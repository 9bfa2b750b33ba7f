"""Who asks, what for and why: what every use case is given and hands on to ``home.rights``."""

from __future__ import annotations

from dataclasses import dataclass

TOKEN = "token:"  # noqa: S105 - how the name of a token begins in lines, no secret


@dataclass(frozen=True, slots=True)
class Caller:
    """A person or a program that asks.

    Attributes:
        name: Login of the account, ``token:NAME``, or ``os:LOGIN`` at the command line.
        role: Role it acts with.
        account_id: Account behind it; empty for a program without one.
        purpose: What for; empty takes the first purpose of the role that opens what is asked.
        reason: Why, in the caller's words, where one is required.
        case: Reference of the case, where there is one.
        view_as: Role whose sight is shown, never beyond the caller's own; empty for none.
    """

    name: str
    role: str
    account_id: str = ""
    purpose: str = ""
    reason: str = ""
    case: str = ""
    view_as: str = ""

    @property
    def by_token(self) -> bool:
        """Whether a program asks, with a token of the account."""
        return self.name.startswith(TOKEN)
