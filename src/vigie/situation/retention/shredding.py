"""What ends by losing its key, or its payload under a hash that stays."""

from __future__ import annotations

from vigie.audit.store import Audit
from vigie.desk.retention import digest_of
from vigie.keys.keeper import PSEUDONYMS, Keeper
from vigie.lake.narratives import key_of
from vigie.lake.sealed import REGIMES
from vigie.privacy.pseudonyms import Plane
from vigie.situation.retention.register import Register
from vigie.situation.retention.rulebook import Rulebook
from vigie.situation.retention.texts import part_at


def shred_audit(audit: Audit, register: Register, book: Rulebook, now_us: int) -> int:
    """Shred the audit's lines past their term; it tells so itself. Returns how many."""
    rule = book.rules["audit"]
    before = book.before(rule, now_us)
    n = audit.shred(before)
    if n:
        register.finish(register.begin(rule, before, (0, before), n=n, digest=""))
    return n


def destroy_pseudonyms(
    keys: Keeper, register: Register, book: Rulebook, before_us: int, now_us: int
) -> int:
    """Destroy keys of pseudonyms of the days before an instant; returns how many.

    What they stood for cannot be found again. Those of the sealed plane live as long as a text
    that one of them points to: without them a person could not be told of it (AIA-7).
    """
    ends: dict[Plane, int] = {"live": before_us}
    sealed = (book.before(book.rules[f"sealed_{regime}"], now_us) for regime in REGIMES)
    ends["sealed"] = min(before_us, *sealed)
    names = [
        f"{name.domain} {name.source} {name.day}"
        for plane, domain in PSEUDONYMS.items()
        for name in keys.destroy(domain, before=key_of("", part_at(ends[plane], book.zone)).day)
    ]
    if names:
        line = register.begin(
            book.rules["pseudonyms"],
            before_us,
            (0, before_us),
            n=len(names),
            digest=digest_of(names),
        )
        register.finish(line)
    return len(names)
