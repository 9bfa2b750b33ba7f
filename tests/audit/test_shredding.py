"""Whatever was written when, and whenever it is shredded: proofs stay, words go."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from vigie.audit.line import Line
from vigie.audit.store import Audit
from vigie.audit.verification import verify
from vigie.base.clock import FixedClock, now_us
from vigie.base.settings import AuditSettings
from vigie.privacy.checkpoint import parse
from vigie.privacy.merkle import verify_consistency, verify_inclusion
from vigie.privacy.purposes import Purpose, Verb

DAY_US = 86_400_000_000


def canary(n: int) -> str:
    return f"canari-{n:04d}-œ"


def every_byte(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@given(
    hours=st.lists(st.integers(0, 60), min_size=1, max_size=25),
    kept_days=st.integers(0, 12),
    pick=st.integers(0, 1_000),
)
def test_old_proofs_verify_and_no_byte_of_what_was_shredded_is_left(
    hours: list[int], kept_days: int, pick: int
):
    """Requirement: P-LOG-6, LED-4."""
    clock = FixedClock(datetime(2026, 3, 1, 8, tzinfo=UTC))
    with tempfile.TemporaryDirectory() as name:
        audit = Audit.open(Path(name) / "audit", settings=AuditSettings(), clock=clock)
        written = []
        for n, pause in enumerate(hours):
            clock.advance(timedelta(hours=pause))
            written.append(now_us(clock))
            reason = canary(n)
            audit.append(
                Line(written[-1], Verb.CONSULT, "a", "b", Purpose.ANALYSIS, "facts", reason=reason)
            )
        index = pick % len(hours)
        before = audit.prove(index)
        limit = now_us(clock) - kept_days * DAY_US
        shredded = audit.shred(limit)
        # A day goes when it had ended before the limit: never a line that is younger than that.
        gone = [at // DAY_US < limit // DAY_US for at in written]
        assert shredded == sum(gone)
        left = every_byte(Path(name))
        assert [canary(n).encode() not in left for n in range(len(hours))] == gone
        found = verify(audit)
        assert (found.sound, found.shredded) == (True, shredded)
        after = audit.prove(index)
        old, new = parse(before.note), parse(after.note)
        assert verify_inclusion(index, old.size, before.leaf, before.hashes, old.root)
        assert verify_inclusion(index, new.size, before.leaf, after.hashes, new.root)
        grown = audit.consistency(old.size, new.size)
        assert verify_consistency(old.size, new.size, old.root, new.root, grown)
        audit.close()
