"""What was promised, and whether it was kept."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from typing import Any

from tests.simulation.disk import Disk
from tests.simulation.machine import Machine
from tests.simulation.network import Network, Sent

from vigie.audit.record import MAGIC, from_text, unpack
from vigie.audit.verification import verify
from vigie.intake.events import FACT_RECORDED, FACTS_RECORDED

HOUR_US = 3_600_000_000
KEPT_US = 7 * 24 * HOUR_US


class Broken(AssertionError):
    """A promise that was not kept."""


def hold(kept: object, promise: str) -> None:
    """Raise unless a promise was kept."""
    if not kept:
        raise Broken(promise)


class Model:
    """What senders, readers and the law were promised.

    Attributes:
        answered: Numbers whose reading was answered, each with the instant.
        heads: Roots that somebody outside keeps, by size.
        shredded_us: Lines from before this may have lost their text.
        off_us: For how long the machine was off before it started with a wrong clock: what was
            stamped before several such starts may be kept for so much longer.
    """

    def __init__(self, network: Network) -> None:
        self.answered: dict[int, int] = {}
        self.heads: dict[int, str] = {}
        self.shredded_us = self.off_us = 0
        self._network = network
        self._refs: defaultdict[str, list[str]] = defaultdict(list)
        self._received: dict[str, int] = {}
        self._refused: dict[str, int] = {}
        self._told: Counter[str] = Counter()
        self._heard = 0

    def refs(self, feed: str) -> list[str]:
        """Return the references that a feed has told of."""
        return self._refs[feed]

    def sent(self, message: Sent) -> None:
        """Note a message."""
        known = self._refs[message.feed]
        known += [ref for ref in message.refs if ref not in known]

    def observe(self, machine: Machine, true_us: int, disk: Disk) -> None:
        """Note when messages and refused rows came to be, by the true time."""
        if disk.dead:
            return
        database = machine.intake._journal.database
        for row in database.rows("SELECT message_id FROM messages"):
            self._received.setdefault(row["message_id"], true_us)
        for row in database.rows("SELECT quarantine_id, raw <> x'' AS full FROM quarantine"):
            if row["full"]:
                self._refused.setdefault(row["quarantine_id"], true_us)
        self._listen(machine)

    def _listen(self, machine: Machine) -> None:
        """Hear every event since the last one, as who resumes after each power cut does."""
        wanted = "SELECT id, type, data FROM events WHERE id > ? ORDER BY id"
        for row in machine.intake._journal.database.rows(wanted, self._heard):
            self._heard, data = row["id"], json.loads(row["data"])
            if row["type"] == FACT_RECORDED:
                self._told[data["fact_id"]] += 1
            elif row["type"] == FACTS_RECORDED:
                self._told.update(fact["fact_id"] for fact in data["facts"])

    # --- Terms -------------------------------------------------------------------------------

    def check_terms(self, machine: Machine, true_us: int) -> None:
        """What has ended is gone, nothing else is: within the hour of the true time."""
        database = machine.intake._journal.database
        rows = database.rows("SELECT message_id AS id, state FROM messages")
        present = {row["id"]: row["state"] for row in rows}
        for id_, at in list(self._received.items()):
            age = true_us - at
            done = present.get(id_, "done") != "pending"
            hold(not done or id_ not in present or age <= KEPT_US + HOUR_US + self.off_us,
                 f"message kept {age / HOUR_US:.1f} h")  # fmt: skip
            hold(id_ in present or age >= KEPT_US - HOUR_US,
                 f"message forgotten after {age / HOUR_US:.1f} h")  # fmt: skip
            if id_ not in present:
                del self._received[id_]
        rows = database.rows("SELECT quarantine_id AS id, raw <> x'' AS full FROM quarantine")
        full = {row["id"] for row in rows if row["full"]}
        for id_, at in list(self._refused.items()):
            age = true_us - at
            hold(id_ not in full or age <= KEPT_US + HOUR_US + self.off_us,
                 f"refused row kept {age / HOUR_US:.1f} h")  # fmt: skip
            hold(id_ in full or age >= KEPT_US - HOUR_US,
                 f"refused row wiped after {age / HOUR_US:.1f} h")  # fmt: skip
            if id_ not in full:
                del self._refused[id_]

    # --- Messages ----------------------------------------------------------------------------

    def check(self, machine: Machine, true_us: int) -> None:
        """Everything acknowledged is there once, nothing else is, and the audit tells of it."""
        names = ["fact_id", "source", "source_ref", "revision", "batch_id"]
        facts = machine.lake.scan("facts", columns=names).to_pylist()
        kept = {(row["source"], row["source_ref"]): row["revision"] for row in facts}
        twice = [key for key, n in Counter(
            (row["source"], row["source_ref"]) for row in facts).items() if n > 1]  # fmt: skip
        hold(not twice, f"twice in the lake: {twice}")
        wanted: dict[tuple[str, str], int] = {}
        possible: set[tuple[str, str]] = set()
        for message in self._network.sent.values():
            for ref, revision in message.refs.items():
                key = message.feed, ref
                possible.add(key)
                if message.acknowledged and b'"boom"' not in message.content:
                    wanted[key] = max(revision, wanted.get(key, 0))
        lost = {key: n for key, n in wanted.items() if kept.get(key, -1) < n}
        hold(not lost, f"acknowledged and not in the lake: {lost}")
        hold(kept.keys() <= possible, f"never sent: {sorted(kept.keys() - possible)}")
        self._check_stream(facts)
        self._check_quarantine(machine)
        self._check_lines(machine, {row["batch_id"] for row in facts})
        self.check_audit(machine)

    def _check_stream(self, facts: list[dict[str, Any]]) -> None:
        """Whatever is in the lake was told on the live stream, each message of it once at most."""
        sent = Counter((one.feed, ref) for one in self._network.sent.values() for ref in one.refs)
        untold = [row["source_ref"] for row in facts if not self._told[row["fact_id"]]]
        hold(not untold, f"in the lake and never told on the live stream: {sorted(untold)}")
        again = {
            row["source_ref"]: n
            for row in facts
            if (n := self._told[row["fact_id"]]) > sent[row["source"], row["source_ref"]]
        }
        hold(not again, f"told more often than sent: {again}")

    def _check_quarantine(self, machine: Machine) -> None:
        rows = machine.intake.quarantine_list(limit=10_000)
        found = [machine.intake.quarantine_get(row.id) for row in rows]
        hold(all(row.raw or row.entry.state == "expired" or row.entry.code == "internal_failure"
                 for row in found), "a refused row has lost its content")  # fmt: skip
        contents = Counter(row.raw.strip() for row in found if row.raw)
        bugs = Counter(row.entry.code for row in found)["internal_failure"]
        expired = sum(row.entry.state == "expired" for row in found)
        hold(all(n == 1 for n in contents.values()), f"twice in quarantine: {contents}")
        wanted = {raw for message in self._network.sent.values() for raw in message.bad
                  if message.acknowledged and b'"boom"' not in message.content}  # fmt: skip
        lost = wanted - contents.keys()
        hold(len(lost) <= expired, f"refused and not in quarantine: {sorted(lost)}")
        boom = {one.content for one in self._network.sent.values() if b'"boom"' in one.content}
        hold(bugs >= len(boom) - expired, "a message that no connector reads is not in quarantine")

    # --- Audit -------------------------------------------------------------------------------

    def _lines(self, machine: Machine) -> list[dict[str, object]]:
        return [
            dict(from_text(one.text).subject)
            for segment in machine.audit.segments()
            for one in unpack(segment.read(len(MAGIC)), len(MAGIC))
        ]

    def _check_lines(self, machine: Machine, batches: set[str]) -> None:
        lines = self._lines(machine)
        told = {line.get("batch_id", line.get("batch")) for line in lines}
        if not self.shredded_us:
            hold(batches <= told, f"in the lake without a line: {sorted(batches - told)}")
        numbers = Counter(line["n"] for line in lines if "n" in line)
        missing = {n for n, at in self.answered.items()
                   if n not in numbers and at >= self.shredded_us}  # fmt: skip
        hold(not missing, f"answered without a line: {sorted(missing)}")

    def check_audit(self, machine: Machine) -> None:
        """The chain is sound, and grew from every head that somebody outside keeps."""
        found = verify(machine.audit)
        hold(found.sound, f"audit: {[(one.code, one.params) for one in found.faults]}")
        for size, root in self.heads.items():
            hold(size <= found.lines and machine.audit.root(size).hex() == root,
                 f"the audit no longer begins as it did with {size} lines")  # fmt: skip

    def digest(self, machine: Machine) -> str:
        """Return what stands in the end, in one line."""
        table = machine.lake.scan("facts", columns=["source", "source_ref", "revision"])
        facts = sorted(tuple(row.values()) for row in table.to_pylist())
        digest = hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
        return f"{len(facts)} facts {digest}, {machine.audit.count()} lines"
