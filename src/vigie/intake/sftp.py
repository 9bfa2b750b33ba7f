"""Folders on another machine, fetched over SFTP: a file is taken once it stands still, once.

The server is not trusted: its key must be the one the settings name, its address is judged as any
feed's, its file names are labels and never paths, links are not followed, sizes are capped. Needs
the optional part ``[sftp]`` (asyncssh), imported when a folder is made. Reference:
draft-ietf-secsh-filexfer-02 (SFTP version 3).
"""

from __future__ import annotations

import asyncio
import importlib
import stat
import threading
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, TypeVar, cast

from vigie.base.clock import Clock, now_us
from vigie.base.errors import MissingPart, SettingsInvalid, Unavailable
from vigie.base.logging import get_logger
from vigie.base.settings import SftpFolder
from vigie.intake.archives import leaves_folder
from vigie.intake.files import Found, printable, safe_name
from vigie.intake.journal import INLINE_BYTES, Journal
from vigie.intake.outbound import AddressRefused, addresses_of, check_host, scopes
from vigie.intake.polling import Fetched
from vigie.intake.taking import TakenFiles
from vigie.model.notices import Reject

STEP_S = 30.0
PULL_S = 3_600.0
BLOCK = 1 << 20
MOST_NAMES = 10_000
SECOND_NS = 1_000_000_000
PARTIAL = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".swp", "~")
T = TypeVar("T")
log = get_logger(__name__)


def import_asyncssh() -> Any:
    """Return asyncssh.

    Raises:
        MissingPart: When it is not installed.
    """
    try:
        return importlib.import_module("asyncssh")
    except ImportError as error:
        raise MissingPart(what="asyncssh", remedy="pip install 'vigie[sftp]'") from error


@dataclass(frozen=True, slots=True)
class Remote:
    """A file as the server tells it.

    Attributes:
        name: Its name in the folder; bytes that are no UTF-8 stand as surrogates.
        size: Bytes.
        modified_s: Time of change, epoch seconds.
        mode: Type and permissions, as ``stat`` gives them.
    """

    name: str
    size: int | None
    modified_s: int | None
    mode: int | None

    @property
    def key(self) -> str:
        """Its name as text that can be stored, different for different names."""
        return self.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def is_partial(name: str) -> bool:
    """Say whether a name is one of a file that is still being written, or hidden."""
    return name.startswith(".") or name.lower().endswith(PARTIAL)


def judge(one: Remote, *, max_bytes: int) -> Reject | None:
    """Return why a file is refused before it is opened, or None."""
    label = printable(one.key)[:80]
    if leaves_folder(one.name) or "/" in one.name or "\\" in one.name:
        return Reject("path_traversal", params={"name": label})
    if one.mode is not None and stat.S_ISLNK(one.mode):
        return Reject("symbolic_link", params={"name": label})
    if one.mode is None or one.size is None or not stat.S_ISREG(one.mode):
        return Reject("unreadable", params={"reason": "not a regular file"})
    if one.size > max_bytes:
        return Reject("too_large", params={"limit": max_bytes})
    return None


def standing_still(before: Iterable[Remote], now: Iterable[Remote]) -> list[Remote]:
    """Return the files that are the same in two looks, oldest first."""
    seen = set(before)
    same = [one for one in now if one in seen]
    return sorted(same, key=lambda one: (one.modified_s or 0, one.name))


class SftpPuller:
    """Looks into a folder of an SFTP server and journals each new file that stands still."""

    def __init__(
        self,
        settings: SftpFolder,
        source: str,
        journal: Journal,
        clock: Clock,
        *,
        refuse: Callable[[str, Found, Reject], None],
    ) -> None:
        """Prepare; nothing is sent before the first look.

        Raises:
            MissingPart: When asyncssh is not installed.
            SettingsInvalid: When host, host key, key file or password file cannot be used.
        """
        self._ssh = import_asyncssh()
        self._settings = settings
        self._source = source
        self._journal = journal
        self._clock = clock
        self._refuse = refuse
        self._allowed = scopes(private=settings.private)
        check_host(settings.host, self._allowed, key="intake.sftp.host")
        self._options = self._read_secrets()
        self.place = f"sftp://{settings.username}@{settings.host}:{settings.port}/{settings.folder}"
        self._taken = TakenFiles(self.place, source, journal, clock)
        self._seen: list[Remote] = []
        self._refused: set[tuple[str, str]] = set()
        self._guard = threading.Lock()
        self._stopping = False
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None

    def _read_secrets(self) -> dict[str, Any]:
        """Return what a connection needs; nothing is read from the account's own SSH files."""
        said = self._settings
        if bool(said.key_file) == bool(said.password_file):
            raise SettingsInvalid(key="intake.sftp", reason="key_file or password_file")
        try:
            host_key = self._ssh.import_public_key(said.host_key)
        except (self._ssh.KeyImportError, ValueError) as error:
            raise SettingsInvalid(key="intake.sftp.host_key", reason=str(error)) from error
        keys, password = None, None
        try:
            if said.key_file:
                keys = [self._ssh.read_private_key(said.key_file)]
            else:
                password = Path(said.password_file).read_text("utf-8").rstrip("\r\n")
        except (OSError, ValueError, self._ssh.KeyImportError) as error:
            reason = type(error).__name__
            raise SettingsInvalid(key="intake.sftp.key_file", reason=reason) from error
        return {
            "username": said.username,
            "known_hosts": ([host_key], [], []),
            "client_keys": keys,
            "password": password,
            "config": None,
            "agent_path": None,
            "x509_trusted_certs": None,
            "compression_algs": ["none"],
            "connect_timeout": STEP_S,
            "login_timeout": STEP_S,
        }

    def close(self) -> None:
        """Nothing stays open between two looks."""

    def interrupt(self) -> None:
        """End the look under way, and every later one (another thread is looking)."""
        with self._guard:
            self._stopping = True
            if self._running is not None:
                loop, task = self._running
                loop.call_soon_threadsafe(task.cancel)

    def pull(self) -> Fetched:
        """Look once, take what is new; a failure is told, not raised.

        Raises:
            TooManyRequests, Unavailable: When the journal cannot take, or the look was cut short:
                taken at a later look.
        """
        ssh = self._ssh
        try:
            return asyncio.run(self._within_time())
        except asyncio.CancelledError as error:
            raise Unavailable(what="sftp") from error
        except AddressRefused as error:
            return self._failed(error.code, error)
        except ssh.HostKeyNotVerifiable as error:
            return self._failed("feed_wrong_key", error)
        except ssh.PermissionDenied as error:
            return self._failed("feed_denied", error)
        except ssh.SFTPError as error:
            return self._failed("feed_refused", error)
        except (ssh.Error, OSError, TimeoutError, ValueError) as error:
            return self._failed("feed_unreachable", error)

    def _failed(self, reason: str, error: Exception) -> Fetched:
        detail = f"{type(error).__name__}: {printable(str(error))[:200]}"
        log.warning("look failed", source=self._source, reason=reason, detail=detail)
        return Fetched(0, taken=False, reason=reason)

    async def _within_time(self) -> Fetched:
        task = asyncio.current_task()
        with self._guard:
            if self._stopping or task is None:
                raise asyncio.CancelledError
            self._running = asyncio.get_running_loop(), task
        try:
            return await self._visit()
        finally:
            with self._guard:
                self._running = None

    async def _visit(self) -> Fetched:
        async with asyncio.timeout(PULL_S):
            said = self._settings
            judged = addresses_of(said.host, said.port, self._allowed)
            connection = await self._connect([str(one) for one in judged])
            async with (
                connection,
                connection.start_sftp_client(path_errors="surrogateescape") as client,
            ):
                return await self._look(client)

    async def _connect(self, addresses: list[str]) -> Any:
        port = self._settings.port
        for address in addresses[:-1]:
            try:
                return await self._ssh.connect(address, port, **self._options)
            except OSError:
                continue
        return await self._ssh.connect(addresses[-1], port, **self._options)

    # --- Looking -------------------------------------------------------------------------------

    async def _look(self, client: Any) -> Fetched:
        found = await self._list(client)
        unseen = set(found) - set(self._seen)
        if any(not self._is_done(one) for one in unseen):
            await asyncio.sleep(self._settings.settle_s)
            again = [
                await self._status(client, one.name) if one in unseen else one for one in found
            ]
            present = [one for one in again if one is not None]
        else:
            present = found
        taken, remark = False, ""
        for one in standing_still(found, present):
            if self._is_done(one):
                continue
            fresh = await self._take(client, one)
            taken = taken or fresh is True
            if fresh is not None and not await self._settle(client, one):
                remark = "feed_not_tidied"
        self._seen = present
        return Fetched(0, taken=taken, remark=remark)

    def _is_done(self, one: Remote) -> bool:
        """Say whether a file needs no look inside.

        One that is to be moved or deleted always does: what the server tells (whole seconds) may
        be the same for a new content, which must not go unread.
        """
        keeps = self._settings.after == "keep"
        return keeps and self._taken.knows(
            one.key, one.size or 0, (one.modified_s or 0) * SECOND_NS
        )

    async def _list(self, client: Any) -> list[Remote]:
        """Return the files that may be taken; hostile ones are refused, each once."""
        found: list[Remote] = []
        number = 0
        entries = client.scandir(self._settings.folder)
        async for entry in _in_time(entries):
            number += 1
            if number > MOST_NAMES:
                log.warning("too many files in a folder", source=self._source, limit=MOST_NAMES)
                break
            name = _text(entry.filename)
            wanted = fnmatchcase(name, self._settings.pattern) and not is_partial(name)
            if name in {"", ".", ".."} or not (wanted or leaves_folder(name)):
                continue
            one = Remote(name, entry.attrs.size, entry.attrs.mtime, entry.attrs.permissions)
            if not leaves_folder(name) and "/" not in name and not self._is_done(one):
                told = await self._status(client, name)
                if told is None or (told.mode is not None and stat.S_ISDIR(told.mode)):
                    continue
                one = told
            reject = judge(one, max_bytes=self._journal.settings.max_file_bytes)
            if reject is None:
                found.append(one)
            else:
                self._refuse_once(one, reject)
        return found

    async def _status(self, client: Any, name: str) -> Remote | None:
        """Return a file as it is now, itself if it is a link; None when it is gone."""
        try:
            told = await _soon(client.lstat(self._path(name)))
        except (self._ssh.SFTPNoSuchFile, self._ssh.SFTPPermissionDenied):
            return None
        return Remote(name, told.size, told.mtime, told.permissions)

    def _path(self, *parts: str) -> str:
        return str(PurePosixPath(self._settings.folder).joinpath(*parts))

    def _refuse_once(self, one: Remote, reject: Reject) -> None:
        key = (one.key, reject.code)
        if key not in self._refused and len(self._refused) < MOST_NAMES:
            self._refused.add(key)
            label, _ = safe_name(one.key)
            self._refuse(self._source, Found(Path(one.key), label, reject), reject)

    # --- Taking --------------------------------------------------------------------------------

    async def _take(self, client: Any, one: Remote) -> bool | None:
        """Journal a file; False when its content is known, None when it changed meanwhile."""
        with SpooledTemporaryFile(INLINE_BYTES * 32, dir=str(self._journal.spool.folder)) as body:
            size = 0
            async with client.open(self._path(one.name), "rb") as remote:
                while block := await _soon(remote.read(BLOCK)):
                    size += len(block)
                    if size > (one.size or 0):
                        return None
                    body.write(block)
            after = await self._status(client, one.name)
            if size != one.size or after != one:
                return None
            body.seek(0)
            label, _ = safe_name(one.key)
            modified_ns = (one.modified_s or 0) * SECOND_NS
            stream = cast("BinaryIO", body)
            return self._taken.take(one.key, stream, size, modified_ns, label=label)

    async def _settle(self, client: Any, one: Remote) -> bool:
        """Do with a taken file what the settings say; False when the server refuses."""
        path = self._path(one.name)
        try:
            if self._settings.after == "delete":
                await _soon(client.remove(path))
            elif self._settings.after == "move":
                await _soon(client.makedirs(self._path(self._settings.moved_to), exist_ok=True))
                target = self._path(self._settings.moved_to, one.name)
                if await _soon(client.lexists(target)):
                    target = f"{target}.{now_us(self._clock)}"
                await _soon(client.rename(path, target))
        except self._ssh.SFTPError as error:
            reason = type(error).__name__
            log.warning("taken file not tidied", source=self._source, reason=reason)
            return False
        return True


def _text(name: str | bytes) -> str:
    return name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name


async def _soon(work: Awaitable[T]) -> T:
    return await asyncio.wait_for(work, STEP_S)


async def _in_time(entries: Any) -> Any:
    """Yield what an asynchronous iterator gives, each within the time of a step."""
    iterator = aiter(entries)
    while True:
        try:
            yield await _soon(anext(iterator))
        except StopAsyncIteration:
            return
