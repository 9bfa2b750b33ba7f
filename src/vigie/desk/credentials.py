"""What could end somebody's rights, read for everybody at once: cheap enough to look every second.

Looking whether one session still stands takes three queries. Hundreds of open streams look every
other second: they compare marks instead, and look closer when their own mark has changed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

from vigie.desk.tables import AccountRow, GlassRow, ScopeRow, SessionRow, TokenRow

Mark = tuple[Any, ...]


class Credentials:
    """Reads the marks of all sessions and tokens."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def marks(self) -> dict[str, Mark]:
        """Return a mark of each session and token, by the hash of its secret.

        A mark differs once the session or token has another stage, purpose or end, its account
        another role or state, or anybody's glass or scope has changed. Times of use change none.
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
            glasses = select(GlassRow.glass_id, GlassRow.until_us, GlassRow.reviewed_us)
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
            sessions = select(SessionRow.session_hash, SessionRow.account_id, SessionRow.stage)
            return {
                row[0]: (*row[1:], accounts.get(row[1]), rest)
                for one in (tokens, sessions)
                for row in connection.execute(one)
            }
