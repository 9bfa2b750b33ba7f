"""Heads kept by outsiders: without them an audit replaced as a whole is found by nobody (P-LOG-3).

A witness is a folder (the data protection officer's, a public git) or an address that speaks C2SP
``tlog-witness``. Before it is given a new head, what it keeps is compared with the log: a log that
is shorter than, or different from, what it once showed is an alarm, and the witness keeps its
evidence.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vigie.audit.heads import Heads
from vigie.audit.store import Audit
from vigie.audit.verification import read_head
from vigie.base.settings import WitnessSettings
from vigie.base.translations import translate
from vigie.privacy.checkpoint import parse, parse_key, signers

REWOUND = "audit_rewound"
FORKED = "audit_forked"
WITNESS_REWOUND = "audit_witness_rewound"
UNREADABLE = "audit_witness_unreadable"
UNREACHABLE = "audit_witness_unreachable"
REFUSED = "audit_witness_refused"

OK, CONFLICT, UNPROCESSABLE = 200, 409, 422
SHOWN_FILE = "witnesses.json"
Post = Callable[[WitnessSettings, str, bytes], tuple[int, str]]
"""From witness, address and body: status and text of the answer; raises ``OSError`` without one."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong between the audit and a witness.

    Attributes:
        code: What, with a text in ``messages.toml``.
        params: The text's parameters; ``witness`` is its name.
    """

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """Return the alarm in words."""
        return translate(self.code, language, **self.params)


class Witnesses:
    """Shows heads to the witnesses of an audit, and remembers how far each was shown."""

    def __init__(self, audit: Audit, witnesses: Sequence[WitnessSettings], post: Post) -> None:
        self._audit = audit
        self._witnesses = witnesses
        self._post = post
        self._path = audit.folder / SHOWN_FILE

    def show(self) -> list[Alarm]:
        """Compare the log with what each witness keeps, then show it a new head.

        Returns:
            Alarms; empty when every witness has the head now.

        Raises:
            Unavailable: When no head can be signed.
        """
        note = self._audit.head()
        shown = self._shown()
        alarms: list[Alarm] = []
        for one in self._witnesses:
            try:
                alarm = (
                    self._show_folder(one, note, shown.get(one.name, 0))
                    if one.folder
                    else self._show_address(one, note, shown.get(one.name, 0))
                )
            except OSError:
                alarm = Alarm(UNREACHABLE, {"witness": one.name})
            if alarm is None:
                shown[one.name] = parse(note).size
            else:
                alarms.append(alarm)
        self._keep_shown(shown)
        return alarms

    def _shown(self) -> dict[str, int]:
        try:
            told = json.loads(self._path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return {str(name): int(size) for name, size in told.items()}

    def _keep_shown(self, shown: dict[str, int]) -> None:
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(shown), "utf-8")
        draft.replace(self._path)

    def _against(self, witness: str, size: int, root: bytes | None, shown: int) -> Alarm | None:
        """Compare what a witness keeps with the log."""
        lines = self._audit.count()
        if size > lines:
            return Alarm(REWOUND, {"witness": witness, "size": size, "lines": lines})
        if root is not None and self._audit.root(size) != root:
            return Alarm(FORKED, {"witness": witness, "size": size})
        if size < shown:
            return Alarm(WITNESS_REWOUND, {"witness": witness, "size": size, "lines": shown})
        return None

    def _show_folder(self, one: WitnessSettings, note: str, shown: int) -> Alarm | None:
        folder = Path(one.folder)
        if not folder.is_dir():
            return Alarm(UNREACHABLE, {"witness": one.name})
        name = self._audit.public_key.name.replace("/", "_")
        heads = Heads(folder / f"{name}.heads")
        last = heads.last()
        kept = read_head(last, self._audit.public_key) if last is not None else None
        if kept is None and heads.path.exists():
            return Alarm(UNREADABLE, {"witness": one.name})
        size, root = (0, None) if kept is None else (kept.size, kept.root)
        alarm = self._against(one.name, size, root, shown)
        if alarm is None:
            heads.keep(note, parse(note).size)
        return alarm

    def _show_address(self, one: WitnessSettings, note: str, shown: int) -> Alarm | None:
        """Give a witness a checkpoint with the proof that it grew (C2SP tlog-witness)."""
        kept = shown
        alarm = self._against(one.name, kept, None, shown)
        if alarm is not None:
            return alarm
        status, text = self._add(one, note, kept)
        if status == CONFLICT and text.strip() != str(kept):
            kept = int(text) if text.strip().isdigit() else 0
            alarm = self._against(one.name, kept, None, shown)
            if alarm is not None:
                return alarm
            status, text = self._add(one, note, kept)
        if status in (CONFLICT, UNPROCESSABLE):
            return Alarm(FORKED, {"witness": one.name, "size": kept})
        if status != OK:
            return Alarm(REFUSED, {"witness": one.name, "status": status})
        return self._keep_cosigned(one, note + text)

    def _add(self, one: WitnessSettings, note: str, old: int) -> tuple[int, str]:
        proof = self._audit.consistency(old, parse(note).size)
        hashes = "".join(f"{base64.b64encode(step).decode()}\n" for step in proof)
        body = f"old {old}\n{hashes}\n{note}"
        return self._post(one, f"{one.url.rstrip('/')}/add-checkpoint", body.encode())

    def _keep_cosigned(self, one: WitnessSettings, note: str) -> Alarm | None:
        if one.key and not signers(note, [parse_key(one.key)]):
            return Alarm(UNREADABLE, {"witness": one.name})
        folder = self._audit.folder / "cosigned"
        folder.mkdir(exist_ok=True)
        (folder / f"{one.name.replace('/', '_')}.checkpoint").write_text(note, "utf-8")
        return None
