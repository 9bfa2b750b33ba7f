"""Hundreds are told of the same event: others have their turn in between."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence

from tests.web.test_streaming import MemoryLog, always, everything, hub_over, take

from vigie.web.streaming import TOGETHER, Encoded


async def until(true: Callable[[], bool]) -> None:
    """Let others run until something is so."""
    for _ in range(100_000):
        if true():
            return
        await asyncio.sleep(0)
    raise TimeoutError


def test_others_have_their_turn_between_those_who_are_told() -> None:
    """Of hundreds who wait for the same event a few are told before the loop looks elsewhere."""

    async def scenario() -> list[int]:
        log, told, turns = MemoryLog(), 0, [0]

        async def hearing(batch: Sequence[Encoded]) -> bytes:
            nonlocal told
            told += 1
            return await everything(batch)

        def turn() -> None:
            turns.append(told)
            if told < 299:
                asyncio.get_running_loop().call_soon(turn)

        async with hub_over(log) as hub:
            streams = [hub.subscribe(0, hearing, always) for _ in range(300)]
            readers = [asyncio.create_task(take(stream, 1)) for stream in streams]
            await until(lambda: len(hub._waiting) == 300)
            gone = readers.pop()
            gone.cancel()
            log.add()
            await until(lambda: told > 0)
            told_at_once = told
            turn()
            assert await asyncio.wait_for(asyncio.gather(*readers), 10) == [[1]] * 299
        return [told_at_once, *(b - a for a, b in itertools.pairwise(turns[1:]))]

    steps = asyncio.run(scenario())
    assert max(steps) <= TOGETHER
