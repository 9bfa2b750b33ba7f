"""One caller's door: a room that may not know this one asks for its caller through it.

``vigie.inquiry`` is told who asks and gets yes or no with the line written, nothing else of rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.rights import Rights


@dataclass(frozen=True, slots=True)
class OwnDoor:
    """Asks the charter for one caller, and writes the line first.

    Attributes:
        rights: The one door before data.
        caller: Whose it is.
    """

    rights: Rights
    caller: Caller

    @property
    def name(self) -> str:
        """Login of the caller, as the audit tells it."""
        return self.caller.name

    @property
    def role(self) -> str:
        """Role they act with."""
        return self.caller.role

    @property
    def hand(self) -> str:
        """Account of a person who signed in; empty for a program, a token or a borrowed sight."""
        return "" if self.caller.by_token or self.caller.view_as else self.caller.account_id

    def ask(
        self,
        dataset: str,
        verb: Verb,
        subject: Mapping[str, Any],
        *,
        case: str = "",
        recipient: str = "",
    ) -> tuple[int | None, int]:
        """Return the number of the line in the audit, and the least count that may be told.

        Raises:
            Forbidden: When the charter does not open it; that is a line too.
            Unavailable: When the line cannot be written.
        """
        caller = replace(self.caller, case=case or self.caller.case)
        view = self.rights.ask(caller, dataset, verb, subject, recipient=recipient)
        return view.line, view.least

    def may(self, dataset: str, verb: Verb) -> bool:
        """Say whether the charter would open it; writes no line."""
        return self.rights.may(self.caller, dataset, verb)

    def refuse(
        self, dataset: str, verb: Verb, subject: Mapping[str, Any], *, why: str, case: str = ""
    ) -> NoReturn:
        """Write down and raise a refusal that is not the charter's but follows from it."""
        caller = replace(self.caller, case=case or self.caller.case)
        self.rights.refuse(caller, dataset, verb, subject, why=why)
