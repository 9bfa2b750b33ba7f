"""Vigie, the open-source observatory of public tranquillity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vigie.door import Door, Records, open  # noqa: A004 - vigie.open is the contract

__version__ = "0.1.0"
__all__ = ["Door", "Records", "__version__", "open"]


def __getattr__(name: str) -> Any:
    """Load the Python door when it is asked for, so that importing a part stays light."""
    if name in {"Door", "Records", "open"}:
        import vigie.door

        return getattr(vigie.door, name)
    message = f"module 'vigie' has no attribute {name!r}"
    raise AttributeError(message)
