"""The ledger of destroyed keys: lines are added, never changed, and none holds a key.

It is replayed before the keeper answers anything, so that a keystore copied back from before a
destruction brings no key back (P-SHR-3). A second copy may stand where no copy of the home goes.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from vigie.base.errors import StoreBroken, Unavailable
from vigie.privacy.envelope import KeyName

_OWNER_ONLY = 0o600


class Ledger:
    """Names of destroyed keys, in one file or several that are kept alike.

    Args:
        paths: The files; each is made when absent, its folder is not: a volume that is not there
            must not pass for an empty ledger.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = list(dict.fromkeys(paths))
        self.destroyed: frozenset[KeyName] = frozenset()
        self._sizes: list[int] | None = None

    def replay(self) -> frozenset[KeyName]:
        """Read every file, give each what only another had, and return all names.

        Raises:
            Unavailable: When a file or its folder is not there to be read and written.
            StoreBroken: When a line cannot be read.
        """
        if self._sizes is not None and self._sizes == self._now():
            return self.destroyed
        found = [_read(path) for path in self._paths]
        together: dict[KeyName, str] = {}
        for lines in found:
            together |= lines
        for path, lines in zip(self._paths, found, strict=True):
            _append(path, [line for name, line in together.items() if name not in lines])
        self.destroyed = frozenset(together)
        self._sizes = self._now()
        return self.destroyed

    def add(self, names: Sequence[KeyName], at_us: int) -> None:
        """Write names to every file; on disk when this returns.

        Raises:
            Unavailable: When one of the files refuses.
        """
        new = [name for name in dict.fromkeys(names) if name not in self.destroyed]
        lines = [json.dumps({"at_us": at_us, **name._asdict()}) for name in new]
        for path in self._paths:
            _append(path, lines)
        self.destroyed |= frozenset(new)

    def _now(self) -> list[int]:
        return [path.stat().st_size if path.exists() else -1 for path in self._paths]


@contextlib.contextmanager
def _held(path: Path) -> Iterator[int]:
    """Open a file for reading and appending, alone among all keepers."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _OWNER_ONLY)
    except OSError as error:
        raise Unavailable(what="ledger of destroyed keys", reason=str(error)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _read(path: Path) -> dict[KeyName, str]:
    with _held(path) as handle:
        content = b""
        while block := os.read(handle, 1 << 20):
            content += block
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):  # a power cut in the middle of a line
            os.ftruncate(handle, len(whole))
    lines: dict[KeyName, str] = {}
    for text in whole.decode("ascii", "replace").splitlines():
        try:
            said = json.loads(text)
            name = KeyName(str(said["domain"]), str(said["source"]), int(said["day"]))
        except (ValueError, KeyError, TypeError) as error:
            raise StoreBroken(reason=f"ledger of destroyed keys: {path.name}") from error
        lines[name] = text
    return lines


def _append(path: Path, lines: Sequence[str]) -> None:
    if not lines:
        return
    with _held(path) as handle:
        data = memoryview("".join(f"{line}\n" for line in lines).encode("ascii"))
        try:
            while data:
                data = data[os.write(handle, data) :]
            os.fsync(handle)
        except OSError as error:
            raise Unavailable(what="ledger of destroyed keys", reason=str(error)) from error
