"""What every engine that answers queries over the lake's files can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from vigie.base.hands import Hands

if TYPE_CHECKING:
    import pyarrow as pa

    from vigie.lake.sources import Derived, Source
    from vigie.lake.statements import Statement


class Engine(Hands, Protocol):
    """Something that runs a statement over a snapshot's files, and pieces of work beside."""

    name: str

    def close(self) -> None:
        """Let go of what the engine holds."""
        ...

    def run(
        self,
        statement: Statement,
        sources: Mapping[str, Source],
        derived: Sequence[Derived],
        inputs: Mapping[str, pa.Table],
        values: Mapping[str, Any],
    ) -> pa.Table:
        """Return the answer of a statement over some sources."""
        ...
