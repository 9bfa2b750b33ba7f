"""Which process leads: one lock of PostgreSQL, which the server lets go of when its holder dies."""

from __future__ import annotations

import os

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError

from vigie.base.errors import SettingsInvalid, Unavailable

NAME = "vigie leads"
_LOCK = 0x5649_4749_4C45_4144
"""The letters of ``VIGILEAD``: the lock is the database's, and a database is one home's."""
_QUICK_TO_SEE_A_DEAD_PEER = (
    "SET tcp_keepalives_idle = 4",
    "SET tcp_keepalives_interval = 2",
    "SET tcp_keepalives_count = 3",
)


class Lead:
    """The lead among the processes of a desk; held by a connection, for as long as that lives.

    Args:
        engine: The desk's database.

    Raises:
        SettingsInvalid: When the desk is no PostgreSQL database.
    """

    def __init__(self, engine: Engine) -> None:
        if engine.dialect.name != "postgresql":
            raise SettingsInvalid(key="desk.url", reason="the cluster profile needs PostgreSQL")
        self._engine = engine
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Take the lead unless another has it; say whether this one has it now.

        Raises:
            Unavailable: When the database does not answer.
        """
        if self._connection is not None:
            return self.holds()
        try:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if not connection.execute(
                text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}
            ).scalar():
                connection.close()
                return False
            for statement in _QUICK_TO_SEE_A_DEAD_PEER:
                connection.execute(text(statement))
            name = {"name": f"{NAME} {os.getpid()}"}
            connection.execute(text("SELECT set_config('application_name', :name, false)"), name)
        except DBAPIError as error:
            raise Unavailable(what="desk") from error
        self._connection = connection
        return True

    def holds(self) -> bool:
        """Say whether this process still leads: whether its connection still lives."""
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except (DBAPIError, InvalidRequestError):
            self._connection.invalidate()
            self._connection = None
            return False
        return True

    def leave(self) -> None:
        """Let another lead."""
        if self._connection is not None:
            self._connection.invalidate()  # closed, not handed back with the lock in it
            self._connection.close()
            self._connection = None
