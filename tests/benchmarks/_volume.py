"""A small filesystem of its own that can be filled to the last block, and calls that fail on it."""

from __future__ import annotations

import errno
import mmap
import os
import shutil
import struct
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PAGE = struct.Struct("<iiqq")
_SOURCE = Path(__file__).with_name("_failing.c")
_PIECE = 2**20
AGAIN_S = 0.1


def why_not() -> str:
    """Return why no such filesystem can be made here; empty when one can."""
    if os.geteuid() != 0:
        return "mounting a filesystem needs root"
    for name, package in (("mkfs.ext4", "e2fsprogs"), ("mount", "mount"), ("cc", "gcc libc6-dev")):
        if not shutil.which(name):
            return f"missing part: {name} (apt-get install {package})"
    with tempfile.TemporaryDirectory(prefix="vigie-volume-") as name:
        try:
            with volume(Path(name), 16 * 2**20):
                return ""
        except subprocess.CalledProcessError as error:
            told = (error.stderr or b"").decode("utf-8", "replace").strip()
            return f"this machine mounts no file as a filesystem: {told}"


def _do(*words: str | Path) -> None:
    subprocess.run([*map(str, words)], check=True, capture_output=True)


@contextmanager
def volume(under: Path, size: int) -> Iterator[Path]:
    """Mount an ext4 filesystem of so many bytes, nothing of it kept back for root; then check it.

    Raises:
        CalledProcessError: It cannot be made or mounted, or is not sound afterwards.
    """
    image, mounted = under / "image", under / "volume"
    mounted.mkdir()
    with image.open("wb") as file:
        file.truncate(size)
    _do("mkfs.ext4", "-q", "-m", "0", image)
    _do("mount", "-o", "loop", image, mounted)
    try:
        yield mounted
    finally:
        _do("umount", mounted)
    _do("fsck.ext4", "-fn", image)


class Ballast:
    """What fills a filesystem to its last block, and again what others free meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "ballast"
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def fill(self) -> None:
        """Leave nothing, until ``free`` is called."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._fill, name="ballast", daemon=True)
        self._fill_once()
        self._thread.start()

    def _fill(self) -> None:
        while not self._stop.wait(AGAIN_S):
            self._fill_once()

    def _fill_once(self) -> None:
        with self._path.open("ab") as file:
            at = file.seek(0, os.SEEK_END)
            usage = os.statvfs(self._path.parent)
            piece = usage.f_bfree * usage.f_frsize
            while piece >= usage.f_frsize:
                try:
                    os.posix_fallocate(file.fileno(), at, piece)
                    at += piece
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    piece //= 2

    def free(self) -> None:
        """Give the space back."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._path.unlink(missing_ok=True)


class Failing:
    """Calls that change files below a folder, refused while told to, in every process begun so.

    Args:
        folder: The folder.
        scratch: Where the library and the page stand; elsewhere.
    """

    def __init__(self, folder: Path, scratch: Path) -> None:
        library, page = scratch / "failing.so", scratch / "failing"
        _do("cc", "-O2", "-fPIC", "-shared", "-o", library, _SOURCE, "-ldl")
        page.write_bytes(bytes(4096))
        with page.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), 4096)
        self.environment = {
            "LD_PRELOAD": str(library),
            "VIGIE_BENCH_FAILING": str(page),
            "VIGIE_BENCH_UNDER": str(folder),
        }

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Let what is begun meanwhile be told, and not what is begun afterwards."""
        os.environ.update(self.environment)
        try:
            yield
        finally:
            for name in self.environment:
                with suppress(KeyError):
                    del os.environ[name]

    def refuse(self, error: int, one_in: int = 1) -> None:
        """Refuse every so many-th call from now on; none with error 0."""
        self._page[:8] = struct.pack("<ii", error, one_in)

    @property
    def refused(self) -> int:
        """How many calls were refused so far."""
        found: int = _PAGE.unpack(self._page[: _PAGE.size])[3]
        return found
