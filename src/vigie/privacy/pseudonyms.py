"""Pseudonyms: keyed, per source and epoch, of identifiers written in one form (P-PSE-1, P-PSE-2).

There is no unkeyed hash of an identifier anywhere: phone numbers and plates are so few that one is
undone in minutes. Keys are made, held and destroyed by ``vigie.keys``.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from typing import Final, Literal

Identifier = Literal["phone", "plate", "nir", "email"]
Plane = Literal["live", "sealed"]
DAY_US: Final = 86_400_000_000
EPOCH_DAYS: Final[dict[Plane, int]] = {"live": 1, "sealed": 30}
_ABROAD = re.compile(r"\+[1-9][0-9]{7,14}")
_PLATE = re.compile(r"(?=.*[0-9])[A-Z0-9]{4,10}")
_NIR = re.compile(r"([1-478][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6})(?:[0-9]{2})?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")


def epoch_of(plane: Plane, at_us: int) -> int:
    """Return the first day (days since 1970, UTC) of the epoch that an instant (epoch µs) is in."""
    days = EPOCH_DAYS[plane]
    return at_us // DAY_US // days * days


def normalise(identifier: Identifier, text: str) -> str | None:
    """Return the one form of an identifier; None when the text is not one.

    A phone number is ``+`` and digits (French without a country), a plate and a NIR letters and
    digits, a NIR without its check digits, an address is in lower case.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if identifier == "email":
        return text.casefold() if _EMAIL.fullmatch(text.casefold()) else None
    if identifier == "phone":
        return _phone(text)
    bare = re.sub(r"[^A-Z0-9]", "", text.upper())
    if identifier == "plate":
        return bare if _PLATE.fullmatch(bare) else None
    found = _NIR.fullmatch(bare)
    return found.group(1) if found else None


def _phone(text: str) -> str | None:
    digits = re.sub(r"[^0-9]", "", text.replace("(0)", ""))
    if text.startswith("+") or digits.startswith("00"):
        number = f"+{digits.removeprefix('00')}"
    else:
        number = f"+33{digits[1:]}" if re.fullmatch(r"0[1-9][0-9]{8}", digits) else ""
    number = re.sub(r"^\+330(?=[1-9][0-9]{8}$)", "+33", number)
    return number if _ABROAD.fullmatch(number) else None


def token(key: bytes, domain: str, normalised: str) -> str:
    """Return the pseudonym, 64 hexadecimal digits: HMAC-SHA-256(key, domain || identifier).

    Args:
        key: Of the source and epoch.
        domain: Pseudonymisation domain (EDPB 01/2025), such as ``phone``; its length goes first.
        normalised: From ``normalise``.
    """
    name = domain.encode()
    message = len(name).to_bytes(2, "big") + name + normalised.encode("utf-8", "surrogatepass")
    return hmac.new(key, message, hashlib.sha256).hexdigest()
