"""Archives looked at before anything is unpacked: bombs, nesting, escapes, links.

Caps after OWASP ASVS 5.0, items 5.2.3 and 5.3.3: bytes unpacked, ratio, number of members, one
level, no links. The sizes an archive declares are checked here; Python's reader never gives more
of a member than declared, so a liar gains nothing. A gzip stream declares nothing and is unpacked
under the same caps into an unnamed file.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from vigie.base.settings import IntakeSettings
from vigie.model.notices import Reject

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
GZIP_MAGIC = b"\x1f\x8b"
ARCHIVE_MAGIC = (
    *ZIP_MAGIC,
    GZIP_MAGIC,
    b"BZh",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a",
)
ARCHIVE_SUFFIXES = frozenset(
    {".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".zst", ".jar"}
)
ENCRYPTED = 0x1
BLOCK = 1 << 18
MEMBER_SLACK = 4 * 2**20
"""A member this small is never a bomb by its ratio alone: a column of zeros packs very well."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Caps of an archive: unpacked bytes, ratio of unpacked to packed, members."""

    max_bytes: int
    max_ratio: int
    max_files: int

    @classmethod
    def of(cls, settings: IntakeSettings) -> ArchiveLimits:
        """Return the caps that the settings state."""
        return cls(
            settings.max_archive_bytes, settings.max_archive_ratio, settings.max_archive_files
        )


def _bomb(reason: str) -> Reject:
    return Reject("archive_bomb", params={"reason": reason})


def leaves_folder(name: str) -> bool:
    """Say whether a name, read on any system, points outside the folder it is put in."""
    unix = name.replace("\\", "/")
    return (
        unix.startswith("/")
        or "\x00" in name
        or (len(unix) > 1 and unix[1] == ":")
        or ".." in PurePosixPath(unix).parts
    )


def _judge_member(member: zipfile.ZipInfo, limits: ArchiveLimits) -> Reject | None:
    if leaves_folder(member.filename):
        return Reject("path_traversal", params={"name": member.filename})
    if stat.S_ISLNK(member.external_attr >> 16):
        return Reject("symbolic_link", params={"name": member.filename})
    if member.flag_bits & ENCRYPTED:
        return Reject("unreadable", params={"reason": f"encrypted member {member.filename}"})
    if PurePosixPath(member.filename.lower()).suffix in ARCHIVE_SUFFIXES:
        return _bomb(f"archive within the archive: {member.filename}")
    packed = max(member.compress_size, 1)
    if member.file_size > MEMBER_SLACK and member.file_size / packed > limits.max_ratio:
        return _bomb(f"ratio above {limits.max_ratio}: {member.filename}")
    return None


def judge_zip(stream: BinaryIO, size: int, limits: ArchiveLimits) -> Reject | None:
    """Return why a ZIP file must not be opened, or None when it may.

    Args:
        stream: Seekable content; its position is left at the start.
        size: Bytes of the content.
        limits: Caps.
    """
    try:
        stream.seek(0)
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            if len(members) > limits.max_files:
                return _bomb(f"more than {limits.max_files} files")
            if len({member.filename for member in members}) != len(members):
                return _bomb("two members of one name")
            if _overlaps(members, size):
                return _bomb("members overlap")
            total = sum(member.file_size for member in members)
            if total > limits.max_bytes:
                return _bomb(f"more than {limits.max_bytes} bytes unpacked")
            for member in members:
                refusal = _judge_member(member, limits)
                if refusal is not None:
                    return refusal
            return _judge_nested(archive, members)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        return Reject("unreadable", params={"reason": f"zip: {error}"})
    finally:
        stream.seek(0)


def _judge_nested(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> Reject | None:
    """Refuse an archive hidden under another ending, by its first bytes."""
    for member in members:
        if member.is_dir():
            continue
        with archive.open(member) as inner:
            if inner.read(8).startswith(ARCHIVE_MAGIC):
                return _bomb(f"archive within the archive: {member.filename}")
    return None


def _overlaps(members: list[zipfile.ZipInfo], size: int) -> bool:
    """Say whether members share bytes of the file (Fifield's better zip bomb, 2019)."""
    end = 0
    for member in sorted(members, key=lambda item: item.header_offset):
        if member.header_offset < end:
            return True
        end = member.header_offset + member.compress_size
    return end > size


def unpack_gzip(
    stream: BinaryIO, target: BinaryIO, size: int, limits: ArchiveLimits
) -> Reject | None:
    """Unpack a gzip stream into ``target`` under the caps.

    Several members one after the other are one stream (RFC 1952). Returns why it was refused, or
    None; a stream that ends early gives ``truncated_file``.
    """
    stream.seek(0)
    unpacker = zlib.decompressobj(wbits=31)
    written = 0
    pending = b""
    while True:
        block = pending or stream.read(BLOCK)
        if not block:
            return None if unpacker.eof else Reject("truncated_file")
        try:
            if unpacker.eof:
                unpacker = zlib.decompressobj(wbits=31)
            data = unpacker.decompress(block, BLOCK)
        except zlib.error as error:
            return Reject("unreadable", params={"reason": f"gzip: {error}"})
        pending = unpacker.unconsumed_tail or unpacker.unused_data
        if written == 0 and data.startswith(ARCHIVE_MAGIC):
            return _bomb("archive within the archive")
        written += len(data)
        if written > limits.max_bytes:
            return _bomb(f"more than {limits.max_bytes} bytes unpacked")
        if written > MEMBER_SLACK and written / max(size, 1) > limits.max_ratio:
            return _bomb(f"ratio above {limits.max_ratio}")
        target.write(data)
