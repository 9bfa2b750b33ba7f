"""Answers take turns: so many at one time, first come, first served."""

from __future__ import annotations

import asyncio

from starlette.types import Receive, Scope, Send

from vigie.web.at_once import Turns


def test_so_many_at_one_time_in_the_order_they_came() -> None:
    async def scenario() -> tuple[int, list[int]]:
        within, most, begun = 0, 0, list[int]()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal within, most
            begun.append(scope["number"])
            within += 1
            most = max(most, within)
            for _ in range(5):  # pieces of one answer
                await asyncio.sleep(0)
            within -= 1

        turns = Turns(app, turns=2)

        async def never() -> None:
            raise AssertionError

        scopes = [{"type": "http", "number": number} for number in range(9)]
        await asyncio.gather(*(turns(one, never, never) for one in scopes))  # type: ignore[arg-type]
        return most, begun

    assert asyncio.run(scenario()) == (2, list(range(9)))
