"""An operator before the console, in Chromium: when a row comes to stand on the screen."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from _listening import Ledger

SCRIPT = Path(__file__).resolve().parents[2] / "console" / "e2e" / "watch-live.mjs"
READY_S = 180.0
LONGEST_LINE = 2**20


@asynccontextmanager
async def watching(
    url: str, login: str, password: str, source: str, ledger: Ledger, shot: Path
) -> AsyncIterator[None]:
    """Watch the list of one feed's facts while the block lasts; a picture is left at the end."""
    command = [
        *("node", str(SCRIPT), "--url", url, "--login", login, "--password", password),
        *("--path", f"/aujourdhui?panel=live&source={source}", "--shot", str(shot)),
    ]
    child = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE
    )
    reading: asyncio.Task[None] | None = None
    try:
        assert child.stdout is not None
        first = await asyncio.wait_for(_ready(child), READY_S)
        assert first, "the operator's page does not open"
        reading = asyncio.create_task(_read(child, ledger))
        yield
    finally:
        if child.stdin is not None:
            child.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(child.wait(), 60)
        if child.returncode is None:
            child.kill()
        if reading is not None:
            await reading


async def _ready(child: Process) -> bool:
    assert child.stdout is not None
    async for line in child.stdout:
        if json.loads(line).get("ready"):
            return True
    return False


async def _read(child: Process, ledger: Ledger) -> None:
    assert child.stdout is not None
    async for line in child.stdout:
        for fact_id, at_ms in json.loads(line).get("rows", []):
            ledger.see(fact_id, at_ms / 1000)
