"""The signed heads that were kept, one after the other in one file of notes."""

from __future__ import annotations

import os
from pathlib import Path

from vigie.audit.segments import write_all

HEADS = "heads"
_END = b"\n\n"
_PARTS = 2  # a text and its signatures
_TAIL = 1 << 16


class Heads:
    """Reads and adds heads. Each note is followed by an empty line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _content(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""

    def notes(self) -> list[str]:
        """Return every head, oldest first; one that a crash left torn is left out."""
        content = self._content()
        whole = content[: content.rfind(_END) + len(_END)] if _END in content else b""
        parts = whole.decode("utf-8", "replace").split("\n\n")[:-1]
        return [f"{text}\n\n{signatures}\n" for text, signatures in _pairs(parts)]

    def torn(self) -> bool:
        """Say whether the file holds anything besides whole notes."""
        return "".join(f"{note}\n" for note in self.notes()).encode() != self._content()

    def last(self) -> str | None:
        """Return the newest whole head, or None before the first."""
        return self._last()[0]

    def _last(self) -> tuple[str | None, int]:
        """Return the newest whole head and where it ends; notes are far shorter than ``_TAIL``."""
        try:
            with self.path.open("rb") as file:
                start = max(0, self.path.stat().st_size - _TAIL)
                file.seek(start)
                content = file.read()
        except FileNotFoundError:
            return None, 0
        end = content.rfind(_END) + len(_END)
        parts = content[:end].rsplit(_END, _PARTS + 1)[-_PARTS - 1 : -1]
        if len(parts) < _PARTS:
            return None, 0
        text, signatures = (one.decode("utf-8", "replace") for one in parts)
        return f"{text}\n\n{signatures}\n", start + end

    def keep(self, note: str, size: int) -> None:
        """Put a head on disk, unless the last one kept is over as many lines.

        Raises:
            OSError: When it cannot be written.
        """
        last, end = self._last()
        if last is not None and last.split("\n")[1] == str(size):
            return
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(handle, end)
            write_all(handle, f"{note}\n".encode(), end)
            os.fsync(handle)
        finally:
            os.close(handle)


def _pairs(parts: list[str]) -> list[tuple[str, str]]:
    return list(zip(parts[::2], parts[1::2], strict=False))
