"""Files before they are parsed: what may be opened, under which name, and how.

Everything here answers with a ``Reject`` (a named reason) instead of an exception: a hostile file
is a piece of data like any other, and lands in quarantine.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from vigie.base.errors import NotFound
from vigie.intake.archives import (
    GZIP_MAGIC,
    ZIP_MAGIC,
    ArchiveLimits,
    judge_zip,
    leaves_folder,
    unpack_gzip,
)
from vigie.intake.connector import Payload
from vigie.intake.spool import Spool
from vigie.model.notices import Reject

MAX_NAME = 200
_PLAIN = re.compile(r"[^/\\:]+")
GZIP_SUFFIX = ".gz"


@dataclass(frozen=True, slots=True)
class Found:
    """A file to ingest, or why it is refused.

    Attributes:
        path: Where it lies.
        name: Name for people and provenance: relative to the folder that was named.
        reject: Why it is not opened, or None.
    """

    path: Path
    name: str
    reject: Reject | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """What stands under the paths named: files to ingest, and how many had another ending."""

    files: tuple[Found, ...]
    ignored: int


def printable(name: str) -> str:
    """Return a name with everything that cannot be shown, or written as UTF-8, as ``_``."""
    if name.isprintable():
        return name
    return "".join(letter if letter.isprintable() else "_" for letter in name)


def safe_name(name: str) -> tuple[str, bool]:
    """Return a name that is only a label (last component, printable) and whether it was unsafe."""
    if name.isprintable() and _PLAIN.fullmatch(name) and name not in {".", ".."}:
        return name[:MAX_NAME], False  # as below: a path is not taken apart for every push
    unsafe = leaves_folder(name)
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    label = printable(last)[:MAX_NAME]
    if leaves_folder(label):
        label = label.replace(":", "_")
    return ("message" if label in {"", ".", ".."} else label), unsafe


def walk(paths: Sequence[Path], suffixes: Sequence[str], *, max_bytes: int) -> Walk:
    """Return the files under paths, in a stable order.

    A folder gives the files below it whose ending is one of ``suffixes`` (or one followed by
    ``.gz``); a file named by itself is taken whatever its ending. Symbolic links are refused, never
    followed: inside a shared folder they could point anywhere.

    Raises:
        NotFound: When a path named does not exist.
    """
    found: list[Found] = []
    ignored = 0
    wanted = tuple(s.lower() for s in suffixes)
    wanted += tuple(suffix + GZIP_SUFFIX for suffix in wanted)
    for path in paths:
        if not path.is_symlink() and not path.exists():
            raise NotFound(what="file", name=str(path))
        if path.is_symlink() or not path.is_dir():
            found.append(_judge(path, path.name, max_bytes))
            continue
        for entry in _below(path):
            name = entry.relative_to(path).as_posix()
            if entry.is_symlink() or entry.name.lower().endswith(wanted):
                found.append(_judge(entry, name, max_bytes))
            else:
                ignored += 1
    return Walk(tuple(found), ignored)


def _below(folder: Path) -> Iterable[Path]:
    """Yield everything below a folder that is not a folder, sorted, following no link."""
    for root, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in sorted([*names, *links]):
            yield Path(root) / name


def _judge(path: Path, name: str, max_bytes: int) -> Found:
    label = printable(name)
    if path.is_symlink():
        return Found(path, label, Reject("symbolic_link", params={"name": label}))
    try:
        status = path.lstat()
    except OSError as error:
        return Found(path, label, _unreadable(error))
    if not stat.S_ISREG(status.st_mode):
        return Found(path, label, Reject("unreadable", params={"reason": "not a regular file"}))
    if status.st_size > max_bytes:
        return Found(path, label, Reject("too_large", params={"limit": max_bytes}))
    return Found(path, label)


def _unreadable(error: OSError) -> Reject:
    return Reject("unreadable", params={"reason": error.strerror or type(error).__name__})


def open_regular(path: Path) -> BinaryIO | Reject:
    """Open a regular file, refusing a link even if it was put there a moment ago."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if path.is_symlink():
            return Reject("symbolic_link", params={"name": printable(path.name)})
        return _unreadable(error)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return Reject("unreadable", params={"reason": "not a regular file"})
    return os.fdopen(handle, "rb")


def open_payload(
    stream: BinaryIO, name: str, media: str, size: int, *, spool: Spool, limits: ArchiveLimits
) -> tuple[Payload | None, Reject | None]:
    """Make the payload that a connector sees: not empty, unpacked if gzip, judged if an archive.

    Returns the payload and the refusal; both, when a gzip stream ends early and what came before
    is still good. The stream belongs to the payload, or is closed when there is none.
    """
    head = stream.read(8)
    stream.seek(0)
    refusal: Reject | None = None
    if not head:
        refusal = Reject("empty_file")
    elif head.startswith(ZIP_MAGIC):
        refusal = judge_zip(stream, size, limits)
    elif head.startswith(GZIP_MAGIC):
        scratch = spool.scratch()
        refusal = unpack_gzip(stream, scratch, size, limits)
        stream.close()
        stream, size = scratch, scratch.tell()
        stream.seek(0)
        name = name[: -len(GZIP_SUFFIX)] if name.lower().endswith(GZIP_SUFFIX) else name
        if refusal is None and size == 0:
            refusal = Reject("empty_file")
    if refusal is not None and (refusal.code != "truncated_file" or size == 0):
        stream.close()
        return None, refusal
    return Payload(name=name, content=stream, media=media, size=size), refusal
