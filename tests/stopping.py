"""A mark that asks for the end after so many looks: in the middle, whatever the machine's speed."""

from __future__ import annotations

from vigie.base.stopping import Stop


class After(Stop):
    """Asks for the end once it has been looked at ``looks`` times."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.left = looks

    @property
    def wanted(self) -> bool:
        """Whether it has been looked at so often."""
        self.left -= 1
        return self.left < 0
