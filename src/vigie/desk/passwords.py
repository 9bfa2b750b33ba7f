"""Passwords: argon2id, a short honest policy, and one way to compare.

Parameters are those of RFC 9106's second recommended option (64 MiB, 3 passes).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from vigie.base.errors import WrongUsage
from vigie.desk.breached import is_breached

MIN_LENGTH = 12
MAX_LENGTH = 256
LEAST_OWN = 8
CONTEXT_WORDS = (
    *("vigie", "password", "motdepasse", "mot de passe", "azerty", "qwerty", "123456", "abcdef"),
    *("police", "mairie", "ville", "bonjour", "soleil", "admin"),
)

_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4, type=Type.ID)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, parameters and salt included."""
    return _HASHER.hash(password)


def verify_password(password_hash: str, password: str) -> bool:
    """Return whether the password is the one hashed."""
    try:
        return _HASHER.verify(password_hash, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return hash_password("nobody has this password")


def verify_nobody(password: str) -> None:
    """Spend the time of a verification: an unknown login answers as slowly as a known one."""
    verify_password(_nobody(), password)


def without_words(password: str, words: Iterable[str]) -> str:
    """Return what is left of a password when the words of its context are taken out of it."""
    left = password.lower()
    for word in sorted({one.lower() for one in words if len(one) > 2}, key=len, reverse=True):  # noqa: PLR2004 - no word
        left = left.replace(word, "")
    return left


def check_policy(
    password: str, *, login: str, current: str | None = None, words: Iterable[str] = ()
) -> None:
    """Refuse a password that is too short or long, known or guessable here, or the one it replaces.

    Args:
        password: The password.
        login: Login of its account.
        current: The one it replaces.
        words: Words of the context (``vigie``, the city): eight characters must be left without.

    Raises:
        WrongUsage: With the reason.
    """
    if len(password) < MIN_LENGTH:
        raise WrongUsage(reason=f"password: {MIN_LENGTH} characters at least", field="new")
    if len(password) > MAX_LENGTH:
        raise WrongUsage(reason=f"password: {MAX_LENGTH} characters at most", field="new")
    if is_breached(password):
        raise WrongUsage(reason="password: known from breaches of other services", field="new")
    if login.lower() in password.lower():
        raise WrongUsage(reason="password: must not contain the login", field="new")
    if len(without_words(password, (*CONTEXT_WORDS, *words))) < LEAST_OWN:
        raise WrongUsage(reason="password: too close to Vigie or to the city", field="new")
    if current is not None and password == current:
        raise WrongUsage(reason="password: must differ from the current one", field="new")
