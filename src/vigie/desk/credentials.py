"""What could end somebody's rights, read for everybody at once: cheap enough to look every second.

Looking whether one session still stands takes three queries. Hundreds of open streams look every
other second: they compare marks instead, and look closer when their own mark has changed. What time
alone ends (an idle session, an open glass) changes a mark, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select

from vigie.desk.tables import AccountRow, GlassRow, ScopeRow, SessionRow, TokenRow
from vigie.privacy.decision import REVIEW_US

Mark = tuple[Any, ...]


class Credentials:
    """Reads the marks of all sessions and tokens.

    Args:
        engine: Of the desk.
        lives: Says of a session, at an instant, whether time has not ended it.
    """

    def __init__(self, engine: Engine, lives: Callable[[Any, int], bool]) -> None:
        self._engine = engine
        self._lives = lives

    def marks(self, at_us: int) -> dict[str, Mark]:
        """Return a mark of each session and token at an instant, by the hash of its secret.

        A mark differs once the session or token has another stage, purpose or end, its account
        another role or state, or anybody's glass or scope has changed, by an act or by time. Times
        of use change none.
        """
        with self._engine.connect() as connection:
            accounts = {
                row[0]: tuple(row[1:])
                for row in connection.execute(
                    select(
                        AccountRow.account_id,
                        AccountRow.role,
                        AccountRow.disabled,
                        AccountRow.must_change_password,
                    )
                )
            }
            glasses = select(
                GlassRow.glass_id, GlassRow.until_us, GlassRow.reviewed_us,
                GlassRow.until_us > at_us, GlassRow.opened_us <= at_us - REVIEW_US,
            )  # fmt: skip
            scopes = select(
                ScopeRow.account_id, ScopeRow.partner, ScopeRow.head, ScopeRow.sources,
                ScopeRow.zones,
            )  # fmt: skip
            rest = repr(
                [sorted(map(repr, connection.execute(one).all())) for one in (glasses, scopes)]
            )
            tokens = select(
                TokenRow.secret_hash, TokenRow.account_id, TokenRow.purpose, TokenRow.reads_for,
                TokenRow.revoked_us,
            )  # fmt: skip
            sessions = select(
                SessionRow.session_hash, SessionRow.account_id, SessionRow.stage,
                SessionRow.created_us, SessionRow.last_seen_us,
            )  # fmt: skip
            marks: dict[str, Mark] = {
                row[0]: (*row[1:], accounts.get(row[1] or ""), rest)
                for row in connection.execute(tokens)
            }
            for row in connection.execute(sessions):
                lives = self._lives(row, at_us)
                marks[row[0]] = (row[1], row[2], lives, accounts.get(row[1]), rest)
            return marks
