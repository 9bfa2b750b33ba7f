"""The city's ways that Vigie fetches by itself: an address polled, a folder over SFTP."""

from __future__ import annotations

import asyncio
import importlib.util
import threading
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from vigie.base.clock import Clock, now_us
from vigie.intake.hospital.state import write_durably
from vigie.intake.sftp import import_asyncssh
from vigie.jobs.broker import LOOPBACK
from vigie.jobs.senders import FolderSender

USER = "vigie"
READY_S = 20.0
FRESH_US = 120_000_000


class PollSender:
    """Serves the latest message of each feed at ``/SOURCE`` on the loopback, with its ETag.

    A feed without a message for two minutes is out of order: 503, as its real server would say.
    (The same answer again would be a sign of life.)

    Args:
        port: Port; 0 for any.
        latest: What is served by source until the first message.
        clock: Tells how old a message is.
    """

    def __init__(self, port: int, latest: Mapping[str, bytes], clock: Clock) -> None:
        self._clock = clock
        self._latest = {source: (now_us(clock), content) for source, content in latest.items()}
        held = self._latest

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                at_us, content = held.get(self.path[1:], (None, b""))
                if at_us is None or now_us(clock) - at_us > FRESH_US:
                    gone = at_us is None
                    self.send_error(
                        HTTPStatus.NOT_FOUND if gone else HTTPStatus.SERVICE_UNAVAILABLE
                    )
                    return
                mark = f'"{sha256(content).hexdigest()[:32]}"'
                same = self.headers.get("If-None-Match") == mark
                self.send_response(HTTPStatus.NOT_MODIFIED if same else HTTPStatus.OK)
                self.send_header("ETag", mark)
                self.send_header("Content-Length", "0" if same else str(len(content)))
                self.end_headers()
                if not same:
                    self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer((LOOPBACK, port), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="city-http", daemon=True
        )
        self._thread.start()

    def send(self, source: str, _name: str, content: bytes) -> bool:
        """Serve a message from now on."""
        self._latest[source] = now_us(self._clock), content
        return True

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def has_sftp() -> bool:
    """Say whether the optional part that speaks SFTP is installed."""
    return importlib.util.find_spec("asyncssh") is not None


def make_keys(folder: Path) -> tuple[Path, str]:
    """Make the server's and the user's keys once; return the user's and the server's public one.

    Raises:
        MissingPart: When asyncssh is not installed.
    """
    ssh = import_asyncssh()
    folder.mkdir(mode=0o700, exist_ok=True)
    for name in ("host", "user"):
        if not (folder / name).exists():
            made = ssh.generate_private_key("ssh-ed25519")
            write_durably(folder / name, made.export_private_key())
    public = ssh.read_private_key(folder / "host").export_public_key().decode().strip()
    return folder / "user", public


class SftpSender:
    """Puts files into the folders of an SFTP server on the loopback.

    Args:
        port: Port.
        keys: Folder of ``make_keys``.
        root: Folder that is served, a folder in it for each feed.
        clock: Tells which files are old.
    """

    def __init__(self, port: int, keys: Path, root: Path, clock: Clock) -> None:
        self._port = port
        self._keys = keys
        self._root = root
        self._files = FolderSender(root, clock)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._acceptor: Any = None
        self._thread = threading.Thread(target=self._run, name="city-sftp", daemon=True)
        self._thread.start()
        self._ready.wait(READY_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._acceptor = self._loop.run_until_complete(self._listen())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._shut())
        self._loop.close()

    async def _listen(self) -> Any:
        ssh = import_asyncssh()
        root = str(self._root).encode()
        user = ssh.read_private_key(self._keys / "user").export_public_key().decode()

        return await ssh.listen(
            LOOPBACK,
            self._port,
            server_host_keys=[ssh.read_private_key(self._keys / "host")],
            authorized_client_keys=ssh.import_authorized_keys(user),
            sftp_factory=partial(ssh.SFTPServer, chroot=root),
        )

    async def _shut(self) -> None:
        self._acceptor.close()
        await self._acceptor.wait_closed()
        others = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        for one in others:
            one.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def send(self, source: str, name: str, content: bytes) -> bool:
        """Write a file."""
        return self._files.send(source, name, content)

    def close(self) -> None:
        """Stop serving."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(READY_S)
