"""Members of a ZIP archive as streams, after the archive was judged by the caps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from vigie.base.translations import Phrase
from vigie.intake.archives import ZIP_MAGIC
from vigie.intake.connector import Context, Payload
from vigie.intake.tabular.archived import BAD_ZIP, open_zip
from vigie.intake.tabular.block import Block, FileRefused


def is_zip(payload: Payload) -> bool:
    """Say whether a payload begins like a ZIP archive."""
    payload.content.seek(0)
    found = payload.content.read(4).startswith(ZIP_MAGIC)
    payload.content.seek(0)
    return found


class Members:
    """The members of an archive.

    Args:
        payload: The archive.
        context: Caps.

    Raises:
        FileRefused: When the archive is unreadable or refused by the caps.
    """

    def __init__(self, payload: Payload, context: Context) -> None:
        self._zip = open_zip(payload, context)

    @property
    def names(self) -> list[str]:
        """Names of the members that are files, with their folders, sorted."""
        return sorted(one.filename for one in self._zip.infolist() if not one.is_dir())

    def payload(self, name: str) -> Payload:
        """Return a member as a payload of its own.

        Raises:
            FileRefused: ``unreadable``.
        """
        try:
            member = self._zip.open(name)
        except BAD_ZIP:
            raise FileRefused("unreadable", reason=Phrase("reason_zip")) from None
        size = self._zip.getinfo(name).file_size
        return Payload(PurePosixPath(name).name, cast("BinaryIO", member), size=size)


def unbroken(blocks: Iterator[Block]) -> Iterator[Block]:
    """Pass on the blocks of a member; one whose bytes turn out broken is refused from there on.

    Raises:
        FileRefused: ``unreadable``.
    """
    try:
        yield from blocks
    except BAD_ZIP:
        raise FileRefused("unreadable", reason=Phrase("reason_zip")) from None
