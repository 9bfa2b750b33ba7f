"""Where copies stand: contents by their SHA-256, shared among copies; a manifest for each copy.

``FOLDER/VIGIE-COPIES`` marks it, ``objects/`` holds contents, ``copies/`` manifests and
``newest/`` the newest ledger of erasures, which is no copy's: it goes on top of whichever is put
back. A manifest is written last, so that a copy is whole or not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from vigie.audit.segments import sync_folder
from vigie.base.errors import Conflict, NotFound, StoreBroken, Unavailable, WrongUsage

MARK = "VIGIE-COPIES"
OWNER = "HOME"
OBJECTS, COPIES, NEWEST = "objects", "copies", "newest"
FORMAT = 1
BLOCK = 1 << 20
_NAME = re.compile(r"\d{8}T\d{12}Z-[a-z2-7]{8}")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of a copy: its path in the home, size in bytes and SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One copy.

    Attributes:
        name: Its name; later copies sort later.
        begun_us: When it was begun: what was acknowledged before is in it; epoch µs.
        ended_us: When it was whole, epoch µs.
        home_format: Format of the home.
        lines: Lines of the audit in it.
        left_out: What of the home it does not hold, by code.
        files: What it holds.
    """

    name: str
    begun_us: int
    ended_us: int
    home_format: str
    lines: int
    left_out: tuple[str, ...] = ()
    files: tuple[Kept, ...] = field(default=())

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(one.size for one in self.files)


class Shelf:
    """A folder of copies, closed to other users of the machine.

    Args:
        folder: Made when absent and wanted; a folder that holds other things is refused.
        make: Make it when absent.

    Raises:
        WrongUsage: When the folder is none of copies.
        Unavailable: When it cannot be written.
    """

    def __init__(self, folder: Path, *, make: bool = False) -> None:
        self.folder = folder
        mark = folder / MARK
        if mark.is_file():
            if mark.read_text("ascii", errors="replace").strip() != str(FORMAT):
                raise WrongUsage(reason=f"{folder}: copies of another version", field="folder")
            return
        if not make or (folder.exists() and any(folder.iterdir())):
            raise WrongUsage(reason=f"{folder}: no folder of copies", field="folder")
        with _told():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            for name in (OBJECTS, COPIES, NEWEST):
                (folder / name).mkdir(exist_ok=True)
            write_whole(mark, f"{FORMAT}\n".encode())

    def belong(self, home: str) -> None:
        """Say whose copies stand here; the first home's, and no other's for ever.

        Args:
            home: Name of the home's audit and print of its key: a home put back keeps both.

        Raises:
            WrongUsage: When another home's copies stand here.
        """
        mark = self.folder / OWNER
        if not mark.exists():
            with _told():
                write_whole(mark, f"{home}\n".encode())
        elif (owner := mark.read_text("utf-8", errors="replace").strip()) != home:
            reason = f"{self.folder}: copies of another home ({owner[:80]})"
            raise WrongUsage(reason=reason, field="folder")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other copies, and their tidying, away meanwhile.

        Raises:
            Conflict: When another is being taken here now.
        """
        try:
            with FileLock(self.folder / "lock", timeout=0, mode=0o600, thread_local=False):
                yield
        except Timeout as error:
            raise Conflict(what="copy", name=str(self.folder)) from error

    # --- Contents --------------------------------------------------------------------------------

    def path(self, sha256: str) -> Path:
        """Return where a content lies; only names of hashes are possible."""
        if not _HASH.fullmatch(sha256):
            raise StoreBroken(reason=f"copies: {sha256[:70]!r} is no hash")
        return self.folder / OBJECTS / sha256[:2] / sha256

    def put(self, source: BinaryIO, size: int | None = None) -> tuple[str, int]:
        """Keep a content; returns its SHA-256 and size. What is there already is not written again.

        Args:
            source: Read to its end, or for ``size`` bytes.
            size: Bytes to take at most: a file that grows is taken as far as it stood.

        Raises:
            Unavailable: When the disk refuses.
        """
        with _told():
            handle, name = tempfile.mkstemp(dir=self.folder / OBJECTS, prefix="partial-")
            partial = Path(name)
            try:
                with os.fdopen(handle, "wb") as target:
                    sha256, n = _pour(source, target, size)
                    target.flush()
                    os.fsync(target.fileno())
                place = self.path(sha256)
                if not (place.exists() and place.stat().st_size == n):
                    place.parent.mkdir(exist_ok=True)
                    partial.replace(place)
                    sync_folder(place.parent)
            finally:
                partial.unlink(missing_ok=True)
        return sha256, n

    def fetch(self, kept: Kept, target: Path) -> None:
        """Write a content of a copy to a file, checked on the way.

        Raises:
            StoreBroken: When it is missing or not what it was.
            Unavailable: When the disk refuses.
        """
        try:
            source = self.path(kept.sha256).open("rb")
        except FileNotFoundError as error:
            raise StoreBroken(reason=f"copies: {kept.path} is missing") from error
        with source, _told():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as stream:
                sha256, n = _pour(source, stream, None)
                stream.flush()
                os.fsync(stream.fileno())
        if (sha256, n) != (kept.sha256, kept.size):
            raise StoreBroken(reason=f"copies: {kept.path} is not what it was")

    def broken(self, manifest: Manifest) -> list[str]:
        """Return the paths of a copy whose content is missing or altered; every byte is read."""
        found, seen = [], dict[str, bool]()
        for kept in manifest.files:
            if kept.sha256 not in seen:
                seen[kept.sha256] = self._sound(kept)
            if not seen[kept.sha256]:
                found.append(kept.path)
        return found

    def _sound(self, kept: Kept) -> bool:
        try:
            with self.path(kept.sha256).open("rb") as source:
                return _pour(source, None, None)[0] == kept.sha256
        except FileNotFoundError:
            return False

    # --- Copies ----------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """Return the names of the copies, oldest first."""
        found = (path.stem for path in (self.folder / COPIES).glob("*.json"))
        return sorted(name for name in found if _NAME.fullmatch(name))

    def manifest(self, name: str = "") -> Manifest:
        """Return a copy; the newest without a name.

        Raises:
            NotFound: When there is none of that name.
            StoreBroken: When its manifest cannot be read.
        """
        names = self.names()
        wanted = name or (names[-1] if names else "")
        if wanted not in names:
            raise NotFound(what="copy", name=wanted[:60] or str(self.folder))
        try:
            told = json.loads((self.folder / COPIES / f"{wanted}.json").read_text("utf-8"))
            files = tuple(Kept(**one) for one in told.pop("files"))
            return Manifest(**{**told, "left_out": tuple(told["left_out"]), "files": files})
        except (ValueError, KeyError, TypeError) as error:
            raise StoreBroken(reason=f"copies: manifest {wanted}") from error

    def close(self, manifest: Manifest) -> None:
        """Write the manifest of a copy whose contents are all here: now it is one."""
        told: dict[str, Any] = asdict(manifest)
        with _told():
            write_whole(self.folder / COPIES / f"{manifest.name}.json", json.dumps(told).encode())

    def tidy(self, keep: int | None = None) -> int:
        """Drop all but the newest ``keep`` copies, and contents of no copy; returns bytes freed."""
        if keep is not None:
            for name in self.names()[: -max(keep, 1)]:
                (self.folder / COPIES / f"{name}.json").unlink()
        used = {kept.sha256 for name in self.names() for kept in self.manifest(name).files}
        freed = 0
        for path in (self.folder / OBJECTS).rglob("*"):
            if path.is_file() and path.name not in used:
                freed += path.stat().st_size
                path.unlink()
        return freed


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, closed to other users; on disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix="partial-")
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).replace(path)
    sync_folder(path.parent)


def _pour(source: BinaryIO, target: BinaryIO | None, size: int | None) -> tuple[str, int]:
    digest, n = hashlib.sha256(), 0
    while block := source.read(BLOCK if size is None else min(BLOCK, size - n)):
        digest.update(block)
        if target is not None:
            target.write(block)
        n += len(block)
    return digest.hexdigest(), n


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(what="copies", reason=str(error)) from error
