"""Ways to the identity provider that a browser began: each is finished once, by that browser."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import ProviderFailed
from vigie.base.ids import new_secret
from vigie.desk.sessions import SECOND_US, digest, same_secret
from vigie.desk.tables import ProviderStartRow

LIFE_S = 600


@dataclass(frozen=True, slots=True)
class Start:
    """What must come back.

    Attributes:
        state: Goes through the provider and back in the address.
        browser: Stays in the browser's cookie.
        nonce: Comes back inside the ID token.
        verifier: Secret of PKCE (RFC 7636), told to the provider at the end.
    """

    state: str
    browser: str
    nonce: str
    verifier: str


class ProviderStarts:
    """Starts that wait for their end."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def begin(self) -> Start:
        """Return a fresh start; those too old to be finished are forgotten."""
        start = Start(new_secret(), new_secret(), new_secret(), new_secret())
        at = now_us(self._clock)
        with Session(self._engine) as session, session.begin():
            session.execute(
                delete(ProviderStartRow).where(
                    ProviderStartRow.created_us < at - LIFE_S * SECOND_US
                )
            )
            session.add(
                ProviderStartRow(
                    state_hash=digest(start.state),
                    browser_hash=digest(start.browser),
                    nonce=start.nonce,
                    verifier=start.verifier,
                    created_us=at,
                )
            )
        return start

    def finish(self, state: str, browser: str) -> Start:
        """Return a start and forget it, whether or not this browser began it.

        Raises:
            ProviderFailed: Unknown, used, too old, or begun by another browser.
        """
        at = now_us(self._clock)
        with Session(self._engine) as session, session.begin():
            row = session.get(ProviderStartRow, digest(state))
            if row is None:
                raise ProviderFailed(reason="state")
            found = Start(state, browser, row.nonce, row.verifier)
            mine = same_secret(row.browser_hash, digest(browser))
            fresh = at - row.created_us <= LIFE_S * SECOND_US
            gone = session.execute(
                delete(ProviderStartRow).where(ProviderStartRow.state_hash == digest(state))
            )
            first = gone.rowcount == 1  # type: ignore[attr-defined]
        if not (mine and fresh and first):
            raise ProviderFailed(reason="state")
        return found
