"""What the doors leave in the audit: sign-ins, and acts on accounts."""

from __future__ import annotations

from vigie.audit.line import Line, Outcome, Scalar
from vigie.base.clock import now_us
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home

NOBODY = Caller("anonymous", "anonymous")


def note(
    home: Home,
    caller: Caller,
    act: str,
    *,
    outcome: Outcome = "allowed",
    purpose: Purpose = Purpose.ADMINISTRATION,
    **subject: Scalar,
) -> None:
    """Write that somebody does something to an account, before it is done.

    Args:
        home: Whose audit.
        caller: Who; ``NOBODY`` when no account is proved.
        act: What, in one word of the program.
        outcome: Whether it is done.
        purpose: What for.
        subject: Facts of the act: never a password, a code or what an unknown person typed.

    Raises:
        Unavailable: The line cannot be written: the act must not be done.
    """
    home.audit.append(
        Line(
            at_us=now_us(home.clock),
            verb=Verb.ALTER,
            who=caller.name,
            role=caller.role,
            purpose=purpose,
            dataset="accounts",
            subject={"act": act, **subject},
            outcome=outcome,
        )
    )
