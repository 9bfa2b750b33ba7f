"""The second factor: codes of a device (TOTP, RFC 6238) and recovery codes.

A code counts for its step of 30 seconds and the neighbours, once: a step that was used, and every
step before it, is refused. Five wrong codes lock the second factor of the account for five minutes.
Device secrets are sealed, recovery codes (128 random bits) are kept as SHA-256.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Literal

import pyotp
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import TooManyRequests, WrongCode
from vigie.desk.sealing import Sealer
from vigie.desk.sessions import SECOND_US, digest, end_within, same_secret
from vigie.desk.tables import RecoveryCodeRow, SecondFactorRow

STEP_US = 30 * SECOND_US
DRIFT_STEPS = 1
DIGITS = 6
RECOVERY_CODES = 10
MAX_FAILURES = 5
LOCK_US = 300 * SECOND_US
_RECOVERY_BYTES = 16
_SECRET_BYTES = 20


@dataclass(frozen=True, slots=True)
class FactorState:
    """How a person's second factor stands.

    Attributes:
        confirmed: Whether a device has been confirmed.
        codes_left: Recovery codes not used yet.
    """

    confirmed: bool
    codes_left: int


def step_of(at_us: int) -> int:
    """Return the TOTP step of an instant (RFC 6238, T0 = 0, X = 30 s)."""
    return at_us // STEP_US


def code_at(secret: str, step: int) -> str:
    """Return the six digits of a base32 secret at a step."""
    return pyotp.TOTP(secret, digits=DIGITS).generate_otp(step)


def matching_step(secret: str, code: str, at_us: int, after: int) -> int | None:
    """Return the step that a code belongs to, among those still open; None when there is none.

    Args:
        secret: Base32 secret of the device.
        code: Six digits.
        at_us: Now, epoch µs.
        after: Last step used: it and those before it are closed.
    """
    now = step_of(at_us)
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if same_secret(code_at(secret, step), code) and step > after and found is None:
            found = step
    return found


def plain_code(text: str) -> str:
    """Return a code as it is compared: without spaces and dashes, capital letters."""
    return text.replace(" ", "").replace("-", "").upper()


def new_recovery_code() -> str:
    """Return 128 random bits in base32, in groups of five to be copied by hand."""
    text = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode("ascii").rstrip("=")
    return "-".join(text[start : start + 5] for start in range(0, len(text), 5))


def _context(account_id: str) -> str:
    return f"second_factor:{account_id}"


class SecondFactors:
    """The devices and recovery codes of the accounts."""

    def __init__(self, engine: Engine, sealer: Sealer, clock: Clock) -> None:
        self._engine = engine
        self._sealer = sealer
        self._clock = clock

    def state(self, account_id: str) -> FactorState:
        """Return how the second factor of an account stands."""
        with Session(self._engine) as session:
            row = session.get(SecondFactorRow, account_id)
            left = session.scalar(
                select(func.count())
                .select_from(RecoveryCodeRow)
                .where(RecoveryCodeRow.account_id == account_id, RecoveryCodeRow.used_us.is_(None))
            )
        return FactorState(row is not None and row.secret != "", left or 0)

    def begin(self, account_id: str) -> str:
        """Return the base32 secret of a new device; the old one serves until it is confirmed."""
        secret = base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii")
        sealed = self._sealer.seal(secret.encode("ascii"), _context(account_id))
        with Session(self._engine) as session, session.begin():
            row = session.get(SecondFactorRow, account_id)
            if row is None:
                session.add(
                    SecondFactorRow(
                        account_id=account_id,
                        secret="",
                        pending=sealed,
                        confirmed_us=0,
                        last_step=0,
                        failures=0,
                        locked_until_us=0,
                    )
                )
            else:
                row.pending = sealed
        return secret

    def confirm(self, account_id: str, code: str, *, but: str = "") -> list[str]:
        """Take the new device into use by its first code; returns ten recovery codes, shown once.

        Every session of the account ends with it, but the one named.

        Raises:
            WrongCode: Not a code of the device begun, or none was begun.
            TooManyRequests: Too many wrong codes.
        """
        at = now_us(self._clock)
        row = self._unlocked(account_id, at)
        if not row.pending:
            raise WrongCode
        step = matching_step(self._secret(account_id, row.pending), plain_code(code), at, 0)
        if step is None:
            self._count_failure(account_id, at)
            raise WrongCode
        with Session(self._engine) as session, session.begin():
            moved = session.execute(
                update(SecondFactorRow)
                .where(
                    SecondFactorRow.account_id == account_id,
                    SecondFactorRow.pending == row.pending,
                )
                .values(secret=row.pending, pending="", confirmed_us=at, last_step=step, failures=0)
            )
            if moved.rowcount != 1:  # type: ignore[attr-defined]
                raise WrongCode
            end_within(session, account_id, but=but)
            return self._fresh_codes(session, account_id)

    def check(self, account_id: str, code: str) -> Literal["totp", "recovery"]:
        """Use up a code of the device, or a recovery code; returns which it was.

        Raises:
            WrongCode: Wrong, out of its time, or used already.
            TooManyRequests: Too many wrong codes.
        """
        at = now_us(self._clock)
        row = self._unlocked(account_id, at)
        plain = plain_code(code)
        if len(plain) == DIGITS:
            used = row.secret != "" and self._use_step(row, plain, at)
            kind: Literal["totp", "recovery"] = "totp"
        else:
            used = row.secret != "" and self._use_recovery(account_id, plain, at)
            kind = "recovery"
        if not used:
            self._count_failure(account_id, at)
            raise WrongCode
        return kind

    def new_codes(self, account_id: str) -> list[str]:
        """Return ten fresh recovery codes, shown once; the old ones are void."""
        with Session(self._engine) as session, session.begin():
            return self._fresh_codes(session, account_id)

    def reset(self, account_id: str) -> None:
        """Forget device and recovery codes: sessions end, at the next the person enrols anew."""
        with Session(self._engine) as session, session.begin():
            end_within(session, account_id)
            for table in (RecoveryCodeRow, SecondFactorRow):
                session.execute(delete(table).where(table.account_id == account_id))

    def _secret(self, account_id: str, sealed: str) -> str:
        return self._sealer.unseal(sealed, _context(account_id)).decode("ascii")

    def _unlocked(self, account_id: str, at: int) -> SecondFactorRow:
        with Session(self._engine, expire_on_commit=False) as session:
            row = session.get(SecondFactorRow, account_id)
        if row is None:
            raise WrongCode
        if row.locked_until_us > at:
            raise TooManyRequests(retry_s=(row.locked_until_us - at) // SECOND_US + 1)
        return row

    def _use_step(self, row: SecondFactorRow, code: str, at: int) -> bool:
        step = matching_step(self._secret(row.account_id, row.secret), code, at, row.last_step)
        if step is None:
            return False
        with Session(self._engine) as session, session.begin():
            taken = session.execute(
                update(SecondFactorRow)
                .where(
                    SecondFactorRow.account_id == row.account_id,
                    SecondFactorRow.last_step < step,
                    SecondFactorRow.secret == row.secret,
                )
                .values(last_step=step, failures=0)
            )
            return bool(taken.rowcount == 1)  # type: ignore[attr-defined]

    def _use_recovery(self, account_id: str, code: str, at: int) -> bool:
        with Session(self._engine) as session, session.begin():
            taken = session.execute(
                update(RecoveryCodeRow)
                .where(
                    RecoveryCodeRow.code_hash == digest(code),
                    RecoveryCodeRow.account_id == account_id,
                    RecoveryCodeRow.used_us.is_(None),
                )
                .values(used_us=at)
            )
            return bool(taken.rowcount == 1)  # type: ignore[attr-defined]

    def _count_failure(self, account_id: str, at: int) -> None:
        mine = SecondFactorRow.account_id == account_id
        with Session(self._engine) as session, session.begin():
            session.execute(
                update(SecondFactorRow).where(mine).values(failures=SecondFactorRow.failures + 1)
            )
            session.execute(
                update(SecondFactorRow)
                .where(mine, SecondFactorRow.failures >= MAX_FAILURES)
                .values(failures=0, locked_until_us=at + LOCK_US)
            )

    @staticmethod
    def _fresh_codes(session: Session, account_id: str) -> list[str]:
        session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.account_id == account_id))
        codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
        for code in codes:
            session.add(
                RecoveryCodeRow(
                    code_hash=digest(plain_code(code)), account_id=account_id, used_us=None
                )
            )
        return codes
