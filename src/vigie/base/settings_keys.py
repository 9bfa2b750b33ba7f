"""Settings of the keeper of keys and of what it seals."""

from __future__ import annotations

from pydantic import Field

from vigie.base.settings_part import Part


class KeysSettings(Part):
    """The keeper of keys."""

    folder: str = Field(
        "", description="Folder of the keys, best on another volume, out of backups; empty: home."
    )
    ledger: str = Field(
        "", description="Second ledger of destroyed keys, where no copy of the home goes."
    )


class SealedSettings(Part):
    """The sealed plane: what a requisition may open one day."""

    keep: bool = Field(
        False, description="Keep the original free text, sealed; off: nobody can ever read it."
    )
    offences: tuple[str, ...] = Field(
        (), description="Feeds that are the police log of offences; others: other missions."
    )
