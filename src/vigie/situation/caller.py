"""Who asks: every read use case takes a caller and refuses what the role may not see."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.desk.roles import may, require


@dataclass(frozen=True, slots=True)
class Caller:
    """A person or a program that asks.

    Attributes:
        name: Login of the account, or name of the token.
        role: Role it acts with.
        account_id: Account behind it; empty for a program without one.
    """

    name: str
    role: str
    account_id: str = ""

    def may(self, permission: str) -> bool:
        """Say whether the role holds a permission."""
        return may(self.role, permission)

    def require(self, permission: str) -> None:
        """Raise ``Forbidden`` unless the role holds the permission."""
        require(self.role, permission)
